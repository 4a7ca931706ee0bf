"""Implements `PersonRecords`."""

from __future__ import annotations

from domain.model.commerce import Order, Touch
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped


class MongoPersonRecords:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._orders = database.collection(COLLECTIONS[Order])
        self._touches = database.collection(COLLECTIONS[Touch])

    async def orders(self, account_id: AccountId, keys: tuple[str, ...], *, after: str, limit: int) -> list[Order]:
        query = scoped(account_id, {"purchase.keys": {"$in": list(keys)}, "_id": {"$gt": after}})
        with driver_errors():
            rows = await self._orders.find(query, sort=[("_id", 1)], limit=limit).to_list(None)
        return [entity_of(Order, row) for row in rows]

    async def touches(self, account_id: AccountId, keys: tuple[str, ...], *, after: str, limit: int) -> list[Touch]:
        query = scoped(account_id, {"keys": {"$in": list(keys)}, "_id": {"$gt": after}})
        with driver_errors():
            rows = await self._touches.find(query, sort=[("_id", 1)], limit=limit).to_list(None)
        return [entity_of(Touch, row) for row in rows]
