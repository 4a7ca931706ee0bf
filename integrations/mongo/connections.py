"""Connections across accounts: found by who calls us, and one after the other for the operator."""

from __future__ import annotations

from domain.connection.model import Connection
from domain.ids import AccountId
from integrations.mongo.client import Document, MongoDatabase, translating
from integrations.mongo.collections import COLLECTIONS, entity_of


class MongoConnections:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._collection = database.collection(COLLECTIONS[Connection])

    async def behind(self, hook_hash: str) -> tuple[AccountId, Connection] | None:
        with translating():
            document = await self._collection.find_one({"hook_hash": hook_hash})
        return None if document is None else _row(document)

    async def page(self, *, after: str, limit: int) -> list[tuple[AccountId, Connection]]:
        with translating():
            cursor = self._collection.find({"_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit)
            return [_row(document) for document in await cursor.to_list()]


def _row(document: Document) -> tuple[AccountId, Connection]:
    return AccountId(document["account"]), entity_of(Connection, document)
