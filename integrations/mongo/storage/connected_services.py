"""Connections across accounts: found by who calls us, and one after the other for the operator."""

from __future__ import annotations

from domain.model.connected_services import ConnectedService
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of
from integrations.mongo.driver import Document


class MongoConnectedServiceDirectory:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._collection = database.collection(COLLECTIONS[ConnectedService])

    async def find_by_token_hash(self, hook_hash: str) -> tuple[AccountId, ConnectedService] | None:
        with driver_errors():
            document = await self._collection.find_one({"hook_hash": hook_hash})
        return None if document is None else _row(document)

    async def page(self, *, after: str, limit: int) -> list[tuple[AccountId, ConnectedService]]:
        with driver_errors():
            cursor = self._collection.find({"_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit)
            return [_row(document) for document in await cursor.to_list()]


def _row(document: Document) -> tuple[AccountId, ConnectedService]:
    return AccountId(document["account"]), entity_of(ConnectedService, document)
