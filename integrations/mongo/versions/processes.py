"""Implements `ProcessRegistry`: a document in `processes` for each process that works on the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pymongo
from pymongo import ASCENDING, IndexModel

from domain.versions.model import LiveProcess
from domain.versions.ports import SEEN_WITHIN
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document

PROCESSES: Final = "processes"
# Seconds of a sign of life and of the last word: while the database hangs, a process ends in time all the same.
_TELLING, _REMOVING = 1.5, 1.0
_TTL = 24 * 3600  # seconds: longer than any clock skew, so that only processes go that have ended

PROCESS_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    PROCESSES: [IndexModel([("seen_at", ASCENDING)], expireAfterSeconds=_TTL)]
}


class MongoProcessRegistry:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._processes = database.collection(PROCESSES)

    async def live(self) -> list[LiveProcess]:
        since: Document = {"$subtract": ["$$NOW", round(SEEN_WITHIN.total_seconds() * 1000)]}
        with driver_errors():
            found = await self._processes.find({"$expr": {"$gt": ["$seen_at", since]}}, sort=[("_id", 1)]).to_list(None)
        return [
            LiveProcess(
                id=each["_id"],
                build=each["build"],
                command=each["command"],
                host=each["host"],
                pid=each["pid"],
                seen_at=each["seen_at"],
            )
            for each in found
        ]

    async def tell(self, process: LiveProcess) -> None:
        known = {
            "build": process.build,
            "command": {"$literal": process.command},
            "host": {"$literal": process.host},
            "pid": process.pid,
            "seen_at": "$$NOW",
        }
        with driver_errors(), pymongo.timeout(_TELLING):
            await self._processes.update_one({"_id": process.id}, [{"$set": known}], upsert=True)

    async def remove(self, process_id: str) -> None:
        with driver_errors(), pymongo.timeout(_REMOVING):
            await self._processes.delete_one({"_id": process_id})
