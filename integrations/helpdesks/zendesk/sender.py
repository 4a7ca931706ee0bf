"""Outbox sender for Zendesk: creates tickets and adds comments, each exactly once.

A ticket is created with an idempotency key, from bytes that never change. Zendesk keeps a key for two hours. If the
ticket may exist already, the sender searches for its external id first. Comments have no external id: each ends with a
mark ("Chat message 12"), and the sender searches for the mark before it sends the comment again.

The ticket's first comment is an internal note with the summary and the transcript. Zendesk's standard triggers would
mail a public comment to the shopper. A transcript that exceeds one comment continues in further internal notes.

Wire format: developer.zendesk.com, "Support API": Tickets, Ticket Comments, Users, "Idempotency".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from domain.attachments.ports import FileReader
from domain.delivery.errors import PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import UnsealedConnection
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.errors import NotFound, Unavailable
from integrations.helpdesks.zendesk.client import IdempotencyKeyInUse, ZendeskClient, ZendeskResponse
from integrations.helpdesks.zendesk.erasure import erase
from integrations.helpdesks.zendesk.listing import tickets_with
from integrations.helpdesks.zendesk.payloads import comments_of, json_text, ticket_of
from integrations.helpdesks.zendesk.redaction import redact
from integrations.http import Json

_KEY_LIFETIME = timedelta(minutes=90)  # safely below the two hours for which Zendesk keeps a key
_PAGE = 25  # comments; each may have 64 kB, in three formats
_CLOSED = "closed prevents ticket update"
_TICKET_NAMED = re.compile(r"#([1-9][0-9]{0,18})\b")  # "This request was closed and merged into request #35"


class ZendeskSender:
    """Creates tickets and adds comments (port: `OutboxSender`)."""

    def __init__(self, *, client: ZendeskClient, files: FileReader | None = None) -> None:
        """`files` has the bytes of attachments; without it, messages have none."""
        self._client = client
        self._files = files

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        """Return the JSON of `ticket_of` or `comments_of`. Raises nothing."""
        return json_text(ticket_of(context) if context.kind is OutgoingKind.TICKET else comments_of(context))

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        """Create the ticket or add the comments, unless they exist. Returns Zendesk's id, and a ticket's URL.

        Raises `TransientError` or `PermanentError`, as `ZendeskClient.call` does.
        """
        payload: Json = json.loads(request.payload)
        try:
            if request.kind is OutgoingKind.ERASURE:
                return await erase(self._call, request)
            if request.kind is OutgoingKind.REDACTION:
                return await redact(self._call, request)
            if request.kind is OutgoingKind.TICKET:
                return await self._create(request, payload)
            return await self._add(request, payload)
        except (KeyError, TypeError, ValueError) as error:
            raise TransientError("Zendesk returned an unreadable response", outcome_unknown=True) from error

    async def _create(self, request: DeliveryRequest, payload: Json) -> DeliveryResult:
        age = request.now - request.first_attempt_at
        ticket = None
        if request.outcome_unknown or not timedelta(0) <= age < _KEY_LIFETIME:
            ticket = await self._find(request, payload)
        existed, status = ticket is not None, 200
        if ticket is None:
            content = await self._content(request, payload)
            try:
                response = await self._post(request, content)
                ticket, status = _object(response, "ticket"), response.status
            except IdempotencyKeyInUse:
                ticket, existed = await self._find(request, payload), True
                if ticket is None:
                    raise
        number = str(ticket["id"])
        await self._send_further(request, payload, number, existed=existed)
        url = self._client.address(request.connection, f"/agent/tickets/{number}")
        return DeliveryResult(external_id=number, external_url=url, http_status=status)

    async def _post(self, request: DeliveryRequest, content: bytes) -> ZendeskResponse:
        """Create a ticket under an idempotency key. A locale that Zendesk refuses is left out."""
        key = f"baton-{hashlib.sha256(f'{request.row_id}|'.encode() + content).hexdigest()}"
        headers = {"Idempotency-Key": key}
        try:
            return await self._call(request, "POST", "/api/v2/tickets.json", content=content, headers=headers)
        except PermanentError as error:
            body: Json = json.loads(content)
            if not _is_refused(error, "locale") or body["ticket"].get("requester", {}).pop("locale", None) is None:
                raise
            return await self._post(request, json_text(body).encode())

    async def _content(self, request: DeliveryRequest, payload: Json) -> bytes:
        """The frozen body; for a requester without e-mail address, with the requester's user id inserted."""
        content: str = payload["create"]
        if payload["user"] is None:
            return content.encode()
        body: Json = json.loads(content)
        body["ticket"]["requester_id"] = await self._user(request, payload["user"])
        return json_text(body).encode()

    async def _user(self, request: DeliveryRequest, user: Json) -> int:
        """Create or update the user with Baton's external id, and return Zendesk's id of it.

        A locale that Zendesk refuses is omitted, and a phone number that it refuses or that belongs to another user.
        """
        path = "/api/v2/users/create_or_update.json"
        try:
            response = await self._call(request, "POST", path, content=json_text({"user": user}).encode())
        except PermanentError as error:
            refused = next((name for name in ("phone", "locale") if name in user and _is_refused(error, name)), None)
            if refused is None:
                raise
            return await self._user(request, {key: value for key, value in user.items() if key != refused})
        except TransientError as error:
            # The call is idempotent, and the ticket was not created yet: the outcome is known.
            raise TransientError(error.message, http_status=error.http_status, retry_after=error.retry_after) from None
        return int(_object(response, "user")["id"])

    async def _find(self, request: DeliveryRequest, payload: Json) -> Json | None:
        """Return the oldest ticket with the external id, or None. Zendesk does not enforce unique external ids."""
        rows = await tickets_with(self._call, request, payload["external_id"])
        tickets = [ticket for ticket in rows if ticket.get("status") != "deleted"]
        return min(tickets, key=lambda ticket: int(ticket["id"]), default=None)

    async def _send_further(self, request: DeliveryRequest, payload: Json, number: str, *, existed: bool) -> None:
        """Add the further parts of a long transcript; to a ticket that existed, the parts that are missing.

        Parts that Zendesk refuses are omitted: the ticket exists, and must not count as failed.
        """
        further: list[Json] = payload["further"]
        path = f"/api/v2/tickets/{number}.json"
        try:
            existing = [text async for _, text in self._comments(request, number)] if existed and further else []
            for part in further:
                if not any(part["mark"] in text for text in existing):
                    _object(await self._call(request, "PUT", path, content=part["body"].encode()), "ticket")
        except TransientError as error:
            raise _partly_done(error) from None
        except PermanentError as error:
            if error.credentials:
                raise _partly_done(error) from None

    async def _add(self, request: DeliveryRequest, payload: Json) -> DeliveryResult:
        """Add the comments of one message; for a ticket that is closed for good, where its conversation goes on."""
        number = request.ticket_external_id
        if number is None:
            raise PermanentError("The ticket was not created in Zendesk.")
        try:
            return await self._comment(request, payload, number)
        except PermanentError as error:
            if error.http_status != 422 or not payload["by_requester"]:
                raise
            closed = _object(await self._call(request, "GET", f"/api/v2/tickets/{number}.json"), "ticket")
            if str(closed["status"]).lower() != "closed" and _CLOSED not in error.message.lower():
                raise
        return await self._go_on(request, payload, closed)

    async def _go_on(self, request: DeliveryRequest, payload: Json, closed: Json) -> DeliveryResult:
        """Add the comments to the ticket that a closed one was merged into, or to a follow-up ticket of it. Returns the
        number and URL of that ticket, to which later comments go."""
        ours = payload.get("external_id")
        followed = await self._merged_into(request, closed) or await self._followed_by(request, closed, ours)
        first, *further = payload["comments"]
        if followed is None:
            uploads = await self._uploads(request, payload)
            fields = {
                "subject": closed.get("subject") or "Follow-up",
                "via_followup_source_id": int(closed["id"]),
                "requester_id": int(closed["requester_id"]),
                "external_id": ours,
                "comment": {**first["comment"], **uploads, "author_id": int(closed["requester_id"])},
                "tags": ["baton"],
            }
            kept = {name: value for name, value in fields.items() if value is not None}
            response = await self._post(request, json_text({"ticket": kept}).encode())
            number, left = str(_object(response, "ticket")["id"]), further
        else:
            number, left = followed, payload["comments"]
        try:
            author = int(closed["requester_id"])
            await self._comment(request, {**payload, "comments": left}, number, author=author, again=True)
        except (TransientError, PermanentError) as error:
            raise _partly_done(error) from None
        url = self._client.address(request.connection, f"/agent/tickets/{number}")
        return DeliveryResult(external_id=number, external_url=url, http_status=200)

    async def _merged_into(self, request: DeliveryRequest, closed: Json) -> str | None:
        """Return the ticket that the last comment of a merged ticket names; `None` if it was not merged."""
        if "closed_by_merge" not in (closed.get("tags") or ()):
            return None
        last = ""
        async for _, text in self._comments(request, str(closed["id"])):
            last = text
        named = _TICKET_NAMED.search(last)
        return named[1] if named else None

    async def _followed_by(self, request: DeliveryRequest, closed: Json, ours: str | None) -> str | None:
        """Return the latest open ticket with Baton's id that was created after the closed one, if there is one."""
        if ours is None:
            return None
        later = [
            int(ticket["id"])
            for ticket in await tickets_with(self._call, request, ours)
            if ticket.get("status") not in ("closed", "deleted") and int(ticket["id"]) > int(closed["id"])
        ]
        return str(max(later)) if later else None

    async def _comment(
        self, request: DeliveryRequest, payload: Json, number: str, *, author: int | None = None, again: bool = False
    ) -> DeliveryResult:
        """Add the comments to a ticket, unless they exist. `again`: look for them in any case."""
        path = f"/api/v2/tickets/{number}.json"
        look = (request.outcome_unknown or again) and payload["comments"]
        existing = [comment async for comment in self._comments(request, number)] if look else []
        if author is None and payload["by_requester"]:
            author = await self._requester(request, path)
        first: str | None = None
        status = 200
        for index, comment in enumerate(payload["comments"]):
            sent = next((comment_id for comment_id, text in existing if comment["mark"] in _last_line(text)), None)
            if sent is None:
                try:
                    uploads = await self._uploads(request, payload) if comment is payload["comments"][0] else {}
                    content = _update({**comment["comment"], **uploads}, author)
                    response = await self._call(request, "PUT", path, content=content)
                    _object(response, "ticket")
                except TransientError as error:
                    raise (_partly_done(error) if index else error) from None
                sent, status = _comment_id(response), response.status
            first = first or sent
        return DeliveryResult(external_id=first, http_status=status)

    async def _uploads(self, request: DeliveryRequest, payload: Json) -> Json:
        """Upload the files of the message. Returns the member of a comment that attaches them. Files of an attempt that
        fails are deleted by Zendesk after an hour."""
        tokens: list[str] = []
        for file in payload.get("files", ()):
            assert self._files is not None, "messages with files are composed where there is a store"
            headers = {"content-type": file["content_type"], "content-length": str(file["size"])}
            try:
                response = await self._call(
                    request,
                    "POST",
                    "/api/v2/uploads.json",
                    params={"filename": file["name"]},
                    content=self._files.read(file["key"], start=0, end=file["size"]),
                    headers=headers,
                )
            except (NotFound, Unavailable) as error:
                raise TransientError(f"The attachment {file['name']} cannot be read.") from error
            upload = response.body.get("upload")
            if not isinstance(upload, dict) or not upload.get("token"):
                raise _unreadable(response)
            tokens.append(str(upload["token"]))
        return {"uploads": tokens} if tokens else {}

    async def _requester(self, request: DeliveryRequest, path: str) -> int:
        return int(_object(await self._call(request, "GET", path), "ticket")["requester_id"])

    async def _comments(self, request: DeliveryRequest, number: str) -> AsyncIterator[tuple[str, str]]:
        """Yield the id and plain text of every comment of a ticket, oldest first."""
        params = {"page[size]": str(_PAGE)}
        while True:
            response = await self._call(request, "GET", f"/api/v2/tickets/{number}/comments.json", params=params)
            comments, meta = response.body.get("comments"), response.body.get("meta")
            if not isinstance(comments, list) or not isinstance(meta, dict):
                raise _unreadable(response)
            for comment in comments:
                yield str(comment["id"]), str(comment.get("plain_body") or comment.get("body") or "")
            if not meta.get("has_more"):
                return
            params["page[after]"] = str(meta["after_cursor"])

    async def _call(self, request: DeliveryRequest, method: str, path: str, **options: Any) -> ZendeskResponse:
        return await self._client.call(request.connection, method, path, **options)


