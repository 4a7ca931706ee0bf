"""Implements `SchemaStore`: one document, `schema`, in the collection of that name.

    _id       schema
    version   version of the database
    target    higher version of a migration that has begun and has not ended
    to        version to which that migration leads
    places    where its passes are
    begun     whether it may have changed documents
    lease     who migrates, and until when that is so without a sign of life

Leases begin and end by the clock of the database (`$$NOW`), which all processes share.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo import ReturnDocument

from domain.versions.model import SCHEMA_VERSION, SchemaState
from domain.versions.ports import MigrationLease
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import move_revisions

SCHEMA: Final = "schema"
_ID: Final = {"_id": "schema"}
_LEASE: Final = timedelta(seconds=30)  # six times the time limit of an operation, which is all that a step waits for
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class MongoSchemaStore:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._schema = database.collection(SCHEMA)

    async def state(self) -> SchemaState:
        with driver_errors():
            document = await self._schema.find_one(_ID)
            if document is None and await self._database.collection("accounts").find_one({}, {"_id": 1}) is None:
                document = await self._stamp()
        return state_of(document)

    async def begin(self, target: int, to: int, holder: str, token: str) -> SchemaState | None:
        free = {"$expr": {"$lte": [{"$ifNull": ["$lease.until", _LONG_AGO]}, "$$NOW"]}}
        same = {"$eq": ["$to", to]}
        taken: list[Document] = [
            {"$set": {"places": {"$cond": [same, {"$ifNull": ["$places", []]}, []]}}},
            {
                "$set": {
                    "target": target,
                    "to": to,
                    "lease": {"token": token, "holder": holder, "until": _later()},
                }
            },
        ]
        with driver_errors():
            await self._schema.update_one(_ID, {"$setOnInsert": {"version": 0}}, upsert=True)
            before = await self._schema.find_one_and_update(
                {**_ID, **free}, taken, return_document=ReturnDocument.BEFORE
            )
        return None if before is None else state_of(before)

    async def lease(self) -> MigrationLease | None:
        with driver_errors():
            document = await self._schema.find_one(_ID)
        lease = (document or {}).get("lease")
        return None if lease is None else MigrationLease(holder=lease["holder"], until=lease["until"])

    async def renew(self, token: str, places: Mapping[str, str] | None) -> bool:
        renewed: Document = {"lease.until": _later()}
        if places is not None:
            noted = [{"pass": name, "after": after} for name, after in places.items()]
            renewed |= {"places": {"$literal": noted}, "begun": True}
        with driver_errors():
            result = await self._schema.update_one({**_ID, "lease.token": token}, [{"$set": renewed}])
        return bool(result.matched_count)

    async def places(self) -> dict[str, str]:
        with driver_errors():
            document = await self._schema.find_one(_ID)
        return {each["pass"]: each["after"] for each in (document or {}).get("places", ())}

    async def release(self, token: str, *, is_begun: bool) -> None:
        unset = {"lease": ""} if is_begun else {"lease": "", "target": "", "to": "", "places": ""}
        with driver_errors():
            await self._schema.update_one({**_ID, "lease.token": token}, {"$unset": unset})

    async def finish(self, token: str, version: int) -> bool:
        ended = {
            "$set": {"version": version},
            "$unset": dict.fromkeys(("target", "to", "places", "begun", "lease"), ""),
        }
        with driver_errors():
            await move_revisions(self._database)  # before the lease ends, so that it is done again after a kill
            result = await self._schema.update_one({**_ID, "lease.token": token}, ended)
        return bool(result.matched_count)

    async def _stamp(self) -> Document | None:
        """Give a database without data this build's version, unless another process has."""
        first: Mapping[str, Any] = {"$setOnInsert": {"version": SCHEMA_VERSION}}
        return await self._schema.find_one_and_update(_ID, first, upsert=True, return_document=ReturnDocument.AFTER)


def _later() -> Document:
    return {"$add": ["$$NOW", round(_LEASE.total_seconds() * 1000)]}


def state_of(document: Mapping[str, Any] | None) -> SchemaState:
    """Return what the document of the collection `schema` says; a database without one is from before versions."""
    if document is None:
        return SchemaState()
    return SchemaState(
        version=document["version"], target=document.get("target"), is_begun=document.get("begun", False)
    )
