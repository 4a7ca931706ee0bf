"""What staff may ask of a ticket, as it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.ids import ConversationId, StaffId, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCommand:
    ticket_id: TicketId


class TakeTicket(TicketCommand):
    __slots__ = ()


class ReleaseTicket(TicketCommand):
    __slots__ = ()


class ReturnToAgent(TicketCommand):
    __slots__ = ()


class CloseTicket(TicketCommand):
    __slots__ = ()


class ReopenTicket(TicketCommand):
    __slots__ = ()


class RetryDelivery(TicketCommand):
    __slots__ = ()


class MarkTicketRead(TicketCommand):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTicket(TicketCommand):
    staff_id: StaffId | None  # None: back to everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeTicket(TicketCommand):
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    conversation_id: ConversationId
    text: str
    last_seen_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    conversation_id: ConversationId
    text: str
