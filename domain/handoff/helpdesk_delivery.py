"""Handoffs to an external helpdesk: the delivery of the ticket, and the states of ticket and handoff.

    ticket PENDING, handoff QUEUED ─┬─ delivered ──────────▶ both DELIVERED
                ▲                   ├─ transient ─▶ ticket RETRYING ─▶ …
                └──── retry ────────┴─ permanent ──────────▶ both FAILED

From then on the helpdesk has control: messages of the shopper follow as comments. A shopper whose chat moved to e-mail
is told so, once, and the messages are forwarded all the same.
"""

from __future__ import annotations

from domain.conversation import lifecycle
from domain.conversation.aggregate import BATON, Change
from domain.conversation.events import HandoffReady, ShopperWrote
from domain.conversation.routing import moved_to_email
from domain.delivery.model import AttemptOutcome
from domain.handoff.flow import settings_of
from domain.i18n.localization import catalog_for
from domain.model.conversation import AuthorKind, ControllerKind, Conversation, Message, MessageKind
from domain.model.handoff import (
    ChatAfterHandoff,
    DeliveryState,
    HandoffSettings,
    HandoffState,
    Helpdesk,
    Ticket,
    TicketState,
)
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState
from domain.outbox import ordering
from domain.outbox.service import OutboxService
from domain.principal import Actor
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import Conflict
from domain.values.record import replace

_TICKET = "ticket_id"
_ON_ITS_WAY = (HandoffState.QUEUED, HandoffState.DELIVERED, HandoffState.FAILED)
_HANDOFF_STATES = {
    DeliveryState.PENDING: HandoffState.QUEUED,
    DeliveryState.RETRYING: HandoffState.QUEUED,
    DeliveryState.DELIVERED: HandoffState.DELIVERED,
    DeliveryState.FAILED: HandoffState.FAILED,
}
_WITHDRAWN = "The shopper withdrew the request, and the assistant replies again. No reply to this ticket is needed."
_RETURNED = "The assistant has this conversation again. No reply to this ticket is needed."


async def send_handoff(change: Change, event: HandoffReady) -> None:
    """Send a handoff to Zendesk or Gorgias, as chosen when it was requested."""
    handoff = event.handoff
    if handoff.helpdesk in (None, Helpdesk.INBOX):
        return
    uow, words = change.uow, catalog_for(change.conversation.locale)
    ticket = Ticket(
        id=change.conversation.next_ticket_id,
        handoff_id=handoff.id,
        helpdesk=handoff.helpdesk,
        created_at=uow.now,
        delivery=DeliveryState.PENDING,
        by_email=_moves_to_email(change.conversation, handoff.helpdesk, await settings_of(uow)),
    )
    change.put_handoff(replace(handoff, state=HandoffState.QUEUED, ticket_id=ticket.id))
    change.put_ticket(ticket)
    change.conversation = lifecycle.give_control(change.conversation, ControllerKind.HELPDESK, uow.now)
    if ticket.by_email:
        change.conversation = await moved_to_email(uow, change.conversation)
    change.add_notice(words.answered_by_email if ticket.by_email else words.sent_to_team)
    await ordering.send_ticket(change, ticket, _destination(ticket))


async def forward_message(change: Change, event: ShopperWrote) -> None:
    """Send the shopper's message to the ticket as a comment, while the helpdesk has the conversation."""
    ticket = change.conversation.ticket
    if ticket is None or change.conversation.controller.kind is not ControllerKind.HELPDESK:
        return
    if ticket.state is not TicketState.OPEN:
        ticket = replace(ticket, state=TicketState.OPEN)
    if ticket.by_email and not ticket.email_notice_sent:
        ticket = replace(ticket, email_notice_sent=True)
        change.add_notice(catalog_for(change.conversation.locale).passed_on)
    change.put_ticket(ticket)
    await ordering.send_comment(change, ticket, _destination(ticket), event.message)


async def apply_attempt(uow: UnitOfWork, row: Outgoing) -> None:
    """Apply an attempt to deliver a ticket to the ticket and its handoff. If it failed for good, a note tells the team
    and a notice the shopper, each once, however often it is tried again."""
    conversation = await uow.get(Conversation, row.conversation_id)
    before = conversation.find_ticket(row.ticket_id) if conversation and row.ticket_id else None
    if conversation is None or before is None or conversation.erased_at is not None:
        return
    ticket = replace(
        before,
        attempt_count=len(row.attempts),
        delivery=_delivery(row),
        external_id=row.external_id or before.external_id,
        external_url=row.external_url or before.external_url,
    )
    change = Change(uow, conversation)
    handoff = conversation.find_handoff(ticket.handoff_id)
    state = _HANDOFF_STATES.get(ticket.delivery)
    if handoff is not None and handoff.state in _ON_ITS_WAY and state not in (None, handoff.state):
        change.put_handoff(replace(handoff, state=state))
    if ticket.delivery is DeliveryState.FAILED and before.delivery is not DeliveryState.FAILED and _failed_once(row):
        note = f"The conversation was not passed on to {ticket.helpdesk.capitalize()}: {row.error}"
        change.add_message(BATON, note, kind=MessageKind.NOTE)
    if ticket.delivery is DeliveryState.FAILED and _concerns_shopper(conversation, ticket):
        ticket = replace(ticket, failure_notice_sent=True)
        change.add_notice(catalog_for(conversation.locale).not_passed_on)
    change.put_ticket(ticket)
    await change.commit()


