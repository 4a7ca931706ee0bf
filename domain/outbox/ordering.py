"""Outbox rows in sequence: per ordering key, a linked list that is appended at its end and consumed at its head.

Each change of a list writes the row next to the place that it changes, so two concurrent changes of one list meet in a
write conflict, and the second one is run again on what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.conversation.aggregate import Change
from domain.model.conversation import Conversation, Message
from domain.model.email_confirmation import EmailConfirmation
from domain.model.handoff import Ticket
from domain.model.outbox import (
    Destination,
    Outgoing,
    OutgoingKind,
    OutgoingState,
    TicketNotice,
    outgoing_id,
    queue_name,
)
from domain.storage import UnitOfWork
from domain.values.ids import TicketId
from domain.values.record import replace

_SAYS_WHAT = (OutgoingKind.ERASURE, OutgoingKind.REDACTION)


async def send_ticket(change: Change, ticket: Ticket, destination: Destination) -> Outgoing:
    """Enqueue the creation of a ticket with the transcript so far, and return the row."""
    return await _enqueue(change, destination, OutgoingKind.TICKET, ticket_key(ticket.id), ticket_id=ticket.id)


async def send_comment(change: Change, ticket: Ticket, destination: Destination, message: Message) -> Outgoing:
    """Enqueue a later message as a comment on the ticket, and return the row."""
    key = ticket_key(ticket.id)
    return await _enqueue(change, destination, OutgoingKind.COMMENT, key, ticket_id=ticket.id, messages=(message,))


def send_message(
    uow: UnitOfWork, conversation: Conversation, destination: Destination, message: Message
) -> Conversation:
    """Enqueue a message to the shopper on the conversation's channel.

    The row is appended at the end of the unit of work. Returns the conversation, which counts the row; the caller
    saves it.
    """
    number = conversation.outbox_count + 1
    row = Outgoing(
        id=outgoing_id(conversation.id, number),
        destination=destination,
        kind=OutgoingKind.MESSAGE,
        ordering_key=shopper_key(conversation),
        conversation_id=conversation.id,
        created_at=uow.now,
        due_at=uow.now,
        last_sequence=message.sequence,
        message_id=message.id,
    )
    uow.defer(lambda: _append(uow, row))
    return replace(conversation, outbox_count=number)


async def send_replies(change: Change, replies: Sequence[Message]) -> Outgoing:
    """Enqueue one mail with replies of staff, the first and the last of them included, and return the row."""
    return await _enqueue(
        change,
        Destination.EMAIL,
        OutgoingKind.REPLIES,
        shopper_key(change.conversation),
        messages=replies,
    )


async def send_notice(uow: UnitOfWork, row_id: str, conversation: Conversation, notice: TicketNotice) -> Outgoing:
    """Enqueue a mail to a member of staff, and return the row. `conversation` is the first that it tells of."""
    row = Outgoing(
        id=row_id,
        destination=Destination.EMAIL,
        kind=OutgoingKind.TICKET_NOTICE,
        ordering_key=f"staff:{notice.staff_id}",
        conversation_id=conversation.id,
        created_at=uow.now,
        due_at=uow.now,
        last_sequence=conversation.sequence,
        notice=notice,
    )
    return await _append(uow, row)


async def send_confirmation(change: Change, confirmation: EmailConfirmation) -> Outgoing:
    """Enqueue the mail of a link, and return the row. It waits for no other row."""
    key = f"confirmation:{confirmation.id}"
    kind = OutgoingKind.EMAIL_CONFIRMATION
    return await _enqueue(change, Destination.EMAIL, kind, key, confirmation_id=confirmation.id)


def ticket_key(ticket_id: TicketId) -> str:
    return f"ticket:{ticket_id}"


def shopper_key(conversation: Conversation) -> str:
    return f"shopper:{conversation.id}"


async def settle(uow: UnitOfWork, row: Outgoing, state: OutgoingState) -> Outgoing:
    """Move a row to its final state, put the next one into its queue, and return the row.

    A ticket that failed keeps its place, because the rows after it are comments on it.
    """
    done = replace(row, state=state, queue=None, lease=None, call=None, done_at=uow.now)
    if state is OutgoingState.FAILED and row.kind is OutgoingKind.TICKET:
        uow.save(done)
        return done
    blocked = row.queue is not None or (row.blocks_its_key and row.state is OutgoingState.FAILED)
    follower = await uow.get(Outgoing, row.next_id) if row.next_id and blocked else None
    if follower is not None and follower.state is OutgoingState.PENDING:
        uow.save(replace(follower, queue=queue_name(uow.account_id, follower.destination)))
    uow.save(done)
    return done


async def cancel_ticket(uow: UnitOfWork, ticket_id: TicketId) -> bool:
    """Cancel a ticket and the rows after it. Returns False if an attempt to create it may already have succeeded."""
    rows = await uow.outgoing_in_order(ticket_key(ticket_id))
    ticket = next((row for row in rows if row.kind is OutgoingKind.TICKET), None)
    if ticket is None:
        return False
    if ticket.state is OutgoingState.PENDING and (ticket.call is not None or ticket.outcome_unknown):
        return False
    for row in rows:
        uow.save(replace(row, state=OutgoingState.CANCELLED, queue=None, lease=None, done_at=uow.now))
    return True


async def requeue(uow: UnitOfWork, row: Outgoing, due_at: datetime) -> Outgoing:
    """Make a failed row pending again, and return it. A ticket kept its place; any other row is appended."""
    # If no attempt can have succeeded, compose a new payload: the cause of the failure may be gone.
    # That of an erasure or redaction says what to remove, which nothing else does any more.
    keeps = row.outcome_unknown or row.kind in _SAYS_WHAT
    again = replace(
        row,
        state=OutgoingState.PENDING,
        due_at=due_at,
        attempt_count=0,
        trying_since=None,
        done_at=None,
        next_id=row.next_id if row.kind is OutgoingKind.TICKET else None,
        payload=row.payload if keeps else None,
        frozen_at=row.frozen_at if keeps else None,  # since when its effect is looked for
    )
    waiting = [other for other in await uow.outgoing_in_order(row.ordering_key) if other.id != row.id]
    if row.kind is not OutgoingKind.TICKET and waiting:
        await _link(uow, waiting, again)
    else:
        again = replace(again, queue=queue_name(uow.account_id, row.destination))
    uow.save(again)
    return again


async def _enqueue(
    change: Change,
    destination: Destination,
    kind: OutgoingKind,
    ordering_key: str,
    *,
    ticket_id: TicketId | None = None,
    messages: Sequence[Message] = (),
    confirmation_id: str | None = None,
) -> Outgoing:
    uow, is_range = change.uow, kind is OutgoingKind.REPLIES
    number = change.conversation.outbox_count + 1
    change.conversation = replace(change.conversation, outbox_count=number)
    row = Outgoing(
        id=outgoing_id(change.conversation.id, number),
        destination=destination,
        kind=kind,
        ordering_key=ordering_key,
        conversation_id=change.conversation.id,
        created_at=uow.now,
        due_at=uow.now,
        last_sequence=messages[-1].sequence if is_range else change.conversation.sequence,
        first_sequence=messages[0].sequence if is_range else None,
        ticket_id=ticket_id,
        message_id=messages[-1].id if messages else None,
        confirmation_id=confirmation_id,
    )
    return await _append(uow, row)


async def _append(uow: UnitOfWork, row: Outgoing) -> Outgoing:
    """Append to its ordering key; the only row of a key goes into its queue."""
    waiting = await uow.outgoing_in_order(row.ordering_key)
    if waiting:
        await _link(uow, waiting, row)
    else:
        row = replace(row, queue=queue_name(uow.account_id, row.destination))
    uow.save(row)
    return row


async def _link(uow: UnitOfWork, waiting: list[Outgoing], row: Outgoing) -> None:
    """Link the row to the end of the list, which is not always the highest id: retried rows are appended."""
    ids = {other.id for other in waiting}
    last = next(other for other in reversed(waiting) if other.next_id not in ids)
    uow.save(replace(last, next_id=row.id))
