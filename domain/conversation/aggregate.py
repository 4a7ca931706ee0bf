"""The conversation as an aggregate: the one way to change a conversation, and to load one for a change.

    change = Change(uow, await load_conversation(uow, conversation_id))
    change.add_message(author, text)                 # any number of messages, handoffs, tickets …
    change.conversation = replace(change.conversation, …)
    await change.publish(ShopperWrote(message=…))    # other features react, in this transaction
    conversation = await change.commit()             # one new version, saved once; every event carries it

This module is below every feature and imports none. A feature that has to act when a conversation changes has a row in
`domain/reactions.py`, which the unit of work carries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from domain.attachments.attaching import keep
from domain.conversation import lifecycle
from domain.conversation.events import ConversationEnded, DomainEvent, MessageWritten
from domain.conversation.excerpt import excerpt
from domain.conversation.turns import next_turn
from domain.events import (
    BusinessEvent,
    ConversationChanged,
    EventBody,
    EventType,
    HandoffChanged,
    MessageAdded,
    MessageDeliveryChanged,
    MessageRedacted,
    TicketChanged,
)
from domain.model.attachments import Attachment
from domain.model.commerce import AttributedSale
from domain.model.conversation import (
    Author,
    AuthorKind,
    Conversation,
    ConversationStatus,
    Message,
    MessageAction,
    MessageKind,
    MessageTemplate,
    ProductCard,
)
from domain.model.handoff import EscalationReason, Handoff, Ticket
from domain.model.messaging import MessageDelivery
from domain.storage import TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.channel import Channel
from domain.values.errors import NotFound
from domain.values.ids import ConversationId, new_id
from domain.values.record import replace

BATON = Author(kind=AuthorKind.SYSTEM, name="Baton")


class Change:
    """One command's change of one conversation. `before` is the state that the command found."""

    def __init__(self, uow: UnitOfWork, conversation: Conversation) -> None:
        self.uow = uow
        self.conversation = conversation
        self.before = conversation
        self._messages: list[Message] = []
        self._replaced: list[Message] = []
        self._deliveries: list[MessageDelivery] = []
        self._handoffs: dict[str, Handoff] = {}
        self._is_turn_answered = False
        self._unanswered: Message | None = None
        self._business: list[Callable[[int, Conversation], BusinessEvent]] = []

    def add_message(
        self,
        author: Author,
        text: str,
        *,
        kind: MessageKind = MessageKind.TEXT,
        products: tuple[ProductCard, ...] = (),
        actions: tuple[MessageAction, ...] = (),
        attachments: Sequence[Attachment] = (),
    ) -> Message:
        """Append a message, with files that `claim` returned. Returns it; it is saved by `commit`."""
        self.conversation, message = lifecycle.add_message(
            self.conversation,
            author=author,
            text=text,
            now=self.uow.now,
            kind=kind,
            products=products,
            actions=actions,
        )
        message = replace(message, attachments=tuple(row.file for row in attachments))
        keep(self.uow, attachments, message)
        self._messages.append(message)
        return message

    def came_by(self, message: Message, channel: Channel) -> Message:
        """Record the channel by which the shopper wrote the last message, if it is not the conversation's. Returns the
        message."""
        assert message == self._messages[-1], "the message is the last"
        if channel is not self.conversation.channel:
            message = self._messages[-1] = replace(message, via=channel)
        return message

    def in_template(self, message: Message, template: MessageTemplate) -> Message:
        """Let the last message leave in a template. Returns the message."""
        assert message == self._messages[-1], "the message is the last"
        message = self._messages[-1] = replace(message, template=template)
        return message

    def add_notice(self, text: str, kind: MessageKind = MessageKind.NOTICE) -> Message:
        """Append a message of Baton's own. Returns it."""
        return self.add_message(BATON, text, kind=kind)

    def replace_message(self, message: Message) -> None:
        """Put what is left of an earlier message in its place: its words or files were removed."""
        self._replaced.append(message)

    def put_delivery(self, delivery: MessageDelivery) -> None:
        """Set the state of a message on its way to the shopper's own channel."""
        self._deliveries.append(delivery)

    def put_handoff(self, handoff: Handoff) -> None:
        """Add a handoff, or replace the one with its id."""
        others = [h for h in self.conversation.handoffs if h.id != handoff.id]
        handoffs = tuple(sorted((*others, handoff), key=lambda h: h.id))
        self.conversation = replace(self.conversation, handoffs=handoffs)
        self._handoffs[handoff.id] = handoff

    def put_ticket(self, ticket: Ticket) -> None:
        """Add a ticket, which becomes the present one, or replace the one with its id."""
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
        """Add a sale, or replace the one with its id."""
        others = [s for s in self.conversation.sales if s.id != sale.id]
        sales = tuple(sorted((*others, sale), key=lambda s: (s.placed_at, s.id)))
        self.conversation = replace(self.conversation, sales=sales)

    def drop_sale(self, sale_id: str) -> None:
        """Remove a sale: another conversation earned it after all, or the order was cancelled."""
        sales = tuple(s for s in self.conversation.sales if s.id != sale_id)
        self.conversation = replace(self.conversation, sales=sales)

    def record_business_event(
        self,
        kind: EventType,
        *,
        at: datetime,
        first_message: str | None = None,
        products: tuple[ProductCard, ...] = (),
        reason: EscalationReason | None = None,
        reason_detail: str | None = None,
    ) -> None:
        """Record a business event: `commit` logs it, and saves it on its own, since the log is trimmed. Test
        conversations have none."""
        if self.conversation.is_test:
            return

        def event(seq: int, conversation: Conversation) -> BusinessEvent:
            carried = excerpt(conversation)
            if "tags" in carried.left_out:  # webhooks and Klaviyo are told the topics of that time
                carried = replace(carried, tags=conversation.tags)
            return BusinessEvent(
                id=new_id(),
                type=kind,
                at=at,
                seq=seq,
                conversation=carried,
                first_message=first_message,
                products=products,
                reason=reason,
                reason_detail=reason_detail,
            )

        if kind is EventType.CONVERSATION_STARTED:
            self._business.insert(0, event)  # before what the first message caused
        else:
            self._business.append(event)

    def close(self, at: datetime) -> None:
        """Close the conversation as of `at`, with the status that follows from it."""
        self.conversation = lifecycle.close(self.conversation, at)
        for handoff in self.conversation.handoffs:
            if handoff != self.before.find_handoff(handoff.id):
                self._handoffs[handoff.id] = handoff
        if self.conversation.status is ConversationStatus.RESOLVED_BY_AI:
            self.record_business_event(EventType.CONVERSATION_RESOLVED, at=at)

    def answer_turn(self, *, except_from: Message | None = None) -> None:
        """End the agent's turn. `except_from`: the first message of the shopper that the reply did not take into
        account; it begins the next turn. A message of the agent and a new handoff end the turn anyway."""
        self._is_turn_answered, self._unanswered = True, except_from

    async def publish(self, event: DomainEvent) -> None:
        """Run the reactions of other features to an event, in the order of the table, and return once they are done."""
        for react in self.uow.reactions.get(type(event), ()):
            await react(self, event)

    async def commit(self) -> Conversation:
        """Save the conversation and all that was added to it, and emit the events. A change that changed nothing saves
        and emits nothing.

        A conversation whose shopper was erased keeps everything but sales and controller as it is: what workers,
        vendors and timers have brought since is dropped.

        Returns the conversation as saved.
        """
        self._drop_if_erased()
        turn = next_turn(
            self.before,
            self.conversation,
            self._messages,
            now=self.uow.now,
            is_answered=self._is_turn_answered,
            unanswered=self._unanswered,
        )
        self.conversation = replace(self.conversation, turn=turn)
        if self.conversation == self.before and not (self._business or self._deliveries or self._replaced):
            return self.before
        for message in self._messages:
            await self.publish(MessageWritten(message=message))
        if self.conversation.closed_at is not None and not self.before.is_closed:
            await self.publish(ConversationEnded(at=self.conversation.closed_at))
        # `seq` is the last event of the conversation's own stream. Business events follow: they are on the account's.
        seq = self.uow.next_seq + len(self._bodies(self.conversation)) - 1
        conversation = replace(self.conversation, version=self.before.version + 1, seq=seq)
        self.uow.save(conversation)
        for message in (*self._messages, *self._replaced):
            self.uow.save(message)
        for delivery in self._deliveries:
            self.uow.save(delivery)
        for body in self._bodies(conversation):
            self.uow.emit(body)
        for business_event in self._business:
            logged = business_event(self.uow.next_seq, conversation)
            self.uow.save(logged)
            self.uow.emit(logged)
        return conversation

    def _drop_if_erased(self) -> None:
        if self.before.erased_at is None:
            return
        sales, controller = self.conversation.sales, self.conversation.controller
        self.conversation = replace(self.before, sales=sales, controller=controller)
        self._messages, self._deliveries, self._handoffs, self._business = [], [], {}, []

    def _bodies(self, conversation: Conversation) -> list[EventBody]:
        conversation = excerpt(conversation)
        bodies: list[EventBody] = [
            HandoffChanged(handoff=h, conversation=conversation) for h in self._handoffs.values()
        ]
        if self._concerns_inbox:
            # Before the messages, so that a view which the ticket enters knows the ticket of each message.
            bodies.append(TicketChanged(before=self._ticket_before(), conversation=conversation))
        bodies += [MessageDeliveryChanged(delivery=d, conversation=conversation) for d in self._deliveries]
        bodies += [MessageAdded(message=message, conversation=conversation) for message in self._messages]
        bodies += [MessageRedacted(message=message, conversation=conversation) for message in self._replaced]
        if not (self._messages or self._handoffs or self._deliveries or self._replaced):
            bodies.append(ConversationChanged(conversation=conversation))
        return bodies

    @property
    def _concerns_inbox(self) -> bool:
        """Whether lists of tickets have to be told: the ticket changed, or a field of its conversation that they show,
        and no message event tells them."""
        ticket_moved = self.conversation.ticket != self.before.ticket
        return ticket_moved or (self.conversation.has_open_ticket and not self._messages)

    def _ticket_before(self) -> Ticket | None:
        """The present ticket's former state; `None` for a ticket that is new."""
        present, before = self.conversation.ticket, self.before.ticket
        return before if before is not None and present is not None and before.id == present.id else None


