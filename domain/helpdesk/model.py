"""The state of a helpdesk ticket, in one form for all helpdesks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.values.record import Record


class AuthorRole(StrEnum):
    """The role of a comment's author."""

    TEAM = "TEAM"
    REQUESTER = "REQUESTER"  # the shopper
    BATON = "BATON"  # the user whose credentials Baton has: its comments are Baton's own
    OTHER = "OTHER"  # somebody in copy


class CommentFile(Record):
    """A file of a comment, at its address in the helpdesk."""

    name: str
    content_type: str
    url: str


class TicketComment(Record):
    id: str  # the helpdesk's id, the same in its events and its API
    author_role: AuthorRole
    author_name: str
    text: str
    public: bool  # False: visible to the helpdesk's staff only, never shown to the shopper
    files: tuple[CommentFile, ...] = ()


class TicketUpdate(Record):
    """The state of a ticket in the helpdesk. Updates may arrive twice, and out of order."""

    ticket_external_id: str  # the helpdesk's id
    ticket_id: str | None  # Baton's id, which the helpdesk keeps as the ticket's external id
    comments: tuple[TicketComment, ...] = ()  # oldest first
    closed: bool | None = None  # whether the ticket is closed; None: not included in this update
    at: datetime | None = None  # when `closed` was true
    delivery_id: str | None = None  # the id of the webhook call, for deduplication


class ImportResult(Record):
    """The changes that an update caused."""

    known: bool  # whether the ticket is one of Baton's
    messages: int = 0  # number of messages added to the conversation
    state_changed: bool = False  # whether the ticket was closed or reopened


def comment_files(rows: object, *, name: str, url: str) -> tuple[CommentFile, ...]:
    """Return the files in a helpdesk's list of attachments. `name` and `url`: the names of these fields."""
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(
        CommentFile(
            name=str(row.get(name) or row.get("file_name") or "file"),
            content_type=str(row.get("content_type") or "application/octet-stream"),
            url=row[url],
        )
        for row in found
        if isinstance(row.get(url), str) and row[url].startswith("http")
    )
