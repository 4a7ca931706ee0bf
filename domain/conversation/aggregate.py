"""One command's change of one conversation: its new state, and the events that tell of it. There is no other way to
change one.

    change = Change(uow, conversation)
    change.say(author, text)                 # any number of messages, handoffs, tickets …
    change.conversation = replace(change.conversation, …)
    conversation = change.keep()             # one new version, saved once; every event carries it
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.conversation import lifecycle
from domain.conversation.routing import should_send_externally
from domain.events import (
    BusinessEvent,
    ConversationChanged,
    EventBody,
    EventType,
    HandoffChanged,
    MessageAdded,
    MessageDeliveryChanged,
    TicketChanged,
)
from domain.messaging.outgoing import enqueue_for_channel
from domain.model.commerce import AttributedSale
from domain.model.conversation import (
    Author,
    AuthorKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageAction,
    MessageKind,
    ProductCard,
)
from domain.model.handoff import EscalationReason, Handoff, Ticket
from domain.model.messaging import MessageDelivery
from domain.storage import UnitOfWork
from domain.values.ids import new_id
from domain.values.record import replace

BATON = Author(kind=AuthorKind.SYSTEM, name="Baton")


class Change:
    def __init__(self, uow: UnitOfWork, conversation: Conversation) -> None:
        self.uow = uow
        self.conversation = conversation
        self.before = conversation
        self._messages: list[Message] = []
        self._deliveries: list[MessageDelivery] = []
        self._handoffs: dict[str, Handoff] = {}
        self._business: list[Callable[[int, Conversation], BusinessEvent]] = []

    def say(
        self,
        author: Author,
        text: str,
        *,
        kind: MessageKind = MessageKind.TEXT,
        products: tuple[ProductCard, ...] = (),
        actions: tuple[MessageAction, ...] = (),
    ) -> Message:
        self.conversation, message = lifecycle.add_message(
            self.conversation, author=author, text=text, now=self.uow.now, kind=kind, products=products, actions=actions
        )
        self._messages.append(message)
        return message

    def notice(self, text: str, kind: MessageKind = MessageKind.NOTICE) -> Message:
        return self.say(BATON, text, kind=kind)

    def delivered(self, delivery: MessageDelivery) -> None:
        """What became of a message on its way to the shopper: its new state."""
        self._deliveries.append(delivery)

    def put_handoff(self, handoff: Handoff) -> None:
        """A new one, or the new state of one that is there."""
        others = [h for h in self.conversation.handoffs if h.id != handoff.id]
        handoffs = tuple(sorted((*others, handoff), key=lambda h: h.id))
        self.conversation = replace(self.conversation, handoffs=handoffs)
        self._handoffs[handoff.id] = handoff

    def put_ticket(self, ticket: Ticket) -> None:
        """A new one, which the one before it makes room for, or the new state of one that is there."""
        present = self.conversation.ticket
        past = self.conversation.past_tickets
        if any(former.id == ticket.id for former in past):
            past = tuple(ticket if former.id == ticket.id else former for former in past)
            self.conversation = replace(self.conversation, past_tickets=past)
            return
        if present is not None and present.id != ticket.id:
            past = (*past, present)
        self.conversation = replace(self.conversation, ticket=ticket, past_tickets=past)

    def put_sale(self, sale: AttributedSale) -> None:
        """A new one, or the new state of one that is there."""
        others = [s for s in self.conversation.sales if s.id != sale.id]
        sales = tuple(sorted((*others, sale), key=lambda s: (s.placed_at, s.id)))
        self.conversation = replace(self.conversation, sales=sales)

    def drop_sale(self, sale_id: str) -> None:
        """Another conversation earned it after all, or it is no sale any more."""
        sales = tuple(s for s in self.conversation.sales if s.id != sale_id)
        self.conversation = replace(self.conversation, sales=sales)

    def happened(
        self,
        kind: EventType,
        *,
        at: datetime,
        first_message: str | None = None,
        products: tuple[ProductCard, ...] = (),
        reason: EscalationReason | None = None,
        reason_detail: str | None = None,
    ) -> None:
        """A business event stands in the log, for whoever listens, and by itself, for ever."""

        def event(seq: int, conversation: Conversation) -> BusinessEvent:
            return BusinessEvent(
                id=new_id(),
                type=kind,
                at=at,
                seq=seq,
                conversation=conversation,
                first_message=first_message,
                products=products,
                reason=reason,
                reason_detail=reason_detail,
            )

        self._business.append(event)

    def close(self, at: datetime) -> None:
        self.conversation = lifecycle.close(self.conversation, at)
        for handoff in self.conversation.handoffs:
            if handoff != self.before.find_handoff(handoff.id):
                self._handoffs[handoff.id] = handoff
        if self.conversation.status is ConversationStatus.RESOLVED_BY_AI:
            self.happened(EventType.CONVERSATION_RESOLVED, at=at)

    def keep(self) -> Conversation:
        """The conversation as it is now; saved and told only where anything changed."""
        if self.conversation == self.before and not (self._business or self._deliveries):
            return self.before
        self._carry()
        # Up to the last event of its own stream. Business events follow: the account's stream may go on before them.
        seq = self.uow.next_seq + len(self._bodies(self.conversation)) - 1
        conversation = replace(self.conversation, version=self.before.version + 1, seq=seq)
        self.uow.save(conversation)
        for message in self._messages:
            self.uow.save(message)
        for delivery in self._deliveries:
            self.uow.save(delivery)
        for body in self._bodies(conversation):
            self.uow.emit(body)
        for event in self._business:
            happened = event(self.uow.next_seq, conversation)
            self.uow.save(happened)
            self.uow.emit(happened)
        return conversation

    def _carry(self) -> None:
        """What shoppers are to see leaves for their own channel in the same transaction."""
        for message in self._messages:
            if should_send_externally(self.conversation, message):
                self.conversation = enqueue_for_channel(self.uow, self.conversation, message)

    def _bodies(self, conversation: Conversation) -> list[EventBody]:
        bodies: list[EventBody] = [
            HandoffChanged(handoff=h, conversation=conversation) for h in self._handoffs.values()
        ]
        if self._concerns_inbox:
            # Before the messages: in a view that the ticket comes into, they are of a ticket that is known.
            bodies.append(TicketChanged(before=self._ticket_before(), conversation=conversation))
        bodies += [MessageDeliveryChanged(delivery=d, conversation=conversation) for d in self._deliveries]
        bodies += [MessageAdded(message=message, conversation=conversation) for message in self._messages]
        if not (self._messages or self._handoffs or self._deliveries):
            bodies.append(ConversationChanged(conversation=conversation))
        return bodies

    @property
    def _concerns_inbox(self) -> bool:
        """The ticket changed; or what a list of tickets shows of its conversation did, and no message tells of it."""
        ticket_moved = self.conversation.ticket != self.before.ticket
        return ticket_moved or (self.conversation.has_open_ticket and not self._messages)

    def _ticket_before(self) -> Ticket | None:
        """The same ticket as it was: one that takes the place of another is new."""
        present, before = self.conversation.ticket, self.before.ticket
        return before if before is not None and present is not None and before.id == present.id else None
