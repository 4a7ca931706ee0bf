"""Conversations and orders that happened outside of Baton, with all that Baton would have stored of them.

An import from a file knows the messages alone, and Baton makes the rest of them (`service.py`). Here the rest is known
as well: handoffs with the shopper's consent, tickets, touches, and the business events. Nothing of it is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.commerce.crediting import apply_order, load_order
from domain.conversation.excerpt import excerpt
from domain.events import BusinessEvent, ConversationsImported, EventType, TicketChanged
from domain.knowledge.gaps import note_question
from domain.model.commerce import Purchase, Refund, Touch
from domain.model.conversation import Conversation, Message, ProductCard
from domain.model.handoff import EscalationReason
from domain.model.profile import Profile
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import Record, replace


class PastEvent(Record):
    """A business event, with the conversation as it was then."""

    id: str
    type: EventType
    at: datetime
    conversation: Conversation
    first_message: str | None = None
    products: tuple[ProductCard, ...] = ()
    reason: EscalationReason | None = None


class WholeConversation(Record):
    """A conversation as it is now, and what else is stored of it. Its import key is stored once."""

    conversation: Conversation
    messages: tuple[Message, ...]
    events: tuple[PastEvent, ...] = ()  # in order
    profile: Profile | None = None  # if no earlier conversation has brought it
    timers: tuple[Timer, ...] = ()
    touches: tuple[Touch, ...] = ()


class PastOrder(Record):
    """An order with its refunds. Which conversation is credited with it follows from the stored touches."""

    order_id: str  # the account's own
    purchase: Purchase
    refunds: tuple[Refund, ...] = ()


class PastService:
    """Stores the past. Each call is one transaction, so give it some dozens at once."""

    def __init__(self, *, storage: Storage, source: str) -> None:
        self._storage = storage
        self._source = source  # for the event log

    async def bring_conversations(self, account_id: AccountId, batch: Sequence[WholeConversation]) -> None:
        """Store conversations with all that belongs to them. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            uow.emit(ConversationsImported(source=self._source, count=len(batch)))
            for past in batch:
                await self._bring(uow, past)

        await self._storage.write(account_id, change)

    async def bring_orders(self, account_id: AccountId, batch: Sequence[PastOrder]) -> None:
        """Store orders, and credit them to the conversations whose touches earned them. Raises `NotFound`,
        `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            for past in batch:
                await apply_order(uow, await load_order(uow, past.order_id), past.purchase, past.refunds)

        await self._storage.write(account_id, change)

    async def _bring(self, uow: UnitOfWork, past: WholeConversation) -> None:
        if past.profile is not None:
            uow.save(past.profile)
        for message in past.messages:
            uow.save(message)
        for timer in past.timers:
            uow.save(timer)
        for touch in past.touches:
            uow.save(touch)
        for event in past.events:
            # It has a number of the log that no other has. Nobody followed it live, so the log has nothing of it.
            stored = BusinessEvent(
                id=event.id,
                type=event.type,
                at=event.at,
                seq=uow.next_seq,
                conversation=excerpt(event.conversation),
                first_message=event.first_message,
                products=event.products,
                reason=event.reason,
                imported=True,
            )
            uow.save(stored)
            uow.emit(ConversationsImported(source=self._source, count=0))
            if event.reason is EscalationReason.KNOWLEDGE_GAP:
                await note_question(uow, past.conversation, past.conversation.first_question, at=event.at)
        conversation = replace(past.conversation, seq=uow.next_seq - 1)
        if conversation.has_open_ticket:
            conversation = replace(conversation, seq=uow.next_seq)
            uow.emit(TicketChanged(before=None, conversation=excerpt(conversation)))
        uow.save(conversation)
