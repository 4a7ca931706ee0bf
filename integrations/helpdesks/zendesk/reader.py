"""Reads a Zendesk ticket with all its comments, after a trigger webhook that only names the ticket.

Wire format: developer.zendesk.com, "Show Ticket", "List Comments".
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.delivery.errors import PermanentError, TransientError
from domain.helpdesk.model import TicketComment, TicketUpdate, comment_files
from domain.helpdesk.zendesk import CLOSED_STATUSES, author_role, with_files
from domain.model.connected_services import UnsealedConnection
from integrations.helpdesks.zendesk.client import ZendeskClient, ZendeskResponse

_PAGE = 25  # comments; each may have 64 kB, in three formats
_MAX_PAGES = 200  # a ticket has at most 5,000 comments
# The API returns whole seconds, events have fractions. A read must not count as older than an event of that second.
_REST_OF_SECOND = timedelta(milliseconds=999)


class ZendeskReader:
    """Reads tickets (port: `TicketReader`)."""

    def __init__(self, *, client: ZendeskClient) -> None:
        self._client = client

    async def read(self, connection: UnsealedConnection, ticket_external_id: str) -> TicketUpdate | None:
        """Return the ticket's state and comments, or None if there is no such ticket.

        Raises `TransientError` or `PermanentError`.
        """
        path = f"/api/v2/tickets/{ticket_external_id}"
        try:
            ticket = (await self._client.call(connection, "GET", f"{path}.json")).body["ticket"]
            comments = await self._comments(connection, f"{path}/comments.json", str(ticket["requester_id"]))
            return TicketUpdate(
                ticket_external_id=str(ticket["id"]),
                ticket_id=ticket["external_id"],
                comments=comments,
                closed=str(ticket["status"]).lower() in CLOSED_STATUSES,
                at=datetime.fromisoformat(ticket["updated_at"]) + _REST_OF_SECOND,
            )
        except PermanentError as error:
            if error.http_status == 404:
                return None
            raise
        except (KeyError, TypeError, ValueError):
            raise TransientError("Zendesk returned an unreadable response") from None

    async def _comments(self, connection: UnsealedConnection, path: str, requester: str) -> tuple[TicketComment, ...]:
        params = {"include": "users", "page[size]": str(_PAGE)}
        comments: list[TicketComment] = []
        for _ in range(_MAX_PAGES):
            response = await self._client.call(connection, "GET", path, params=params)
            comments += _comments_of(response, connection, requester)
            meta = response.body["meta"]
            if not meta["has_more"]:
                break
            params["page[after]"] = str(meta["after_cursor"])
        return tuple(comments)


def _comments_of(response: ZendeskResponse, connection: UnsealedConnection, requester: str) -> list[TicketComment]:
    users = {str(user["id"]): user for user in response.body["users"]}
    comments = []
    for comment in response.body["comments"]:
        author = str(comment["author_id"])
        user = users.get(author, {})
        role = author_role(
            author,
            is_staff=user.get("role") in ("agent", "admin"),
            requester_id=requester,
            own_id=connection.settings.get("user_id"),
        )
        comments.append(
            TicketComment(
                id=str(comment["id"]),
                author_role=role,
                author_name=str(user.get("name") or ""),
                text=with_files(
                    str(comment.get("plain_body") or comment.get("body") or ""), comment.get("attachments")
                ),
                public=comment["public"] is True,
                files=comment_files(comment.get("attachments"), name="file_name", url="content_url"),
            )
        )
    return comments
