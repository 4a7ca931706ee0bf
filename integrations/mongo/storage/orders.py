"""Orders by who placed them, for who is to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.model.commerce import OrderSource
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import scoped

_MOST = 1_000  # of one customer


class MongoOrders:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._orders = database.collection("orders")

    async def bought_by(self, account_id: AccountId, source: OrderSource, keys: Sequence[str]) -> list[str]:
        return await self._find(account_id, source, {"$in": list(keys)}, _MOST)

    async def with_buyers(self, account_id: AccountId, source: OrderSource, *, limit: int) -> list[str]:
        return await self._find(account_id, source, {"$exists": True}, limit)

    async def _find(self, account_id: AccountId, source: OrderSource, keys: Mapping[str, Any], limit: int) -> list[str]:
        query = {"purchase.keys": keys, "purchase.source": source.value}
        with driver_errors():
            cursor = self._orders.find(scoped(account_id, query), projection=["_id"], limit=limit)
            return [document["_id"] for document in await cursor.to_list()]
