"""Makes the question of a waiting turn: the shopper's messages, what was said before, and what may be known of the
shopper.

Orders are found by proved identities alone. Claims, carts and browsers find none: an order must not be told to a
stranger who types somebody's address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from domain.agent.ports import AgentQuestion, HistoryLine, ShopperOrders
from domain.guidance.service import GuidanceService
from domain.knowledge.ports import KnowledgeIndexes
from domain.model.account import Account
from domain.model.commerce import Order
from domain.model.conversation import AuthorKind, Conversation, Message
from domain.model.profile import proved_keys
from domain.profile.merging import whole_profile
from domain.storage import Reader, Storage
from domain.values.ids import AccountId
from domain.values.paging import Slice
from domain.values.record import Record

_MESSAGES = 30  # of the conversation that are read, the last
_MOST_ORDERS = 20
_SAID_BY = frozenset({AuthorKind.SHOPPER, AuthorKind.AI_AGENT, AuthorKind.HUMAN_AGENT})


class AskedQuestion(Record):
    """A question, and the last message of the shopper in it."""

    question: AgentQuestion
    last: Message | None


class QuestionReader:
    """Reads questions."""

    def __init__(self, *, storage: Storage, knowledge: KnowledgeIndexes, orders: ShopperOrders) -> None:
        self._storage = storage
        self._guidance = GuidanceService(storage=storage)
        self._knowledge = knowledge
        self._orders = orders

    async def of(self, account_id: AccountId, conversation: Conversation, last_sequence: int) -> AskedQuestion:
        """Return the question of the conversation's turn, up to the shopper's message with this number, and what was
        said before the claim. Raises `Unavailable`."""
        turn = conversation.turn
        assert turn is not None, "a turn that was claimed"
        reader = self._storage.read(account_id)
        page = Slice(limit=_MESSAGES, from_end=True)
        messages, guidance, account, index, orders = await asyncio.gather(
            reader.messages(conversation.id, upto=conversation.sequence, notes=False, page=page),
            self._guidance.of(account_id),
            reader.get(Account, account_id),
            self._knowledge.of(account_id),
            self._orders_of(account_id, reader, conversation),
        )
        asked = [
            message
            for message in messages.items
            if message.author.kind is AuthorKind.SHOPPER and turn.first_sequence <= message.sequence <= last_sequence
        ]
        question = AgentQuestion(
            conversation_id=conversation.id,
            text="\n".join(message.text for message in asked),
            index=index,
            guidance=guidance,
            history=_history(messages.items, turn.first_sequence),
            is_verified=conversation.visitor.is_proved,
            orders=tuple(orders),
            locale=conversation.locale,
            time_zone="UTC" if account is None else account.time_zone,
        )
        return AskedQuestion(question=question, last=asked[-1] if asked else None)

    async def imagined(self, account_id: AccountId, text: str, locale: str | None) -> AgentQuestion:
        """Return a question that nobody asked, as of a shopper whose identity is not proved. Raises `Unavailable`."""
        guidance, account, index = await asyncio.gather(
            self._guidance.of(account_id),
            self._storage.read(account_id).get(Account, account_id),
            self._knowledge.of(account_id),
        )
        return AgentQuestion(
            conversation_id=None,
            text=text,
            index=index,
            guidance=guidance,
            locale=locale,
            time_zone="UTC" if account is None else account.time_zone,
        )

    async def _orders_of(self, account_id: AccountId, reader: Reader, conversation: Conversation) -> list[Order]:
        if not conversation.visitor.is_proved:
            return []
        own = proved_keys(conversation.visitor)
        profile = await whole_profile(reader, conversation.profile_id)
        # The profile counts if it has the identity that is proved here: it then has all proved ones of the shopper.
        known = profile.keys if profile is not None and not set(own).isdisjoint(profile.keys) else ()
        keys = tuple(dict.fromkeys((*own, *known)))
        return await self._orders.placed_by(account_id, keys, limit=_MOST_ORDERS)


def _history(messages: Sequence[Message], before: int) -> tuple[HistoryLine, ...]:
    """Return what was said before the question. A reply to an earlier question that came after the first message of
    this one belongs to it: without it, that question would seem to have no reply, and get another one."""
    return tuple(
        HistoryLine(by_shopper=message.author.kind is AuthorKind.SHOPPER, text=message.text)
        for message in messages
        if message.author.kind in _SAID_BY
        and message.text
        and (message.sequence < before or message.author.kind is not AuthorKind.SHOPPER)
    )