async def apply_comment_attempt(uow: UnitOfWork, row: Outgoing) -> None:
    """Apply an attempt to add a comment: the ticket goes on under the number of its follow-up ticket, if there is one.
    A message that could not be passed on leaves a note for the team, and the shopper is told once."""
    conversation = await uow.get(Conversation, row.conversation_id)
    ticket = conversation.find_ticket(row.ticket_id) if conversation and row.ticket_id else None
    if conversation is None or ticket is None or conversation.erased_at is not None:
        return
    change = Change(uow, conversation)
    if row.state is OutgoingState.DELIVERED and row.external_url is not None:
        change.put_ticket(replace(ticket, external_id=row.external_id, external_url=row.external_url))
    elif row.state is OutgoingState.FAILED:
        name, message = ticket.helpdesk.capitalize(), await uow.get(Message, row.message_id or "")
        note = f"Message {message.sequence if message else '?'} was not passed on to {name}: {row.error}"
        change.add_message(BATON, note, kind=MessageKind.NOTE)
        if _concerns_shopper(conversation, ticket):
            change.put_ticket(replace(ticket, failure_notice_sent=True))
            change.add_notice(catalog_for(conversation.locale).not_passed_on)
    await change.commit()


async def retry(
    uow: UnitOfWork, outbox: OutboxService, conversation: Conversation, ticket: Ticket, *, by: Actor
) -> None:
    """Deliver a failed ticket again. Raises `Conflict` if there is nothing to deliver."""
    if ticket.delivery is not DeliveryState.FAILED:
        raise Conflict(_NOT_FAILED[ticket.delivery], field=_TICKET)
    if conversation.controller.kind is ControllerKind.AI_AGENT:
        raise Conflict("The agent has this conversation again, so the ticket is done.", field=_TICKET)
    rows = await uow.outgoing_in_order(ordering.ticket_key(ticket.id))
    row = next((row for row in rows if row.kind is OutgoingKind.TICKET), None)
    if row is None:
        raise Conflict("This ticket was withdrawn.", field=_TICKET)
    if ticket.state is not TicketState.OPEN:
        change = Change(uow, conversation)
        change.put_ticket(replace(ticket, state=TicketState.OPEN))
        await change.commit()
    await outbox.requeue(uow, row, by=by)


async def was_answered(uow: UnitOfWork, conversation: Conversation, ticket: Ticket) -> bool:
    """Whether a human has written to the shopper since the ticket was created."""
    messages = await uow.messages_after(conversation.id, 0)
    return any(
        m.author.kind is AuthorKind.HUMAN_AGENT and m.seen_by_shopper and m.sent_at >= ticket.created_at
        for m in messages
    )


async def withdraw_ticket(change: Change, ticket: Ticket, *, by_shopper: bool) -> Ticket:
    """Cancel the delivery of a ticket. If it may have been delivered, a comment tells the helpdesk that it is over.
    Returns the ticket, closed."""
    if await ordering.cancel_ticket(change.uow, ticket.id):
        return replace(ticket.close(), delivery=DeliveryState.NOT_NEEDED)
    note = change.add_message(BATON, _WITHDRAWN if by_shopper else _RETURNED, kind=MessageKind.NOTE)
    await ordering.send_comment(change, ticket, _destination(ticket), note)
    return ticket.close()


async def return_to_agent(change: Change, ticket: Ticket) -> Ticket:
    """Cancel what has not been delivered, since the team gives the conversation back. Returns the ticket, closed."""
    kept = await withdraw_ticket(change, ticket, by_shopper=False)
    handoff = change.conversation.find_handoff(ticket.handoff_id)
    if handoff is not None and handoff.state is HandoffState.QUEUED and kept.delivery is DeliveryState.NOT_NEEDED:
        change.put_handoff(replace(handoff, state=HandoffState.WITHDRAWN))
    return kept


def _moves_to_email(conversation: Conversation, helpdesk: Helpdesk, settings: HandoffSettings) -> bool:
    """Whether a web chat continues by e-mail. It needs an address. With Gorgias it always does, since Gorgias has no
    chat."""
    if conversation.channel is not Channel.WEB_CHAT or conversation.visitor.email is None:
        return False
    return helpdesk is Helpdesk.GORGIAS or settings.chat_after_handoff is ChatAfterHandoff.MOVES_TO_EMAIL


def _delivery(row: Outgoing) -> DeliveryState:
    if row.state is OutgoingState.PENDING:
        return DeliveryState.RETRYING if row.attempt_count else DeliveryState.PENDING
    return {
        OutgoingState.DELIVERED: DeliveryState.DELIVERED,
        OutgoingState.FAILED: DeliveryState.FAILED,
        OutgoingState.CANCELLED: DeliveryState.NOT_NEEDED,
    }[row.state]


def _failed_once(row: Outgoing) -> bool:
    return [attempt.outcome for attempt in row.attempts].count(AttemptOutcome.FAILED) == 1


def _concerns_shopper(conversation: Conversation, ticket: Ticket) -> bool:
    latest = conversation.ticket
    waits = conversation.controller.kind is ControllerKind.HELPDESK and latest is not None and latest.id == ticket.id
    return waits and not ticket.failure_notice_sent


def _destination(ticket: Ticket) -> Destination:
    return Destination.stored(ticket.helpdesk.value)


_NOT_FAILED = {
    DeliveryState.NOT_NEEDED: "There is nothing to deliver: this ticket is in Baton's own inbox, or was withdrawn.",
    DeliveryState.PENDING: "It is being delivered.",
    DeliveryState.RETRYING: "It is being delivered, and will be tried again.",
    DeliveryState.DELIVERED: "It is delivered.",
}
