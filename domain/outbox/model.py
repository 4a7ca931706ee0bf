"""One outgoing call: a row that is written in the transaction of its cause, and handed over until it is answered.

    PENDING ──▶ attempt ──┬─ done ─────────────────────▶ DELIVERED
       ▲                  ├─ passing fault ─▶ wait ──┐
       └──────────────────┼──────────────────────────┘
                          └─ permanent fault ──────────▶ FAILED   (a dead letter: seen, and tried again on demand)
    PENDING ── its cause was taken back ───────────────▶ CANCELLED

Rows of one lane leave one after another, the oldest first. What goes over the wire is frozen before the first attempt,
so that a retry is byte-identical.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import ConversationId, MessageId, TicketId


class Destination(StrEnum):
    """To whom; which courier takes it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try and what came of it."""

    at: datetime
    outcome: str  # delivered, retrying, failed, …
    http_status: int | None = None
    error: str | None = None  # the other side's own words, without secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who works on it, and until when nobody else may. A row whose lease ran out may be half done: look first."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    id: str  # ordered in time: the oldest of a lane has the smallest
    destination: Destination
    kind: OutgoingKind
    lane: str  # conversation:<id>
    conversation_id: ConversationId
    created_at: datetime
    due_at: datetime  # not before
    ticket_id: TicketId | None = None
    message_id: MessageId | None = None
    state: OutgoingState = OutgoingState.PENDING
    payload: str | None = None  # frozen at the first attempt
    attempts: tuple[Attempt, ...] = ()
    lease: Lease | None = None
    external_id: str | None = None  # what the other side calls what it made of it
