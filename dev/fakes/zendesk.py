"""A fake of Zendesk Support: tickets with idempotency keys, comments, users, and signed webhooks.

Wire format: developer.zendesk.com, "Tickets", "Ticket Comments", "Users", "Webhooks". It reproduces several pitfalls of
Zendesk: `users/me` needs no authentication, external ids are not unique, some errors are plain text, and ids exceed the
integers of a double.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from re import sub
from typing import Any

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from dev.fakes.faults import Fault, Received, responding
from dev.fakes.server import Fake
from dev.vendor_contracts import Contract, contract_if_there

Json = dict[str, Any]

ADMIN = {"id": 9_007_199_254_740_993, "name": "Integration", "email": "admin@acme.example", "role": "admin"}
TOKEN = "zendesk-token-3f9c1b7e"
WEBHOOK_SECRET = "emVuZGVzay13ZWJob29rLXNlY3JldA=="
KEY_LIFETIME = timedelta(hours=2)
MAX_COMMENT = 65_535  # bytes
_FIRST_ID = 9_007_199_254_741_000  # a double cannot represent this id

# Documented by Zendesk but absent from the contract file: a requester that is already a user, follow-ups, another
# subject, and reads.
CONTRACT_ALSO: Mapping[str, Json] = {
    "TicketCreate": {"requester_id": {"type": "integer"}, "via_followup_source_id": {"type": "integer"}},
    "TicketUpdateRequest": {
        "ticket": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "comment": {"$ref": "#/components/schemas/Comment"},
                "status": {"type": "string", "enum": ["open", "pending", "hold", "solved"]},
                "subject": {"type": "string"},
            },
        }
    },
}
CONTRACT_BEYOND = (
    "GET /api/v2/tickets/*.json",
    "GET /api/v2/tickets/*/comments.json",
    "POST /api/v2/uploads.json",
    "DELETE /api/v2/tickets/*.json",
    "PUT /api/v2/comment_redactions/*.json",
    "PUT /api/v2/tickets/*/comments/*/redact.json",
    "PUT /api/v2/tickets/*/comments/*/attachments/*/redact.json",
    "DELETE /api/v2/deleted_tickets/*.json",
    "GET /api/v2/deleted_users.json",
    "GET /api/v2/users/search.json",
    "GET /api/v2/users/*.json",
    "DELETE /api/v2/users/*.json",
    "DELETE /api/v2/deleted_users/*.json",
)


def contract() -> Contract | None:
    """The contract of Zendesk's API, or None without the contract files."""
    found = contract_if_there("zendesk/own-zendesk-contract.yaml", also=CONTRACT_ALSO, beyond=CONTRACT_BEYOND)
    if found is not None:
        found.relax("TicketCreate", "requester")  # either `requester` or `requester_id` is required
        found.allow_query("/api/v2/tickets.json", "page")
    return found


def suspended(name: str) -> Fault:
    """The error for a requester that the account has suspended."""
    details = {"requester": [{"description": f"Requester: {name} is suspended.", "error": "UserSuspended"}]}
    return responding(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details})


