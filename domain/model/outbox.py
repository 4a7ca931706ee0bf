"""One outgoing call: a row that is written in the transaction of its cause, and handed over until it is answered.

    PENDING ──▶ attempt ──┬─ done ─────────────────────▶ DELIVERED
       ▲                  ├─ passing fault ─▶ wait ──┐
       ├──────────────────┼──────────────────────────┘
       │                  └─ permanent fault ──────────▶ FAILED   (a dead letter: seen, and tried again on demand)
       └──────────────────────── retry ─────────────────────┘
    PENDING ── its cause was taken back ───────────────▶ CANCELLED

Rows of one lane leave one after another, the oldest first: each points to the next, and only the first one stands in a
queue. A ticket that failed keeps its place, because what comes after it is about that ticket; anything else that failed
lets the next one go. What goes over the wire is frozen before the first attempt, so that a retry is byte-identical.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.values.ids import AccountId, ConversationId, MessageId, TicketId
from domain.values.record import Record


class Destination(StrEnum):
    """To whom; which courier takes it, over the account's connection of the same name."""

    ZENDESK = "ZENDESK"
    GORGIAS = "GORGIAS"
    TWILIO = "TWILIO"
    EMAIL = "EMAIL"


class OutgoingKind(StrEnum):
    TICKET = "TICKET"  # a new ticket in a helpdesk, with the transcript
    COMMENT = "COMMENT"  # a later message, on a ticket that is there
    MESSAGE = "MESSAGE"  # to the shopper, on its own channel


class OutgoingState(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class AttemptOutcome(StrEnum):
    """What came of one try; the values are what `DeliveryAttempt.outcome` answers."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # whoever tried was never heard of again


class Attempt(Record):
    """One try that is over. Attempts are only ever added."""

    at: datetime  # when it was over
    outcome: AttemptOutcome
    http_status: int | None = None
    error: str | None = None  # the other side's own words, without secrets
    maybe_done: bool = False  # it failed for us, and may have been carried out all the same


class Lease(Record):
    """Who works on it, and until when nobody else may: an instant of the database's clock, which all compare with."""

    token: str
    until: datetime


class Call(Record):
    """A try that began, and of which nothing is known yet: written before the first byte leaves."""

    token: str  # of the lease under which it began
    at: datetime


class Outgoing(Record):
    id: str  # see `row_id`: ordered within a conversation
    destination: Destination
    kind: OutgoingKind
    lane: str
    conversation_id: ConversationId
    created_at: datetime
    due_at: datetime  # not before
    upto: int  # number of the conversation's last message when it was written: a transcript ends there
    ticket_id: TicketId | None = None
    message_id: MessageId | None = None
    state: OutgoingState = OutgoingState.PENDING
    queue: str | None = None  # see `queue_of`; None unless it is pending and the first of its lane
    next_id: str | None = None  # the row behind it in its lane
    payload: str | None = None  # frozen before the first attempt, let go of once it is delivered
    frozen_at: datetime | None = None
    tried_since: datetime | None = None  # first attempt, or first since somebody asked to try again
    attempts: tuple[Attempt, ...] = ()
    tries: int = 0  # since then
    lease: Lease | None = None
    call: Call | None = None
    external_id: str | None = None  # what the other side calls what it made of it
    external_url: str | None = None
    done_at: datetime | None = None  # when it left PENDING

    @property
    def holds_its_lane(self) -> bool:
        """What is behind it waits."""
        failed_ticket = self.state is OutgoingState.FAILED and self.kind is OutgoingKind.TICKET
        return self.state is OutgoingState.PENDING or failed_ticket

    @property
    def maybe_done(self) -> bool:
        """Whether what it asks for may be there already."""
        return any(attempt.maybe_done for attempt in self.attempts)

    @property
    def error(self) -> str | None:
        """Why it is not delivered, as far as is known."""
        told = [attempt.error for attempt in self.attempts if attempt.error is not None]
        return told[-1] if told and self.state is not OutgoingState.DELIVERED else None


def row_id(conversation_id: ConversationId, number: int) -> str:
    """Rows of a conversation are numbered, so that none is written twice, and ids tell their order."""
    return f"{conversation_id}X{number:06d}"


def conversation_of(outgoing_id: str) -> ConversationId:
    return ConversationId(outgoing_id.rpartition("X")[0])


def queue_of(account_id: AccountId, destination: Destination) -> str:
    """What waits for one account's service waits for itself: others do not notice."""
    return f"{account_id}:{destination}"


def of_queue(queue: str) -> tuple[AccountId, Destination]:
    account_id, _, destination = queue.partition(":")
    return AccountId(account_id), Destination(destination)
