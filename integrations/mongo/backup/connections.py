"""Other processes of Baton that are connected to the database."""

from __future__ import annotations

import asyncio
import time

from pymongo.errors import OperationFailure

from integrations.mongo.client import MongoDatabase, application_name
from integrations.mongo.driver import Document

_UNAUTHORIZED = 13  # MongoDB's error code
_PAUSE = 0.25  # seconds between two looks


async def wait_for_leave(database: MongoDatabase, seconds: float) -> list[str]:
    """Wait until no server, worker or command of Baton is connected to the database. Returns the addresses of those
    that still are when the time is over. Raises PyMongoError."""
    deadline = time.monotonic() + seconds
    while True:
        connected = await _connected(database)
        if not connected or time.monotonic() > deadline:
            return connected
        await asyncio.sleep(_PAUSE)


async def _connected(database: MongoDatabase) -> list[str]:
    """Return the addresses of the connections. A user without the right to see those of others sees the own ones, which
    are those of the processes with the same credentials."""
    try:
        return await _listed(database, all_users=True)
    except OperationFailure as error:
        if error.code != _UNAUTHORIZED:
            raise
        return await _listed(database, all_users=False)


async def _listed(database: MongoDatabase, *, all_users: bool) -> list[str]:
    pipeline: list[Document] = [
        {"$currentOp": {"allUsers": all_users, "idleConnections": True}},
        {"$match": {"appName": application_name(database.name)}},
        {"$group": {"_id": "$client"}},
        {"$sort": {"_id": 1}},
    ]
    found = await database.admin({"aggregate": 1, "pipeline": pipeline, "cursor": {"batchSize": 10_000}})
    return [str(each["_id"]) for each in found["cursor"]["firstBatch"]]
