"""Implements `WordStore` and `RetentionStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.attachments.ports import FileStore
from domain.retention.model import WordScope
from domain.retention.ports import OldConversation, OldFile, Removed
from domain.values.ids import AccountId, ConversationId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.erasure.words import WordEraser
from integrations.mongo.event_log.log import HEADS
from integrations.mongo.retention.log import EventScrubber
from integrations.mongo.retention.records import RecordSweeper


class MongoWordStore:
    def __init__(self, *, database: MongoDatabase, files: FileStore) -> None:
        self._records = RecordSweeper(database=database, files=files)
        self._heads = database.collection(HEADS)
        self._events = EventScrubber(database=database)
        self._words = WordEraser(database=database)

    async def scrub_events(self, account_id: AccountId, scopes: Sequence[WordScope], position: str) -> Removed:
        with driver_errors():
            return await self._events.scrub(account_id, scopes, position)

    async def forget_passed_over(self, account_id: AccountId, conversation_id: ConversationId) -> None:
        with driver_errors():
            await self._records.forget_passed_over(account_id, [conversation_id])

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

    async def scrub_business(self, account_id: AccountId, scopes: Sequence[WordScope]) -> Removed:
        with driver_errors():
            return await self._events.scrub_business(account_id, scopes)

    async def scrub_log(self, account_id: AccountId, position: str) -> Removed:
        with driver_errors():
            return await self._events.scrub_removed(account_id, position)

    async def old_conversations(
        self, account_id: AccountId, before: datetime, position: str, *, limit: int
    ) -> list[OldConversation]:
        with driver_errors():
            return await self._records.old_conversations(account_id, before, position, limit)

    async def clear_transcripts(self, account_id: AccountId, ids: Sequence[ConversationId], begun: datetime) -> Removed:
        with driver_errors():
            return await self._records.clear_transcripts(account_id, ids, begun)

    async def old_files(
        self, account_id: AccountId, before: datetime, position: str, *, limit: int
    ) -> tuple[list[OldFile], str | None]:
        with driver_errors():
            return await self._records.old_files(account_id, before, position, limit)

    async def clear_business(
        self, account_id: AccountId, since: datetime | None, before: datetime, position: str
    ) -> Removed:
        with driver_errors():
            return await self._records.clear_business(account_id, since, before, position)
