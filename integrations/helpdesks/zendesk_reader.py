"""A ticket of Zendesk's as it is now, with all its comments: for who was only told that something happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.connection.model import OpenConnection
from domain.helpdesk.model import News, Remark, Speaker
from domain.outbox.ports import PassingFault, PermanentFault
from integrations.helpdesks.zendesk_api import Answered, ZendeskApi

Json = dict[str, Any]

_PAGE = 25  # comments: each may have 64 kB, three times over
_MOST_PAGES = 200  # of a ticket's at most 5,000 comments
# The API tells whole seconds, events their fractions: what is read comes behind what was told of the same second.
_REST_OF_SECOND = timedelta(milliseconds=999)
DONE = frozenset({"solved", "closed", "deleted"})


class ZendeskReader:
    def __init__(self, *, api: ZendeskApi) -> None:
        self._api = api

    async def news(self, connection: OpenConnection, ticket_external_id: str) -> News | None:
        """Raises PassingFault, PermanentFault."""
        path = f"/api/v2/tickets/{ticket_external_id}"
        try:
            ticket = (await self._api.call(connection, "GET", f"{path}.json")).body["ticket"]
            remarks = await self._remarks(connection, f"{path}/comments.json", str(ticket["requester_id"]))
            return News(
                ticket_external_id=str(ticket["id"]),
                ticket_id=ticket["external_id"],
                remarks=remarks,
                closed=str(ticket["status"]).lower() in DONE,
                at=datetime.fromisoformat(ticket["updated_at"]) + _REST_OF_SECOND,
            )
        except PermanentFault as fault:
            if fault.http_status == 404:
                return None
            raise
        except (KeyError, TypeError, ValueError):
            raise PassingFault("Zendesk answered with something that cannot be read") from None

    async def _remarks(self, connection: OpenConnection, path: str, requester: str) -> tuple[Remark, ...]:
        params = {"include": "users", "page[size]": str(_PAGE)}
        remarks: list[Remark] = []
        for _ in range(_MOST_PAGES):
            answer = await self._api.call(connection, "GET", path, params=params)
            remarks += _remarks_of(answer, connection, requester)
            meta = answer.body["meta"]
            if not meta["has_more"]:
                break
            params["page[after]"] = str(meta["after_cursor"])
        return tuple(remarks)


def _remarks_of(answer: Answered, connection: OpenConnection, requester: str) -> list[Remark]:
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
            Remark(
                id=str(comment["id"]),
                speaker=speaker,
                name=str(user.get("name") or ""),
                text=str(comment.get("plain_body") or comment.get("body") or ""),
                public=comment["public"] is True,
            )
        )
    return remarks


def speaker_of(author: str, *, is_staff: bool, requester: str, ourselves: str | None) -> Speaker:
    if author == ourselves:
        return Speaker.BATON
    if is_staff:
        return Speaker.TEAM
    return Speaker.REQUESTER if author == requester else Speaker.OTHER
