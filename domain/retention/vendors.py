"""Tells connected helpdesks to remove the words of a message that was redacted, by rows of the outbox.

The words may be in several places of a ticket: in the comment of the message, in the transcript with which the ticket
began, in a summary that quotes them. So the payload has them, until the helpdesk has removed them. If it refuses, they
go from the payload, and a retry still finds the message's own comment, by its number.
"""

from __future__ import annotations

import json
from datetime import timedelta

from domain.delivery.model import Attempt
from domain.erasure.vendors import may_exist
from domain.model.conversation import Conversation, Message
from domain.model.handoff import Helpdesk, Ticket
from domain.model.outbox import Destination, Outgoing, OutgoingKind, OutgoingState, queue_name
from domain.storage import UnitOfWork
from domain.values.record import Record, replace

CALL_LIFE = timedelta(minutes=5)  # of a call to a vendor, which times out far earlier


class HelpdeskRedaction(Record):
    """The payload of a row, as JSON."""

    ticket: str | None  # the helpdesk's number; None: perhaps it was created, and is found by `external_id`
    external_id: str  # Baton's id of the ticket
    message_id: str
    sequence: int  # number of the message, by which its comment is marked
    words: str
    is_question: bool  # whether the subject of the ticket is made of the words


async def tell_helpdesks(uow: UnitOfWork, conversation: Conversation, message: Message, *, is_question: bool) -> None:
    """Enqueue the redaction of a message, which still has its words, in each ticket that its helpdesk may have."""
    rows = await uow.outgoing_of(conversation.id)
    under_way = {row.ticket_id for row in rows if row.call is not None}  # it may bring the words there yet
    tickets = (*conversation.past_tickets, *([conversation.ticket] if conversation.ticket is not None else ()))
    for number, ticket in enumerate(tickets):
        if ticket.helpdesk is not Helpdesk.INBOX and (may_exist(ticket) or ticket.id in under_way):
            told = HelpdeskRedaction(
                ticket=ticket.external_id,
                external_id=ticket.id,
                message_id=message.id,
                sequence=message.sequence,
                words=message.text,
                is_question=is_question,
            )
            wait = CALL_LIFE if ticket.id in under_way else timedelta()
            uow.save(_row(uow, conversation, ticket, told, number, wait))


def _row(
    uow: UnitOfWork,
    conversation: Conversation,
    ticket: Ticket,
    told: HelpdeskRedaction,
    number: int,
    wait: timedelta,
) -> Outgoing:
    destination = Destination.stored(ticket.helpdesk.value)
    return Outgoing(
        id=f"{conversation.id}XR{told.sequence:06d}{number:02d}",  # among the conversation's: see `outgoing_id`
        destination=destination,
        kind=OutgoingKind.REDACTION,
        ordering_key=f"redaction:{told.message_id}:{number}",  # no call waits for another
        conversation_id=conversation.id,
        created_at=uow.now,
        due_at=uow.now + wait,
        last_sequence=told.sequence,
        ticket_id=ticket.id,
        queue=queue_name(uow.account_id, destination),
        payload=json.dumps({name: getattr(told, name) for name in told.__struct_fields__}),
    )


async def note_redaction(uow: UnitOfWork, row: Outgoing) -> None:
    """React to an attempt: drop the vendor's own words, which may quote the message; and the message's, if the vendor
    has refused."""
    payload = row.payload
    if payload is not None and row.state is OutgoingState.FAILED:
        payload = json.dumps({**json.loads(payload), "words": ""})
    attempts = tuple(map(_without_quotes, row.attempts))
    uow.save(replace(row, attempts=attempts, payload=payload))


def _without_quotes(attempt: Attempt) -> Attempt:
    if attempt.error is None or attempt.http_status is None:
        return attempt
    return replace(attempt, error=f"It returned {attempt.http_status}.")
