"""Implements `PersonRecords`."""

from __future__ import annotations

from domain.model.commerce import Order, Touch
from domain.model.passed_over import PassedOver
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.erasure.records import sent_by
from integrations.mongo.records.readable import entities, find_readable


class MongoPersonRecords:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._orders = database.collection(COLLECTIONS[Order])
        self._touches = database.collection(COLLECTIONS[Touch])

    async def orders(self, account_id: AccountId, keys: tuple[str, ...], *, after: str, limit: int) -> list[Order]:
        query = scoped(account_id, {"purchase.keys": {"$in": list(keys)}, "_id": {"$gt": after}})
        with driver_errors():
            found = await find_readable(self._orders, Order, query, sort=[("_id", 1)], limit=limit)
        return [order for _, order in found]

    async def touches(self, account_id: AccountId, keys: tuple[str, ...], *, after: str, limit: int) -> list[Touch]:
        query = scoped(account_id, {"keys": {"$in": list(keys)}, "_id": {"$gt": after}})
        with driver_errors():
            found = await find_readable(self._touches, Touch, query, sort=[("_id", 1)], limit=limit)
        return [touch for _, touch in found]

    async def passed_over(self, account_id: AccountId, keys: tuple[str, ...]) -> list[PassedOver]:
        with driver_errors():
            ids = await sent_by(self._database, account_id, set(keys))
            query = scoped(account_id, {"_id": {"$in": ids}, "taken_into": None})
            # Without the source and the parsed message: the subject and the text say what they say.
            left_out = dict.fromkeys(("source", "payload"), False)
            found = self._database.collection(COLLECTIONS[PassedOver]).find(query, left_out, sort=[("at", 1)])
            return entities(PassedOver, await found.to_list(None))
