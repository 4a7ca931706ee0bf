"""What staff may ask of a ticket, as it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.ids import ConversationId, StaffId, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCommand:
    ticket_id: TicketId


class TakeTicket(TicketCommand):
    pass


class ReleaseTicket(TicketCommand):
    pass


class ReturnToAgent(TicketCommand):
    pass


class CloseTicket(TicketCommand):
    pass


class ReopenTicket(TicketCommand):
    pass


class MarkTicketRead(TicketCommand):
    pass


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
