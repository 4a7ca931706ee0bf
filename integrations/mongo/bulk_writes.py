"""The writes of one transaction, collected by collection.

MongoDB takes one command for each collection and kind of write. So all writes of a transaction, those of all of its
accounts, are collected here first.
"""

from __future__ import annotations

from collections.abc import Iterable

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne

from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document, Session


class ChangeOne(UpdateOne):
    """The update of an entity, which may free a unique key, or take one."""


Write = InsertOne[Document] | ReplaceOne[Document] | DeleteOne | UpdateOne | UpdateMany

# What frees a unique key comes before what takes it, and an update of many documents concerns new ones too.
_ORDER = (DeleteOne, ReplaceOne, ChangeOne, InsertOne, UpdateOne, UpdateMany)


class BulkWrites:
    def __init__(self) -> None:
        self._writes: dict[str, list[Write]] = {}

    def add(self, collection: str, writes: Iterable[Write]) -> None:
        """Add writes to a collection. Writes of one kind keep their order; the kinds are written in `_ORDER`."""
        self._writes.setdefault(collection, []).extend(writes)

    async def flush(self, database: MongoDatabase, session: Session) -> None:
        """Write what was added since the last call. Raises PyMongoError."""
        for name in list(self._writes):
            await self.write(name, database, session)

    async def write(self, name: str, database: MongoDatabase, session: Session) -> bool:
        """Write what was added to one collection. Returns whether every update of one document has found or made it.
        Raises PyMongoError."""
        writes = self._writes.pop(name, [])
        if not writes:
            return True
        writes.sort(key=lambda write: _ORDER.index(type(write)))
        result = await database.collection(name).bulk_write(writes, session=session)
        return result.matched_count + result.upserted_count >= sum(isinstance(write, UpdateOne) for write in writes)