@dataclass(slots=True)
class Ticket:
    """A ticket with its comments."""

    id: int
    fields: Json
    comments: list[Json] = field(default_factory=list)
    status: str = "new"
    requester_id: int = 0
    updated_at: datetime = datetime(2026, 6, 7, 12, tzinfo=UTC)

    def json(self, url: str) -> Json:
        return {
            "id": self.id,
            "url": f"{url}/api/v2/tickets/{self.id}.json",
            "external_id": self.fields.get("external_id"),
            "status": self.status,
            "subject": self.fields.get("subject"),
            "tags": self.fields.get("tags", []),
            "requester_id": self.requester_id,
            "created_at": "2026-06-07T12:00:00Z",
            "updated_at": self.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One signed webhook request."""

    headers: Mapping[str, str]
    body: bytes


class Zendesk(Fake):
    """One account."""

    name = "zendesk"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}  # of comments, by their names; they are private
        super().__init__(contract=contract())
        self.url = ""
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # for idempotency keys and timestamps
        self.tickets: dict[int, Ticket] = {}
        self.deleted: dict[int, object] = {}  # tickets and users that were deleted, and can be restored
        self.users: dict[int, Json] = {int(str(ADMIN["id"])): dict(ADMIN)}
        self.uploads: dict[str, tuple[str, str, bytes]] = {}  # name, content type and content by token
        self.token = TOKEN
        self.role = "admin"
        self.has_agent_workspace = True
        self.redacts = True  # whether the connected user may
        self.has_cursors = True  # of lists; without them, pages have numbers
        self.per_minute = 100_000  # calls; the smallest plan has 200
        self._spent: dict[datetime, int] = {}
        self._keys: dict[str, tuple[bytes, int, datetime]] = {}
        self._next = _FIRST_ID
        self._events = 0

    def routes(self) -> list[Route]:
        return [
            Route("/api/v2/users/me.json", self._me),
            Route("/api/v2/users/create_or_update.json", self._upsert, methods=["POST"]),
            Route("/api/v2/uploads.json", self._upload, methods=["POST"]),
            Route("/api/v2/tickets.json", self._create, methods=["POST"]),
            Route("/api/v2/tickets.json", self._find, methods=["GET"]),
            Route("/api/v2/tickets/{id:int}.json", self._show_ticket, methods=["GET"]),
            Route("/api/v2/tickets/{id:int}.json", self._update, methods=["PUT"]),
            Route("/api/v2/tickets/{id:int}/comments.json", self._comments, methods=["GET"]),
            Route("/api/v2/comment_redactions/{id:int}.json", self._redact, methods=["PUT"]),
            Route("/api/v2/tickets/{ticket:int}/comments/{id:int}/redact.json", self._redact_text, methods=["PUT"]),
            Route(
                "/api/v2/tickets/{ticket:int}/comments/{id:int}/attachments/{file:int}/redact.json",
                self._redact_file,
                methods=["PUT"],
            ),
            Route("/api/v2/tickets/{id:int}.json", self._delete_ticket, methods=["DELETE"]),
            Route("/api/v2/deleted_tickets/{id:int}.json", self._delete_for_good, methods=["DELETE"]),
            Route("/api/v2/deleted_users.json", self._deleted_users, methods=["GET"]),
            Route("/api/v2/users/search.json", self._search_users, methods=["GET"]),
            Route("/api/v2/users/{id:int}.json", self._show_user, methods=["GET"]),
            Route("/api/v2/users/{id:int}.json", self._delete_user, methods=["DELETE"]),
            Route("/api/v2/deleted_users/{id:int}.json", self._delete_for_good, methods=["DELETE"]),
            Route("/attachments/{name}", self._file, methods=["GET"]),
        ]

    def is_download(self, received: Received) -> bool:
        return received.path.startswith("/attachments/")

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["name"])
        if content is None or not request.headers.get("authorization"):
            return Response(status_code=404)
        return Response(content, media_type="application/octet-stream")

    def control_routes(self) -> list[Route]:
        return [Route("/_fake/reply", self._reply, methods=["POST"])]

    async def _reply(self, request: Request) -> Response:
        """Act as an agent: {"ticket": id (default: the last), "text", "status", "webhook": URL to notify}."""
        order = await self.order(request)
        if not self.tickets:
            raise HTTPException(400, "There is no ticket yet: hand a conversation over to Zendesk first.")
        ticket = self.tickets[int(order.get("ticket") or max(self.tickets))]
        events = (
            [self.add_agent_comment(ticket, order["text"], public=order.get("public", True))] if "text" in order else []
        )
        events += [self.change_status(ticket, order["status"])] if "status" in order else []
        hooks = [self.signed(event) for event in events]
        async with httpx.AsyncClient() as http:
            answers = [await http.post(order["webhook"], content=h.body, headers=dict(h.headers)) for h in hooks]
        return JSONResponse({"answers": [{"status": a.status_code, "body": a.text} for a in answers]})

    def state(self) -> object:
        return [{**t.json(""), "comments": t.comments} for t in self.tickets.values()]

    def of(self, external_id: str) -> list[Ticket]:
        return [t for t in self.tickets.values() if t.fields.get("external_id") == external_id]

    def _now(self) -> datetime:
        return self.clock()

    def add_ticket(self, *, external_id: str | None, email: str = "anna@example.com") -> Ticket:
        """Add a ticket, as if it existed already."""
        ticket = Ticket(id=self._number(), fields={"external_id": external_id, "tags": ["baton"]})
        ticket.requester_id = self._requester({"name": "Anna", "email": email})
        ticket.updated_at = self._now()
        self.tickets[ticket.id] = ticket
        return ticket

    def reset(self) -> None:
        """Delete all tickets, keys, requests and faults."""
        self.tickets.clear()
        self._keys.clear()
        self.received.clear()
        self.faults.clear()

    # Actions of people in Zendesk; each returns the event that Zendesk sends.

    def add_agent_comment(self, ticket: Ticket, text: str, *, public: bool = True, author: Json | None = None) -> Json:
        """An agent adds a comment."""
        writer = author or {"id": 902, "name": "Sam", "is_staff": True}
        self.users.setdefault(writer["id"], {"id": writer["id"], "name": writer["name"], "role": "agent"})
        return self._comment(ticket, text, public=public, author=writer)

    def add_requester_comment(self, ticket: Ticket, text: str) -> Json:
        user = self.users[ticket.requester_id]
        return self._comment(
            ticket, text, public=True, author={"id": user["id"], "name": user["name"], "is_staff": False}
        )

    def _comment(self, ticket: Ticket, text: str, *, public: bool, author: Json) -> Json:
        comment = self._add(ticket, {"body": text, "public": public}, int(author["id"]))
        payload = {
            "id": str(comment["id"]),
            "body": text,
            "is_public": public,
            "author": {**author, "id": str(author["id"])},
        }
        return self.event(ticket, "comment_added", {"comment": payload})

    def change_status(self, ticket: Ticket, status: str) -> Json:
        """An agent changes the status."""
        before, ticket.status, ticket.updated_at = ticket.status, status, self._now()
        return self.event(ticket, "status_changed", {"current": status.upper(), "previous": before.upper()})

    def event(self, ticket: Ticket, kind: str, event: Json) -> Json:
        self._events += 1
        at = self._now() + timedelta(milliseconds=self._events)
        return {
            "type": f"zen:event-type:ticket.{kind}",
            "account_id": 1_200_001,
            "id": f"evt-{self._events:08d}",
            "time": at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z",
            "zendesk_event_version": "2022-11-06",
            "subject": f"zen:ticket:{ticket.id}",
            "detail": {
                "id": str(ticket.id),
                "external_id": ticket.fields.get("external_id"),
                "status": ticket.status.upper(),
                "priority": "NORMAL",
                "requester_id": str(ticket.requester_id),
                "assignee_id": "902",
                "tags": ticket.fields.get("tags", []),
                "via": {"channel": "web_service"},
            },
            "event": event,
        }

    def own_comment_events(self, ticket: Ticket) -> list[Json]:
        """The events of comments that Baton added: Zendesk sends these as well."""
        return [
            self.event(
                ticket,
                "comment_added",
                {
                    "comment": {
                        "id": str(comment["id"]),
                        "body": comment["plain_body"],
                        "is_public": comment["public"],
                        "author": {
                            "id": str(comment["author_id"]),
                            "name": self.users[comment["author_id"]]["name"],
                            "is_staff": self.users[comment["author_id"]]["role"] != "end-user",
                        },
                    }
                },
            )
            for comment in ticket.comments
            if comment["via"]["channel"] == "api"
        ]

    def signed(self, payload: Json, *, secret: str = WEBHOOK_SECRET, at: datetime | None = None) -> Hook:
        body = json.dumps(payload).encode()
        timestamp = (at or self._now()).strftime("%Y-%m-%dT%H:%M:%SZ")
        mac = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-zendesk-webhook-signature": base64.b64encode(mac).decode(),
            "x-zendesk-webhook-signature-timestamp": timestamp,
        }
        return Hook(headers=headers, body=body)

    def shuffled(self, payloads: Iterable[Json], *, seed: int, copies: int = 2) -> list[Hook]:
        """Signed webhooks for the events, each `copies` times, in random order."""
        hooks = [hook for payload in payloads for hook in [self.signed(payload)] * copies]
        random.Random(seed).shuffle(hooks)
        return hooks

    # The API.

    async def _execute(self, received: Received, scope: Scope) -> Response:
        """Enforce the rate limit, which counts calls per clock minute."""
        now = self._now()
        minute = now.replace(second=0, microsecond=0)
        self._spent = {minute: self._spent.get(minute, 0) + 1}
        if self._spent[minute] > self.per_minute:
            text = "Number of allowed API requests per minute exceeded"
            return PlainTextResponse(text, 429, {"Retry-After": str(60 - now.second)})
        response = await super()._execute(received, scope)
        response.headers["X-Rate-Limit"] = str(self.per_minute)
        response.headers["X-Rate-Limit-Remaining"] = str(self.per_minute - self._spent[minute])
        return response

    def _refusal(self, request: Request) -> Response | None:
        authorization = request.headers.get("authorization", "")
        expected = base64.b64encode(f"{ADMIN['email']}/token:{self.token}".encode()).decode()
        if authorization != f"Basic {expected}":
            return JSONResponse({"error": "Couldn't authenticate you"}, 401)
        if self.role not in ("agent", "admin"):
            return JSONResponse({"error": {"title": "Forbidden", "message": "You do not have access."}}, 403)
        return None

    async def _me(self, request: Request) -> Response:
        expected = base64.b64encode(f"{ADMIN['email']}/token:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return JSONResponse({"user": {"id": None, "name": "Anonymous user", "email": None, "role": "end-user"}})
        return JSONResponse({"user": {**ADMIN, "role": self.role}})

    async def _upsert(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        given = (await request.json())["user"]
        known = next(
            (
                u
                for u in self.users.values()
                if given.get("external_id") and u.get("external_id") == given["external_id"]
            ),
            None,
        )
        user = self._user({**(known or {}), **given})
        return JSONResponse({"user": user}, 200 if known else 201)

    def _user(self, given: Json) -> Json:
        user = {"role": "end-user", **given, "id": given.get("id") or self._number()}
        self.users[user["id"]] = user
        return user

    async def _create(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        body = await request.body()
        key = request.headers.get("idempotency-key", "")
        known = self._keys.get(key)
        if known is not None and self._now() - known[2] < KEY_LIFETIME:
            if known[0] != body:
                text = "Request parameters don't match the given idempotency key"
                return JSONResponse({"error": "IdempotentRequestError", "description": text}, 400)
            return self._created(self.tickets[known[1]], "hit", request)
        order = json.loads(body)["ticket"]
        if problem := _problem(order["comment"]):
            return problem
        ticket = Ticket(id=self._number(), fields=order)
        ticket.requester_id = order.get("requester_id") or self._requester(order["requester"])
        self.tickets[ticket.id] = ticket
        author = order["comment"].get("author_id", int(str(ADMIN["id"])))
        self._add(ticket, order["comment"], author, channel="api")
        self._keys[key] = (body, ticket.id, self._now())
        return self._created(ticket, "miss", request)

    def _created(self, ticket: Ticket, lookup: str, request: Request) -> Response:
        url = str(request.base_url).rstrip("/")
        headers = {"x-idempotency-lookup": lookup, "Location": f"{url}/api/v2/tickets/{ticket.id}.json"}
        return JSONResponse({"ticket": ticket.json(url)}, 201, headers)

    def _requester(self, given: Json) -> int:
        email = given["email"].lower()
        known = next((u for u in self.users.values() if str(u.get("email", "")).lower() == email), None)
        user_id: int = (known or self._user(given))["id"]
        return user_id

    async def _find(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        found = self.of(request.query_params["external_id"])
        headers = {"ratelimit-limit": "200", "ratelimit-remaining": "199", "ratelimit-reset": "41"}
        rows = [t.json(str(request.base_url).rstrip("/")) for t in found]
        return JSONResponse(self._page("tickets", rows, request), 200, headers)

    def _page(self, name: str, rows: Sequence[Json], request: Request) -> Json:
        """A page of a list, 100 rows at most: after a cursor if `page[size]` is given, else with a number."""
        if "page[size]" not in request.query_params or not self.has_cursors:
            number = int(request.query_params.get("page", "1"))
            more = number * 100 < len(rows)
            following = f"{request.url.path}?page={number + 1}" if more else None
            return {name: rows[(number - 1) * 100 : number * 100], "count": len(rows), "next_page": following}
        start = int(request.query_params.get("page[after]", "0"))
        size = min(int(request.query_params["page[size]"]), 100)
        meta = {"has_more": start + size < len(rows), "after_cursor": str(start + size)}
        return {name: rows[start : start + size], "meta": meta, "links": {"next": None}}

    async def _show_ticket(self, request: Request) -> Response:
        ticket = self.tickets.get(request.path_params["id"])
        if refusal := self._refusal(request):
            return refusal
        if ticket is None:
            return JSONResponse({"error": "RecordNotFound", "description": "Not found"}, 404)
        return JSONResponse({"ticket": ticket.json(str(request.base_url).rstrip("/"))})

    async def _delete_ticket(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        ticket = self.tickets.pop(request.path_params["id"], None)
        if ticket is None:
            return _not_found()
        self.deleted[ticket.id] = ticket
        return Response(status_code=204)

    async def _delete_for_good(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        found = self.deleted.pop(request.path_params["id"], None)
        return _not_found() if found is None else JSONResponse({"job_status": {"id": "1", "status": "queued"}})

    async def _deleted_users(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        rows = [each for each in reversed(self.deleted.values()) if isinstance(each, dict)]
        return JSONResponse(self._page("deleted_users", rows, request))

    async def _search_users(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        email = request.query_params.get("query", "").removeprefix('email:"').removesuffix('"')
        name, wanted = ("email", email) if email else ("external_id", request.query_params["external_id"])
        return JSONResponse({"users": [user for user in self.users.values() if user.get(name) == wanted]})

    async def _show_user(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        user = self.users.get(request.path_params["id"])
        return _not_found() if user is None else JSONResponse({"user": user})

    async def _delete_user(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        number = request.path_params["id"]
        if number not in self.users:
            return _not_found()
        if any(ticket.requester_id == number and ticket.status != "closed" for ticket in self.tickets.values()):
            text = "The user cannot be deleted while it requests tickets that are not closed."
            return JSONResponse({"error": "RecordInvalid", "description": text}, 422)
        self.deleted[number] = {**self.users.pop(number), "updated_at": self._now().isoformat()}
        return JSONResponse({"user": {"id": number, "active": False}})

    async def _redact(self, request: Request) -> Response:
        """Replace what is within `<redact>`. All else of the HTML has to be the comment's."""
        if refusal := self._refusal(request):
            return refusal
        if not self.has_agent_workspace:
            return _not_found()
        if not self.redacts:
            return JSONResponse({"error": {"title": "Forbidden", "message": "You may not redact."}}, 403)
        order = await request.json()
        comment = self._comment_of(order["ticket_id"], request.path_params["id"])
        if comment is None:
            return _not_found()
        html = str(order.get("html_body", comment["html_body"]))
        if sub(r"</?redact>|(?<=[^<>]) redact(?=/?>)", "", html) != comment["html_body"]:
            return JSONResponse({"error": "InvalidRedaction", "description": "The HTML is not the comment's"}, 422)
        html = sub(r"<redact>(.*?)</redact>", lambda found: "▇" * len(unescape(found[1])), html)
        html = sub(r"<(a|img)\b[^<>]* redact/?>", r"<\1>", html)
        self._replace(comment, html)
        left = set(order.get("external_attachment_urls", ()))
        comment["attachments"] = [a for a in comment.get("attachments", ()) if a["content_url"] not in left]
        return JSONResponse({"comment": comment})

    async def _redact_text(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if not self.redacts:
            return JSONResponse({"error": {"title": "Forbidden", "message": "You may not redact."}}, 403)
        ticket, text = self.tickets.get(request.path_params["ticket"]), (await request.json())["text"]
        comment = self._comment_of(request.path_params["ticket"], request.path_params["id"])
        if ticket is None or comment is None:
            return _not_found()
        if ticket.status == "closed":
            return JSONResponse({"error": "RecordInvalid", "description": "closed prevents ticket update"}, 422)
        self._replace(comment, comment["html_body"].replace(escape(text), "▇" * len(text)))
        return JSONResponse({"comment": comment})

    async def _redact_file(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        comment = self._comment_of(request.path_params["ticket"], request.path_params["id"])
        found = [] if comment is None else comment.get("attachments", [])
        file = next((each for each in found if each["id"] == request.path_params["file"]), None)
        if file is None:
            return _not_found()
        file["file_name"] = "redacted.txt"  # which Zendesk puts in its place
        return JSONResponse({"attachment": file})

    def _comment_of(self, ticket: int, number: int) -> Json | None:
        comments = self.tickets[ticket].comments if ticket in self.tickets else []
        return next((comment for comment in comments if comment["id"] == number), None)

    def _replace(self, comment: Json, html: str) -> None:
        plain = _plain(html)
        comment.update(html_body=html, body=plain, plain_body=plain)

    async def _upload(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        name = request.query_params.get("filename")
        if not name:
            return JSONResponse({"error": "InvalidFilename", "description": "Give a filename"}, 422)
        token = f"upload-{len(self.uploads) + 1}"
        self.uploads[token] = (name, request.headers.get("content-type", ""), await request.body())
        return JSONResponse({"upload": {"token": token, "expires_at": "2026-06-07T13:00:00Z"}}, 201)

    async def _update(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        ticket = self.tickets.get(request.path_params["id"])
        if ticket is None:
            return JSONResponse({"error": "RecordNotFound", "description": "Not found"}, 404)
        if ticket.status == "closed":
            details = {"status": [{"description": "Status: closed prevents ticket update"}]}
            return JSONResponse(
                {"error": "RecordInvalid", "description": "Record validation errors", "details": details}, 422
            )
        order = (await request.json())["ticket"]
        if problem := _problem(order.get("comment", {"body": "-"})):
            return problem
        audit: Json = {"id": self._number(), "events": []}
        if "comment" in order:
            author = order["comment"].get("author_id", ADMIN["id"])
            comment = self._add(ticket, order["comment"], author, channel="api")
            audit["events"].append({"id": comment["id"], "type": "Comment", "public": comment["public"]})
        ticket.status = order.get("status", ticket.status)
        ticket.fields["subject"] = order.get("subject", ticket.fields.get("subject"))
        return JSONResponse({"ticket": ticket.json(str(request.base_url).rstrip("/")), "audit": audit})

    async def _comments(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        ticket = self.tickets.get(request.path_params["id"])
        if ticket is None:
            return JSONResponse({"error": "RecordNotFound", "description": "Not found"}, 404)
        found = self._page("comments", ticket.comments, request)
        if request.query_params.get("include") == "users":
            found["users"] = [self.users[number] for number in {each["author_id"] for each in found["comments"]}]
        return JSONResponse(found)

    def _add(self, ticket: Ticket, given: Json, author_id: int, *, channel: str = "email") -> Json:
        plain = given["body"] if "body" in given else _plain(given["html_body"])
        comment = {
            "id": self._number(),
            "type": "Comment",
            "author_id": author_id,
            "body": plain,
            "plain_body": plain,
            "html_body": given.get("html_body") or f"<p>{plain}</p>",
            "public": given.get("public", True),
            "via": {"channel": channel},
            "created_at": self._now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        ticket.comments.append(comment)
        return comment

    def _number(self) -> int:
        self._next += 1
        return self._next


def _problem(comment: Json) -> Response | None:
    written = comment.get("html_body") or comment.get("body", "")
    if not written.strip():
        return PlainTextResponse("comment is required", 400)
    if len(written.encode()) > MAX_COMMENT:
        details = {"comment": [{"description": "Comment: is too long"}]}
        return JSONResponse(
            {"error": "RecordInvalid", "description": "Record validation errors", "details": details}, 422
        )
    return None


def _plain(html: str) -> str:
    spaced = sub(r"<br>|</p>|</div>|</li>", "\n", html)
    return unescape(sub(r"<[^>]+>", "", spaced)).strip()


def comments_of(tickets: Sequence[Ticket]) -> list[str]:
    return [comment["plain_body"] for ticket in tickets for comment in ticket.comments]


def _not_found() -> Response:
    return JSONResponse({"error": "RecordNotFound", "description": "Not found"}, 404)
