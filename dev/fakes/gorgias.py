"""Gorgias as its pages and its clients' code describe it: one account, with basic authentication.

    fake = Gorgias()
    async with serving(fake) as fake.url:
        ...
        fake.agent_writes(ticket_id, "It is on its way.")
        for ping in fake.pings:                  # what its HTTP integrations send, in order; kept, or sent at once
            await http.post(ping.url, content=ping.body, headers=ping.headers)

`mailed` is what went to shoppers' mailboxes: what was created without a time at which it was sent.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake, serving
from dev.vendor_contracts import contract_if_there

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]

_NO_WORD_ON = (  # documented by Gorgias; our written contract is about what is created
    "GET /api/messages",
    "GET /api/customers",
    "POST /api/customers",
    "GET /api/tickets/*",
    "PUT /api/tickets/*",
    "GET /api/integrations",
)
DOMAIN, USER, API_KEY = "acme", "ada@acme.example", "gorgias-key"
_BEGAN = datetime(2026, 6, 7, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One call of an HTTP integration."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@asynccontextmanager
async def at_work(fake: Gorgias, *, port: int = 0) -> AsyncIterator[str]:
    """Served, and its integrations call whom they are told to; once each."""
    async with serving(fake, port=port) as fake.url, httpx.AsyncClient(timeout=5) as http, asyncio.TaskGroup() as calls:

        async def call(ping: Ping) -> None:
            with suppress(httpx.HTTPError):
                answer = await http.post(ping.url, content=ping.body, headers=ping.headers)
                fake.answered.append(answer.status_code)

        fake.sends = lambda ping: calls.create_task(call(ping))
        yield fake.url


class Gorgias(Fake):
    name = "gorgias"

    def __init__(self, *, domain: str = DOMAIN, keys: Mapping[str, str] | None = None, largest: int = 20 << 20) -> None:
        self.url = ""  # where it is served
        self.domain = domain
        self.keys = dict(keys or {USER: API_KEY})
        self.lesser: set[str] = set()  # users who may not
        self.refused: set[str] = set()  # customers it takes nothing of
        self.largest = largest  # bytes of a body
        self.tickets: dict[int, Json] = {}
        self.messages: list[Json] = []
        self.customers: dict[int, Json] = {}
        self.integrations: list[Json] = []
        self.mailed: list[Json] = []
        self.pings: list[Ping] = []
        self.answered: list[int] = []  # to those that were sent
        self.sends: Callable[[Ping], object] | None = None  # told of each ping as it is due
        self._last = 1_000  # ids, of everything
        super().__init__(contract=contract_if_there("gorgias/own-gorgias-contract.yaml", beyond=_NO_WORD_ON))

    def routes(self) -> list[Route]:
        return [
            Route("/api/account", self._known(self._account), methods=["GET"]),
            Route("/api/tickets", self._known(self._list_tickets), methods=["GET"]),
            Route("/api/tickets", self._known(self._create_ticket), methods=["POST"]),
            Route("/api/tickets/{id:int}", self._known(self._ticket), methods=["GET", "PUT"]),
            Route("/api/tickets/{id:int}/messages", self._known(self._create_message), methods=["POST"]),
            Route("/api/messages", self._known(self._list_messages), methods=["GET"]),
            Route("/api/customers", self._known(self._list_customers), methods=["GET"]),
            Route("/api/customers", self._known(self._create_customer), methods=["POST"]),
            Route("/api/integrations", self._known(self._list_integrations), methods=["GET"]),
            Route("/api/integrations", self._known(self._create_integration), methods=["POST"]),
        ]

    def state(self) -> object:
        return {"tickets": list(self.tickets.values()), "messages": self.messages, "mailed": self.mailed}

    # What people do there.

    def of_ticket(self, ticket_id: int) -> list[Json]:
        return [message for message in self.messages if message["ticket_id"] == ticket_id]

    def agent_writes(self, ticket_id: int, text: str, *, public: bool = True, **more: Any) -> Json:
        """A human of the team, in Gorgias' own window."""
        channel = "email" if public else "internal-note"
        given = {"channel": channel, "via": "helpdesk", "from_agent": True, "public": public, "body_text": text}
        sender = {"id": 7, "email": "sam@acme.example", "name": "Sam"}
        message = self._add(ticket_id, {**given, "stripped_text": text, "sender": sender, **more})
        self._tell("ticket-message-created", self.tickets[ticket_id], message)
        return message

    def customer_writes(self, ticket_id: int, text: str, **more: Any) -> Json:
        """By mail, say: it did not come through us."""
        given = {"channel": "email", "via": "email", "from_agent": False, "public": True, "body_text": text}
        customer = self.tickets[ticket_id]["customer"]
        message = self._add(ticket_id, {**given, "stripped_text": text, "sender": customer, **more})
        self._tell("ticket-message-created", self.tickets[ticket_id], message)
        return message

    def set_status(self, ticket_id: int, status: str) -> None:
        self._next()
        self.tickets[ticket_id].update(status=status, updated_datetime=self._now())
        self._tell("ticket-updated", self.tickets[ticket_id], {})

    def trash(self, ticket_id: int) -> None:
        self.tickets[ticket_id]["trashed_datetime"] = _BEGAN.isoformat()

    def hook(
        self, url: str, token: str, triggers: Sequence[str] = ("ticket-message-created", "ticket-updated")
    ) -> None:
        """Set up as docs/guides/helpdesks.md says."""
        form = {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}
        http = {
            "url": url,
            "headers": {"X-Baton-Token": token},
            "form": form,
            "triggers": dict.fromkeys(triggers, True),
        }
        self.integrations.append({"id": self._next(), "type": "http", "http": http})

    # What it answers.

    def _known(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            email, _, key = base64.b64decode(given).decode().partition(":") if scheme.lower() == "basic" else ("",) * 3
            if not key or self.keys.get(email) != key:
                return _error(401, "Invalid credentials")
            if email in self.lesser:
                return _error(403, "You don't have the permission to access the requested resource.")
            if len(await request.body()) > self.largest:
                return _error(413, "The data value transmitted exceeds the capacity limit.")
            answer = await handler(request)
            answer.headers["X-Gorgias-Account-Api-Call-Limit"] = "1/40"
            return answer

        return checked

    async def _account(self, _: Request) -> Response:
        return JSONResponse({"domain": self.domain, "created_datetime": "2017-11-23T15:59:41", "settings": []})

    async def _list_tickets(self, request: Request) -> Response:
        """With those in the bin, as the real one does unless asked not to."""
        wanted = request.query_params.get("external_id")
        rows = [t for t in self.tickets.values() if wanted is None or t["external_id"] == wanted]
        return _page(sorted(rows, key=lambda t: -int(t["id"])), request)

    async def _create_ticket(self, request: Request) -> Response:
        given: Json = await request.json()
        wrong = {} if 1 <= len(given.get("messages", [])) <= 500 else {"messages": ["Between 1 and 500."]}
        for message in given.get("messages", []):
            wrong |= self._wrong(message)
        if wrong:
            return _error(400, "Failed to create ticket", wrong)
        ticket_id = self._next()
        ticket = {
            **{key: value for key, value in given.items() if key != "messages"},
            "id": ticket_id,
            "uri": f"/api/tickets/{ticket_id}/",
            "external_id": given.get("external_id"),
            "status": given.get("status", "open"),
            "customer": self._customer(given.get("customer") or given["messages"][0].get("sender") or {}),
            "created_datetime": self._now(),
            "updated_datetime": self._now(),
            "trashed_datetime": None,
        }
        self.tickets[ticket_id] = ticket
        for message in given["messages"]:
            self._add(ticket_id, message)
        self._tell("ticket-created", ticket, {})
        return JSONResponse({**ticket, "messages": self.of_ticket(ticket_id)}, 201)

    async def _ticket(self, request: Request) -> Response:
        ticket = self.tickets.get(request.path_params["id"])
        if ticket is None:
            return _error(404, "Ticket does not exist")
        if request.method == "PUT":
            ticket.update(await request.json())
        return JSONResponse(ticket, 200 if request.method == "GET" else 202)

    async def _create_message(self, request: Request) -> Response:
        ticket = self.tickets.get(request.path_params["id"])
        if ticket is None:
            return _error(404, "Ticket does not exist")
        given: Json = await request.json()
        if wrong := self._wrong(given):
            return _error(400, "Failed to create message", wrong)
        message = self._add(ticket["id"], given)
        self._tell("ticket-message-created", ticket, message)
        return JSONResponse(message, 201)

    async def _list_messages(self, request: Request) -> Response:
        wanted = int(request.query_params["ticket_id"])
        rows = self.of_ticket(wanted)
        rows.sort(key=lambda m: (m["created_datetime"], m["id"]))
        if request.query_params.get("order_by", "created_datetime:desc").endswith(":desc"):
            rows.reverse()
        return _page(rows, request)

    async def _list_customers(self, request: Request) -> Response:
        given = {key: request.query_params[key] for key in ("email", "external_id") if key in request.query_params}
        return _page([c for c in self.customers.values() if given.items() <= c.items()], request)

    async def _create_customer(self, request: Request) -> Response:
        given: Json = await request.json()
        addresses = {channel["address"] for c in self.customers.values() for channel in c.get("channels", [])}
        if any(channel["address"] in addresses for channel in given.get("channels", [])):
            return _error(409, "Customer channel already exists")
        customer = {**given, "id": self._next()}
        self.customers[customer["id"]] = customer
        return JSONResponse(customer, 201)

    async def _list_integrations(self, request: Request) -> Response:
        return _page(self.integrations, request)

    async def _create_integration(self, request: Request) -> Response:
        integration = {**(await request.json()), "id": self._next()}
        self.integrations.append(integration)
        return JSONResponse(integration, 201)

    def _customer(self, party: Json) -> Json:
        """By id, or found by its address, or new. What else is said of it is written over what is known."""
        if "id" in party:
            return self.customers[party["id"]]
        found = next((c for c in self.customers.values() if c.get("email") == party["email"]), None)
        if found is None:
            found = {"id": self._next(), "name": ""}
            self.customers[found["id"]] = found
        found.update(party)
        return found

    def _wrong(self, message: Json) -> Json:
        missing = [key for key in ("channel", "via", "from_agent", "sender") if key not in message]
        if missing:
            return {key: ["Missing data for required field."] for key in missing}
        sender = message["sender"]
        if sender.get("email") in self.refused:
            return {"sender": ["This customer is blocked."]}
        if message["from_agent"] and sender.get("email") not in self.keys:
            return {"sender": ["Not a user of this account."]}
        if "id" in sender and sender["id"] not in self.customers:
            return {"sender": ["Customer does not exist."]}
        return {}

    def _add(self, ticket_id: int, given: Json) -> Json:
        message = {
            "stripped_text": given.get("body_text"),
            "failed_datetime": None,
            "sent_datetime": None,
            "external_id": None,
            **given,
            "id": self._next(),
            "ticket_id": ticket_id,
            "created_datetime": self._now(),
        }
        self.messages.append(message)
        self.tickets[ticket_id]["updated_datetime"] = message["created_datetime"]
        if message["sent_datetime"] is None and message["from_agent"] and message.get("public", True):
            self.mailed.append(message)
        if not message["from_agent"]:
            self._customer(message["sender"])
        return message

    def _tell(self, trigger: str, ticket: Json, message: Json) -> None:
        for integration in self.integrations:
            http = integration["http"]
            if http["triggers"].get(trigger):
                body = json.dumps(_filled(http["form"], {"ticket": ticket, "message": message})).encode()
                ping = Ping(url=http["url"], headers={**http["headers"], "content-type": "application/json"}, body=body)
                self.pings.append(ping)
                if self.sends:
                    self.sends(ping)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _now(self) -> str:
        return (_BEGAN + timedelta(microseconds=self._last)).isoformat()


def _filled(form: Any, context: Json) -> Any:
    """Templated values are texts, whatever they were: "True", "123"; of what is not there, nothing."""
    if isinstance(form, dict):
        return {key: _filled(value, context) for key, value in form.items()}

    def value(match: re.Match[str]) -> str:
        thing, _, key = match.group(1).partition(".")
        return str(context.get(thing, {}).get(key, ""))

    return re.sub(r"\{\{([a-z_.]+)\}\}", value, form)


def _page(rows: list[Json], request: Request) -> JSONResponse:
    limit, start = int(request.query_params.get("limit", 30)), int(request.query_params.get("cursor", 0))
    following = str(start + limit) if start + limit < len(rows) else None
    meta = {"next_cursor": following, "prev_cursor": None}
    return JSONResponse({"data": rows[start : start + limit], "meta": meta})


def _error(status: int, words: str, data: object = None) -> JSONResponse:
    return JSONResponse({"error": {"msg": words, **({"data": data} if data else {})}}, status)
