"""Tickets and comments in Zendesk, once each.

A ticket is created under an idempotency key, from bytes that never change. Zendesk keeps a key for two hours; whenever
the ticket may be there already, it is looked for by its external id first. Nothing tells two comments apart but their
words: so each ends with what it is ("Chat message 12"), and is looked for by that before it is sent again.

The ticket's first comment is an internal note, with the summary and the transcript: a public one would be mailed to
the shopper by Zendesk's standard triggers. A transcript too long for one comment goes on in further internal notes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import UnsealedConnection
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from integrations.helpdesks.zendesk.client import KeyIsTaken, ZendeskClient, ZendeskResponse
from integrations.helpdesks.zendesk.payloads import comments_of, json_text, ticket_of

Json = dict[str, Any]

_KEY_IS_SAFE = timedelta(minutes=90)  # of the two hours for which Zendesk keeps it
_PAGE = 25  # comments: each may have 64 kB, three times over


class ZendeskSender:
    def __init__(self, *, api: ZendeskClient) -> None:
        self._api = api

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        return json_text(ticket_of(context) if context.kind is OutgoingKind.TICKET else comments_of(context))

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        composed: Json = json.loads(request.payload)
        try:
            if request.kind is OutgoingKind.TICKET:
                return await self._create(request, composed)
            return await self._add(request, composed)
        except (KeyError, TypeError, ValueError) as error:
            raise TransientError("Zendesk answered with something that cannot be read", outcome_unknown=True) from error

    async def _create(self, request: DeliveryRequest, composed: Json) -> DeliveryResult:
        age = request.now - request.first_attempt_at
        ticket = None
        if request.outcome_unknown or not timedelta(0) <= age < _KEY_IS_SAFE:
            ticket = await self._find(request, composed)
        known, status = ticket is not None, 200
        if ticket is None:
            content = await self._content(request, composed)
            key = f"baton-{hashlib.sha256(f'{request.row_id}|'.encode() + content).hexdigest()}"
            headers = {"Idempotency-Key": key}
            try:
                answer = await self._call(request, "POST", "/api/v2/tickets.json", content=content, headers=headers)
                ticket, status = _of(answer, "ticket"), answer.status
            except KeyIsTaken:
                ticket, known = await self._find(request, composed), True
                if ticket is None:
                    raise
        number = str(ticket["id"])
        await self._send_further(request, composed, number, known=known)
        url = self._api.address(request.connection, f"/agent/tickets/{number}")
        return DeliveryResult(external_id=number, external_url=url, http_status=status)

    async def _content(self, request: DeliveryRequest, composed: Json) -> bytes:
        """As it was frozen; for a requester without an e-mail address, with the number of its user put in."""
        content: str = composed["create"]
        if composed["user"] is None:
            return content.encode()
        whole: Json = json.loads(content)
        whole["ticket"]["requester_id"] = await self._user(request, composed["user"])
        return json_text(whole).encode()

    async def _user(self, request: DeliveryRequest, user: Json) -> int:
        """Found again by our id of it. A number that Zendesk does not take, or has for somebody else, is left out."""
        path = "/api/v2/users/create_or_update.json"
        try:
            answer = await self._call(request, "POST", path, content=json_text({"user": user}).encode())
        except PermanentError as error:
            if error.http_status != 422 or "phone" not in user or "phone" not in error.message.lower():
                raise
            return await self._user(request, {key: value for key, value in user.items() if key != "phone"})
        except TransientError as error:
            # Done twice, it is the same user: of the ticket, nothing has been done.
            raise TransientError(error.message, http_status=error.http_status, retry_after=error.retry_after) from None
        return int(_of(answer, "user")["id"])

    async def _find(self, request: DeliveryRequest, composed: Json) -> Json | None:
        """External ids are not unique: of several the oldest is ours, whoever made the others."""
        params = {"external_id": composed["external_id"]}
        answer = await self._call(request, "GET", "/api/v2/tickets.json", params=params)
        found = answer.body.get("tickets")
        if not isinstance(found, list):
            raise _unreadable(answer)
        tickets = [t for t in found if isinstance(t, dict) and t.get("id") and t.get("status") != "deleted"]
        return min(tickets, key=lambda ticket: int(ticket["id"]), default=None)

    async def _send_further(self, request: DeliveryRequest, composed: Json, number: str, *, known: bool) -> None:
        """The rest of a long transcript; on a ticket that was there, what is not there yet.

        The ticket is there by now, and the shopper is to be helped: what Zendesk does not take of the rest is left out.
        """
        further: list[Json] = composed["further"]
        path = f"/api/v2/tickets/{number}.json"
        try:
            there = [text async for _, text in self._comments(request, number)] if known and further else []
            for part in further:
                if not any(part["mark"] in text for text in there):
                    _of(await self._call(request, "PUT", path, content=part["body"].encode()), "ticket")
        except TransientError as error:
            raise _half_done(error) from None
        except PermanentError as error:
            if error.credentials:
                raise _half_done(error) from None

    async def _add(self, request: DeliveryRequest, composed: Json) -> DeliveryResult:
        """A message that is too long for one comment is several."""
        number = request.ticket_external_id
        if number is None:
            raise PermanentError("The ticket was never created in Zendesk.")
        path = f"/api/v2/tickets/{number}.json"
        there = [found async for found in self._comments(request, number)] if request.outcome_unknown else []
        author = await self._requester(request, path) if composed["by_requester"] else None
        first: str | None = None
        status = 200
        for place, comment in enumerate(composed["comments"]):
            sent = next((comment_id for comment_id, text in there if comment["mark"] in _last_line(text)), None)
            if sent is None:
                try:
                    answer = await self._call(request, "PUT", path, content=_update(comment["comment"], author))
                    _of(answer, "ticket")
                except TransientError as error:
                    raise (_half_done(error) if place else error) from None
                sent, status = _comment_id(answer), answer.status
            first = first or sent
        return DeliveryResult(external_id=first, http_status=status)

    async def _requester(self, request: DeliveryRequest, path: str) -> int:
        return int(_of(await self._call(request, "GET", path), "ticket")["requester_id"])

    async def _comments(self, request: DeliveryRequest, number: str) -> AsyncIterator[tuple[str, str]]:
        """All of a ticket: ids and plain texts, the oldest first."""
        params = {"page[size]": str(_PAGE)}
        while True:
            answer = await self._call(request, "GET", f"/api/v2/tickets/{number}/comments.json", params=params)
            comments, meta = answer.body.get("comments"), answer.body.get("meta")
            if not isinstance(comments, list) or not isinstance(meta, dict):
                raise _unreadable(answer)
            for comment in comments:
                yield str(comment["id"]), str(comment.get("plain_body") or comment.get("body") or "")
            if not meta.get("has_more"):
                return
            params["page[after]"] = str(meta["after_cursor"])

    async def _call(self, request: DeliveryRequest, method: str, path: str, **what: Any) -> ZendeskResponse:
        return await self._api.call(request.connection, method, path, **what)


def _of(answer: ZendeskResponse, name: str) -> Json:
    found = answer.body.get(name)
    if not isinstance(found, dict) or not str(found.get("id")).isdecimal():
        raise _unreadable(answer)
    return found


def _unreadable(answer: ZendeskResponse) -> TransientError:
    words = f"Zendesk answered {answer.status} with something that cannot be read"
    return TransientError(words, http_status=answer.status, outcome_unknown=True)


def _comment_id(answer: ZendeskResponse) -> str | None:
    audit = answer.body.get("audit")
    events = audit.get("events") if isinstance(audit, dict) else None
    return next((str(e["id"]) for e in events or [] if isinstance(e, dict) and e.get("type") == "Comment"), None)


def _last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]


def _update(comment: Json, author: int | None) -> bytes:
    """Of the shopper's, it opens the ticket also where that was solved: the shopper is not done."""
    if author is None:
        return json_text({"ticket": {"comment": comment}}).encode()
    return json_text({"ticket": {"comment": {**comment, "author_id": author}, "status": "open"}}).encode()


def _half_done(error: TransientError | PermanentError) -> TransientError:
    after = error.retry_after if isinstance(error, TransientError) else None
    return TransientError(error.message, http_status=error.http_status, retry_after=after, outcome_unknown=True)
