"""Implements `Transcripts`: reads the messages of many conversations, some hundred at a time.

Short conversations share a query; a long one is read in parts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

from domain.model.conversation import Conversation, Message, MessageKind
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities

_BATCH = 200  # messages in memory: 6 MB of the longest allowed


class MongoTranscripts:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._messages = database.collection(COLLECTIONS[Message])

    async def of(
        self, account_id: AccountId, conversations: Sequence[Conversation], *, notes: bool
    ) -> AsyncIterator[tuple[Conversation, list[Message], bool]]:
        for group in _groups(conversations):
            if len(group) == 1:
                async for part in self._one(account_id, group[0], notes):
                    yield part
            else:
                found = await self._find(account_id, {"$in": [each.id for each in group]}, {}, notes)
                for each in group:
                    own = [m for m in found if m.conversation_id == each.id and m.sequence <= each.sequence]
                    yield each, own, True

    async def _one(
        self, account_id: AccountId, conversation: Conversation, notes: bool
    ) -> AsyncIterator[tuple[Conversation, list[Message], bool]]:
        for begin in range(0, max(conversation.sequence, 1), _BATCH):
            end = min(begin + _BATCH, conversation.sequence)
            part = await self._find(account_id, conversation.id, {"sequence": {"$gt": begin, "$lte": end}}, notes)
            yield conversation, part, end == conversation.sequence

    async def _find(self, account_id: AccountId, which: object, bounds: Document, notes: bool) -> list[Message]:
        query = {"conversation_id": which, **bounds, **({} if notes else {"kind": {"$ne": MessageKind.NOTE.value}})}
        with driver_errors():
            cursor = self._messages.find(
                scoped(account_id, query), sort=[("conversation_id", 1), ("sequence", 1)], batch_size=_BATCH + 1
            )
            return entities(Message, await cursor.to_list(None))


def _groups(conversations: Sequence[Conversation]) -> Iterator[list[Conversation]]:
    """Yield the conversations in order, together as long as their messages fit into one batch."""
    group: list[Conversation] = []
    messages = 0
    for conversation in conversations:
        if group and messages + conversation.sequence > _BATCH:
            yield group
            group, messages = [], 0
        group.append(conversation)
        messages += conversation.sequence
    if group:
        yield group
