"""The port that a replay reads past conversations through."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.guidance.evaluation import OrderValue, ShopperText
from domain.model.conversation import Conversation
from domain.values.ids import AccountId
from domain.values.record import Record

PlaceOfStart = tuple[datetime, str]  # the start and the id of a conversation, by which a replay is ordered


class PastConversation(Record, kw_only=False):
    """A conversation as a replay reads it."""

    conversation: Conversation
    texts: tuple[ShopperText, ...]  # the shopper's messages, in order
    agent_from: int | None = None  # the number of the agent's first message, if topics were asked for
    orders: tuple[OrderValue, ...] = ()  # if orders were asked for


class PastQuery(Record):
    """Conversations that started in [started_from, started_before), and the facts that rules need of them."""

    started_from: datetime
    started_before: datetime
    topics: bool = False  # also read where the agent's messages begin
    orders: bool = False  # also read the shoppers' orders


class PastConversations(Protocol):
    async def page(
        self, account_id: AccountId, query: PastQuery, *, after: PlaceOfStart | None, limit: int
    ) -> list[PastConversation]:
        """Return the next conversations in the order of their start, at most `limit`; fewer only at the end. Raises
        `Unavailable`."""
