"""When shoppers were last at their conversations: noted in memory, and written together by a loop.

A shopper is there when a visitor token is used, and when a live stream sends the shopper a message. Only conversations
with replies that the shopper has perhaps not seen need to know it, so the store writes nothing for the others. A
process that dies loses the notes of the last second: a reply is then mailed although the shopper has just seen it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record

_MOST = 50_000  # notes that wait; with more the database has not responded for long, and the oldest are dropped


class ShopperVisit(Record):
    account_id: AccountId
    conversation_id: ConversationId
    at: datetime


class VisitStore(Protocol):
    async def save(self, visits: Sequence[ShopperVisit]) -> None:
        """Set `UnseenReplies.seen_at` of those conversations that have such a row, unless it is later already. Raises
        `Unavailable`."""


class ShopperVisits:
    def __init__(self) -> None:
        self._waiting: dict[ConversationId, ShopperVisit] = {}

    def note(self, account_id: AccountId, conversation_id: ConversationId, at: datetime) -> None:
        """Note that the shopper of a conversation was there."""
        known = self._waiting.pop(conversation_id, None)
        if known is not None and known.at > at:
            at = known.at
        self._waiting[conversation_id] = ShopperVisit(account_id=account_id, conversation_id=conversation_id, at=at)
        if len(self._waiting) > _MOST:
            del self._waiting[next(iter(self._waiting))]

    async def write(self, store: VisitStore) -> None:
        """Write the notes since the last call. If that fails, they wait for the next one. Raises `Unavailable`."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        try:
            await store.save(list(waiting.values()))
        except BaseException:
            later, self._waiting = self._waiting, waiting
            for visit in later.values():
                self.note(visit.account_id, visit.conversation_id, visit.at)
            raise
