"""Implements `ErasureStore` and `ErasureList`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from domain.attachments.ports import FileStore
from domain.erasure.model import Erasure, ErasureScope, ErasureStage
from domain.erasure.ports import Cleared, RecordTexts, Searched
from domain.erasure.service import step_timer_id
from domain.model.commerce import Order
from domain.model.profile import Profile
from domain.storage import Timer
from domain.values.ids import AccountId
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.erasure.finder import ShopperFinder, held_of
from integrations.mongo.erasure.log import LogEraser
from integrations.mongo.erasure.records import RecordEraser
from integrations.mongo.erasure.words import WordEraser
from integrations.mongo.event_log.log import HEADS
from integrations.mongo.records.readable import entities, readable

_RUNNING = 500  # erasures of an account that are looked at for a search; the others follow

Clear = Callable[[AccountId, Erasure, ErasureScope], Awaitable[Cleared]]


class MongoErasureStore:
    def __init__(self, *, database: MongoDatabase, files: FileStore) -> None:
        self._database = database
        self._finder = ShopperFinder(database=database)
        records, log = RecordEraser(database=database, files=files), LogEraser(database=database)
        words = WordEraser(database=database)
        self._stages: Mapping[ErasureStage, Clear] = {
            ErasureStage.RECORDS: records.clear_records,
            ErasureStage.LOOSE: records.clear_loose,
            ErasureStage.BUSINESS: log.clear_business,
            ErasureStage.EVENTS: log.clear_log,
            ErasureStage.SEARCH: words.clear_search,
            ErasureStage.VOCABULARY: words.mend_vocabulary,
        }

    async def orders_of(self, account_id: AccountId, keys: Sequence[str], *, limit: int) -> list[str]:
        query = scoped(account_id, {"purchase.keys": {"$in": list(keys)}})
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[Order]).find(query, projection=["_id"], limit=limit)
            return [document["_id"] for document in await cursor.to_list(None)]

    async def clear(self, account_id: AccountId, erasure: Erasure) -> Cleared:
        assert erasure.scope is not None, "it runs"
        with driver_errors():
            [held] = await held_of(self._database, account_id, [erasure.scope])
            scope = replace(erasure.scope, held=held)
            return await self._stages[erasure.stage](account_id, erasure, scope)

    async def log_end(self, account_id: AccountId) -> int:
        with driver_errors():
            head = await self._database.collection(HEADS).find_one({"_id": account_id})
        return 0 if head is None else int(head["seq"])

    async def searching(self, account_id: AccountId) -> list[Erasure]:
        ids = step_timer_id("")
        timers = scoped(account_id, {"_id": {"$gt": ids, "$lt": f"{ids}~"}})
        with driver_errors():
            running = self._database.collection(COLLECTIONS[Timer]).find(
                timers, projection=["subject"], sort=[("_id", 1)], limit=_RUNNING
            )
            named = [each["subject"] for each in await running.to_list(None)]
            query = scoped(account_id, {"_id": {"$in": named}, "stage": ErasureStage.CHECK.value})
            rows = await self._database.collection(COLLECTIONS[Erasure]).find(query, sort=[("_id", 1)]).to_list(None)
        return entities(Erasure, rows)

    async def search(self, account_id: AccountId, erasures: Sequence[Erasure]) -> Searched:
        with driver_errors():
            return await self._finder.search(account_id, erasures)

    async def listed(self, *, after: str, limit: int) -> list[tuple[AccountId, Erasure]]:
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[Erasure]).find(
                {"_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit
            )
            rows = await cursor.to_list(None)
        return readable(Erasure, rows)

    async def profiles(self, account_id: AccountId, *, after: str, limit: int) -> list[Profile]:
        query = scoped(account_id, {"_id": {"$gt": after}})
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[Profile]).find(query, sort=[("_id", 1)], limit=limit)
            return entities(Profile, await cursor.to_list(None))

    async def texts(self, account_id: AccountId) -> AsyncIterator[RecordTexts]:
        async for record in self._finder.texts(account_id):
            yield record