async def load_conversation(uow: UnitOfWork, conversation_id: ConversationId) -> Conversation:
    """Return the conversation, closed if it is due. Raises `NotFound`, also if its shopper was erased: nothing may be
    added to it any more."""
    conversation = await close_if_due(uow, await uow.get(Conversation, conversation_id))
    if conversation is None:
        raise NotFound("No such conversation.", field="conversation_id")
    if conversation.erased_at is not None:
        raise NotFound("The shopper of this conversation was erased.", field="conversation_id")
    return conversation


async def close_if_due(uow: UnitOfWork, conversation: Conversation | None) -> Conversation | None:
    """Close a conversation whose 48 silent hours are over, so that the result of a command does not depend on how late
    the timer is. Returns the conversation as it is then; `None` for `None`."""
    if conversation is None or not conversation.is_due(uow.now):
        return conversation
    change = Change(uow, conversation)
    change.close(conversation.auto_close_at)
    return await change.commit()


def schedule_auto_close(uow: UnitOfWork, conversation: Conversation) -> None:
    """Set the timer that closes a silent conversation. There is one row per conversation, not per message: when it is
    due, its handler looks at the last message and moves it on."""
    uow.save(timer_of(conversation.id, TimerKind.AUTO_CLOSE, conversation.auto_close_at))
