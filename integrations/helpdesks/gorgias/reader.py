"""Reads a Gorgias ticket: its status, and the messages on it.

Webhooks from Gorgias are not signed, so they only trigger this read; their content is ignored. Wire format:
developers.gorgias.com, "The Ticket object", "The TicketMessage object", "List messages".
"""

from __future__ import annotations

from datetime import UTC, datetime

from domain.attachments.file_names import clean_file_name
from domain.delivery.errors import PermanentError, TransientError
from domain.helpdesk.model import AuthorRole, TicketComment, TicketUpdate, comment_files
from domain.model.connected_services import UnsealedConnection
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.payloads import MARK
from integrations.http import Json

_MOST_NAMED = 50  # files of a message


class GorgiasReader:
    """Reads tickets (port: `TicketReader`)."""

    def __init__(self, *, client: GorgiasClient) -> None:
        self._client = client

    async def read(self, connection: UnsealedConnection, ticket_external_id: str) -> TicketUpdate | None:
        """Return the ticket's state and messages, or None if there is no such ticket.

        Messages are read newest first, back to the note that Baton created the ticket with; older ones are the
        transcript. Raises `TransientError` or `PermanentError`.
        """
        try:
            status, ticket = await self._client.call(connection, "GET", f"/api/tickets/{ticket_external_id}")
        except PermanentError as error:
            if error.http_status == 404:
                return None
            raise
        if not isinstance(ticket, dict) or not isinstance(ticket.get("status"), str):
            raise TransientError(f"Gorgias returned {status} without the ticket.", http_status=status)
        ticket_id = str(ticket.get("external_id") or "") or None
        rows = await self._messages(connection, ticket_external_id, f"{MARK}{ticket_id}")
        rows.sort(key=lambda row: (str(row.get("created_datetime")), row["id"]))
        return TicketUpdate(
            ticket_external_id=ticket_external_id,
            ticket_id=ticket_id,
            comments=tuple(_comment(row) for row in rows),
            closed=ticket["status"] == "closed",
            at=_changed_at(ticket),
        )

    async def _messages(self, connection: UnsealedConnection, ticket_id: str, first: str) -> list[Json]:
        messages: list[Json] = []
        query = {"ticket_id": ticket_id, "order_by": "created_datetime:desc"}
        async for page in self._client.pages(connection, "/api/messages", query):
            messages += page
            if any(row.get("external_id") == first for row in page):
                break
        return messages


def _comment(row: Json) -> TicketComment:
    """Automatic replies by Gorgias rules count as the staff's, since the shopper receives them as well."""
    sender = row.get("sender")
    names = [sender.get(key) for key in ("name", "firstname")] if isinstance(sender, dict) else []
    return TicketComment(
        id=str(row["id"]),
        author_role=_author_role(row),
        author_name=next((str(name) for name in names if name), ""),
        text=_text(row),
        public=row.get("public") is not False
        and row.get("channel") != "internal-note"
        and not row.get("failed_datetime"),
        files=comment_files(row.get("attachments"), name="name", url="url"),
    )


def _author_role(row: Json) -> AuthorRole:
    if str(row.get("external_id") or "").startswith(MARK):
        return AuthorRole.BATON
    return AuthorRole.TEAM if row.get("from_agent") is True else AuthorRole.REQUESTER


def _text(row: Json) -> str:
    """The text without the quoted thread if Gorgias could remove it, and a line for each file, by which a message with
    files alone has a text. Those that have an address are fetched, and named by the same line."""
    text = next((str(row[key]) for key in ("stripped_text", "body_text") if str(row.get(key) or "").strip()), "")
    given = row.get("attachments")
    files = [file for file in given if isinstance(file, dict)] if isinstance(given, list) else []
    names = (clean_file_name(str(file.get("name") or "file")) for file in files[:_MOST_NAMED])
    lines = "\n".join(f"[attachment: {name}]" for name in names)
    return "\n\n".join(part for part in (text.strip(), lines) if part)


def _changed_at(ticket: Json) -> datetime | None:
    """When the ticket took its present state, by the latest time that it names: `updated_datetime` may be missing, or
    earlier than the close."""
    names = ("updated_datetime", "closed_datetime", "opened_datetime", "last_message_datetime", "created_datetime")
    return max((at for name in names if (at := _instant(ticket.get(name))) is not None), default=None)


def _instant(text: object) -> datetime | None:
    """Gorgias' times are in UTC, with or without an offset."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
