"""What staff may ask of a ticket, as it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.ids import ConversationId, StaffId, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTicket:
    """For the commands that need to know no more than which ticket; `name` says which command it is."""

    name: str
    ticket_id: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTicket:
    ticket_id: TicketId
    staff_id: StaffId | None  # None: back to everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeTicket:
    ticket_id: TicketId
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
