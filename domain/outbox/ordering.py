"""Rows in their lanes: written behind the last one, and gone from the front.

Each change of a lane writes the row that it meets there, so that two processes that change one lane at once meet in a
write conflict, and the second sees what the first has done.
"""

from __future__ import annotations

from datetime import datetime

from domain.conversation.aggregate import Change
from domain.model.conversation import Conversation, Message
from domain.model.handoff import Ticket
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState, queue_of, row_id
from domain.storage import UnitOfWork
from domain.values.ids import TicketId
from domain.values.record import replace


async def send_ticket(change: Change, ticket: Ticket, destination: Destination) -> Outgoing:
    """The ticket, with all that was said so far."""
    lane = ticket_lane(ticket.id)
    return await _enqueue(change, destination, OutgoingKind.TICKET, lane, ticket_id=ticket.id)


async def send_comment(change: Change, ticket: Ticket, destination: Destination, message: Message) -> Outgoing:
    """A later message, behind the ticket that it is about."""
    lane = ticket_lane(ticket.id)
    return await _enqueue(change, destination, OutgoingKind.COMMENT, lane, ticket_id=ticket.id, message=message)


def send_message(
    uow: UnitOfWork, conversation: Conversation, destination: Destination, message: Message
) -> Conversation:
    """To the shopper, on the conversation's own channel. The row takes its place at the end of the unit of work; what
    is answered is the conversation that has counted it."""
    number = conversation.dispatched + 1
    row = Outgoing(
        id=row_id(conversation.id, number),
        destination=destination,
        kind=OutgoingKind.MESSAGE,
        lane=shopper_lane(conversation),
        conversation_id=conversation.id,
        created_at=uow.now,
        due_at=uow.now,
        upto=message.sequence,
        message_id=message.id,
    )
    uow.later(lambda: _place(uow, row))
    return replace(conversation, dispatched=number)


def ticket_lane(ticket_id: TicketId) -> str:
    return f"ticket:{ticket_id}"


def shopper_lane(conversation: Conversation) -> str:
    return f"shopper:{conversation.id}"


async def settle(uow: UnitOfWork, row: Outgoing, state: OutgoingState) -> Outgoing:
    """It is over with this row, and the next one's turn; unless it is a ticket that failed, which the others need."""
    done = replace(row, state=state, queue=None, lease=None, call=None, done_at=uow.now)
    if state is OutgoingState.FAILED and row.kind is OutgoingKind.TICKET:
        uow.save(done)
        return done
    held_up = row.queue is not None or (row.holds_its_lane and row.state is OutgoingState.FAILED)
    follower = await uow.get(Outgoing, row.next_id) if row.next_id and held_up else None
    if follower is not None and follower.state is OutgoingState.PENDING:
        uow.save(replace(follower, queue=queue_of(uow.account_id, follower.destination)))
    uow.save(done)
    return done


async def cancel_ticket(uow: UnitOfWork, ticket_id: TicketId) -> bool:
    """A ticket that has not begun to leave does not leave any more, nor what waits behind it. False: it is too late."""
    rows = await uow.lane(ticket_lane(ticket_id))
    ticket = next((row for row in rows if row.kind is OutgoingKind.TICKET), None)
    if ticket is None:
        return False
    if ticket.state is OutgoingState.PENDING and (ticket.call is not None or ticket.maybe_done):
        return False
    for row in rows:
        uow.save(replace(row, state=OutgoingState.CANCELLED, queue=None, lease=None, done_at=uow.now))
    return True


async def requeue(uow: UnitOfWork, row: Outgoing, due_at: datetime) -> Outgoing:
    """A row that failed is tried again: in its place where it kept it, else behind what waits in its lane."""
    again = replace(
        row,
        state=OutgoingState.PENDING,
        due_at=due_at,
        tries=0,
        tried_since=None,
        done_at=None,
        next_id=row.next_id if row.kind is OutgoingKind.TICKET else None,
        # What certainly was not carried out may be written anew: whatever was wrong with it may be right by now.
        payload=row.payload if row.maybe_done else None,
        frozen_at=row.frozen_at if row.maybe_done else None,
    )
    waiting = [other for other in await uow.lane(row.lane) if other.id != row.id]
    if row.kind is not OutgoingKind.TICKET and waiting:
        await _follow(uow, waiting, again)
    else:
        again = replace(again, queue=queue_of(uow.account_id, row.destination))
    uow.save(again)
    return again


async def _enqueue(
    change: Change,
    destination: Destination,
    kind: OutgoingKind,
    lane: str,
    *,
    ticket_id: TicketId | None = None,
    message: Message | None = None,
) -> Outgoing:
    uow = change.uow
    number = change.conversation.dispatched + 1
    change.conversation = replace(change.conversation, dispatched=number)
    row = Outgoing(
        id=row_id(change.conversation.id, number),
        destination=destination,
        kind=kind,
        lane=lane,
        conversation_id=change.conversation.id,
        created_at=uow.now,
        due_at=uow.now,
        upto=change.conversation.sequence,
        ticket_id=ticket_id,
        message_id=message.id if message else None,
    )
    return await _place(uow, row)


async def _place(uow: UnitOfWork, row: Outgoing) -> Outgoing:
    """Behind what waits in its lane, or at its head."""
    waiting = await uow.lane(row.lane)
    if waiting:
        await _follow(uow, waiting, row)
    else:
        row = replace(row, queue=queue_of(uow.account_id, row.destination))
    uow.save(row)
    return row


async def _follow(uow: UnitOfWork, waiting: list[Outgoing], row: Outgoing) -> None:
    """The last one is the one that nothing follows: one that was tried again may stand behind younger ones."""
    places = {other.id for other in waiting}
    last = next(other for other in reversed(waiting) if other.next_id not in places)
    uow.save(replace(last, next_id=row.id))
