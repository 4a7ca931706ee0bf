"""What a helpdesk tells of one of its tickets, whichever helpdesk it is and however it tells."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.values.record import Record


class AuthorRole(StrEnum):
    TEAM = "TEAM"
    REQUESTER = "REQUESTER"  # the shopper
    BATON = "BATON"  # the user that we connect as: it only says what we had it say
    OTHER = "OTHER"  # somebody who was put in copy


class TicketComment(Record):
    """One comment on a ticket."""

    id: str  # the helpdesk's; the same however often and by whichever way it is told
    speaker: AuthorRole
    name: str  # of who wrote it
    text: str
    public: bool  # False: among the team, and never shown to the shopper


class TicketUpdate(Record):
    """What is known of a ticket now, or at `at`. It may be told twice, and after what came later."""

    ticket_external_id: str  # as the helpdesk calls it
    ticket_id: str | None  # as we do: what we gave it as an external id
    remarks: tuple[TicketComment, ...] = ()  # oldest first
    closed: bool | None = None  # whether the team is done with it; None: nothing is said of it
    at: datetime | None = None  # when its state was so
    delivery_id: str | None = None  # of the message that told it, where it has one


class ImportResult(Record):
    """What came of it."""

    known: bool  # whether it is about a ticket of ours
    shown: int = 0  # messages that the conversation has more now
    moved: bool = False  # whether the ticket's state is another
