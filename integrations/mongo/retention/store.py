"""Implements `WordStore`."""

from __future__ import annotations

from collections.abc import Sequence

from domain.retention.model import WordScope
from domain.retention.ports import Removed
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.erasure.words import WordEraser
from integrations.mongo.event_log.log import HEADS
from integrations.mongo.retention.log import EventScrubber


class MongoWordStore:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._heads = database.collection(HEADS)
        self._events = EventScrubber(database=database)
        self._words = WordEraser(database=database)

    async def scrub_events(self, account_id: AccountId, scopes: Sequence[WordScope], position: str) -> Removed:
        with driver_errors():
            return await self._events.scrub(account_id, scopes, position)

    async def forget_words(self, account_id: AccountId, ids: Sequence[ConversationId]) -> None:
        with driver_errors():
            await self._words.forget(account_id, ids)

    async def mend_words(self, account_id: AccountId, after: int) -> int | None:
        with driver_errors():
            return await self._words.mend(account_id, after)

    async def log_end(self, account_id: AccountId) -> int:
        with driver_errors():
            head = await self._heads.find_one({"_id": account_id})
        return 0 if head is None else int(head["seq"])
