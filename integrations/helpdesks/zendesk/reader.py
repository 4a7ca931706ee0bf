"""A ticket of Zendesk's as it is now, with all its comments: for who was only told that something happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.helpdesk.model import AuthorRole, TicketComment, TicketUpdate
from domain.model.connected_services import UnsealedConnection
from integrations.helpdesks.zendesk.client import ZendeskClient, ZendeskResponse

Json = dict[str, Any]

_PAGE = 25  # comments: each may have 64 kB, three times over
_MOST_PAGES = 200  # of a ticket's at most 5,000 comments
# The API tells whole seconds, events their fractions: what is read comes behind what was told of the same second.
_REST_OF_SECOND = timedelta(milliseconds=999)
DONE = frozenset({"solved", "closed", "deleted"})


class ZendeskReader:
    def __init__(self, *, api: ZendeskClient) -> None:
        self._api = api

    async def read(self, connection: UnsealedConnection, ticket_external_id: str) -> TicketUpdate | None:
        """Raises PassingFault, PermanentFault."""
        path = f"/api/v2/tickets/{ticket_external_id}"
        try:
            ticket = (await self._api.call(connection, "GET", f"{path}.json")).body["ticket"]
            remarks = await self._remarks(connection, f"{path}/comments.json", str(ticket["requester_id"]))
            return TicketUpdate(
                ticket_external_id=str(ticket["id"]),
                ticket_id=ticket["external_id"],
                remarks=remarks,
                closed=str(ticket["status"]).lower() in DONE,
                at=datetime.fromisoformat(ticket["updated_at"]) + _REST_OF_SECOND,
            )
        except PermanentError as fault:
            if fault.http_status == 404:
                return None
            raise
        except (KeyError, TypeError, ValueError):
            raise TransientError("Zendesk answered with something that cannot be read") from None

    async def _remarks(self, connection: UnsealedConnection, path: str, requester: str) -> tuple[TicketComment, ...]:
        params = {"include": "users", "page[size]": str(_PAGE)}
        remarks: list[TicketComment] = []
        for _ in range(_MOST_PAGES):
            answer = await self._api.call(connection, "GET", path, params=params)
            remarks += _remarks_of(answer, connection, requester)
            meta = answer.body["meta"]
            if not meta["has_more"]:
                break
            params["page[after]"] = str(meta["after_cursor"])
        return tuple(remarks)


def _remarks_of(answer: ZendeskResponse, connection: UnsealedConnection, requester: str) -> list[TicketComment]:
    users = {str(user["id"]): user for user in answer.body["users"]}
    remarks = []
    for comment in answer.body["comments"]:
        author = str(comment["author_id"])
        user = users.get(author, {})
        speaker = speaker_of(
            author,
            is_staff=user.get("role") in ("agent", "admin"),
            requester=requester,
            ourselves=connection.settings.get("user_id"),
        )
        remarks.append(
            TicketComment(
                id=str(comment["id"]),
                speaker=speaker,
                name=str(user.get("name") or ""),
                text=str(comment.get("plain_body") or comment.get("body") or ""),
                public=comment["public"] is True,
            )
        )
    return remarks


def speaker_of(author: str, *, is_staff: bool, requester: str, ourselves: str | None) -> AuthorRole:
    if author == ourselves:
        return AuthorRole.BATON
    if is_staff:
        return AuthorRole.TEAM
    return AuthorRole.REQUESTER if author == requester else AuthorRole.OTHER