def _object(response: ZendeskResponse, name: str) -> Json:
    value = response.body.get(name)
    if not isinstance(value, dict) or not str(value.get("id")).isdecimal():
        raise _unreadable(response)
    return value


def _is_refused(error: PermanentError, attribute: str) -> bool:
    """Whether Zendesk refused this attribute of a user."""
    return error.http_status == 422 and attribute in error.message.lower()


def _unreadable(response: ZendeskResponse) -> TransientError:
    text = f"Zendesk returned {response.status} with an unreadable body"
    return TransientError(text, http_status=response.status, outcome_unknown=True)


def _comment_id(response: ZendeskResponse) -> str | None:
    audit = response.body.get("audit")
    events = audit.get("events") if isinstance(audit, dict) else None
    return next((str(e["id"]) for e in events or [] if isinstance(e, dict) and e.get("type") == "Comment"), None)


def _last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]


def _update(comment: Json, author: int | None) -> bytes:
    """The body that adds a comment. A comment by the shopper also reopens a solved ticket."""
    if author is None:
        return json_text({"ticket": {"comment": comment}}).encode()
    return json_text({"ticket": {"comment": {**comment, "author_id": author}, "status": "open"}}).encode()


def _partly_done(error: TransientError | PermanentError) -> TransientError:
    """The error of an attempt that had some effect, so that the next attempt searches for it."""
    after = error.retry_after if isinstance(error, TransientError) else None
    return TransientError(error.message, http_status=error.http_status, retry_after=after, outcome_unknown=True)
