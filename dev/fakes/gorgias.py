"""A fake of Gorgias' API (developers.gorgias.com): one account, with basic authentication.

    fake = Gorgias()
    async with serving(fake) as fake.url:
        ...
        fake.agent_writes(ticket_id, "It is on its way.")
        for ping in fake.pings:                  # recorded calls of its HTTP integrations, in order
            await http.post(ping.url, content=ping.body, headers=ping.headers)

`mailed` contains the messages that Gorgias would have mailed to shoppers: those created without `sent_datetime`.
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

from dev.fakes.server import Fake, Received, serving
from dev.vendor_contracts import contract_if_there

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]

_BEYOND_CONTRACT = (  # documented by Gorgias, but not part of the contract file
    "GET /api/messages",
    "GET /api/customers",
    "POST /api/customers",
    "GET /api/tickets/*",
    "PUT /api/tickets/*",
    "DELETE /api/tickets/*",
    "DELETE /api/customers/*",
    "GET /api/integrations",
)
DOMAIN, USER, API_KEY = "acme", "ada@acme.example", "gorgias-key"
_START = datetime(2026, 6, 7, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCall:
    """One call of an HTTP integration."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@asynccontextmanager
async def serving_with_webhooks(fake: Gorgias, *, port: int = 0) -> AsyncIterator[str]:
    """Run the fake, and send its webhooks. Yields its URL. Failed webhooks are not retried."""
    async with serving(fake, port=port) as fake.url, httpx.AsyncClient(timeout=5) as http, asyncio.TaskGroup() as calls:

        async def call(webhook_call: WebhookCall) -> None:
            with suppress(httpx.HTTPError):
                answer = await http.post(webhook_call.url, content=webhook_call.body, headers=webhook_call.headers)
                fake.webhook_statuses.append(answer.status_code)

        fake.on_webhook = lambda webhook_call: calls.create_task(call(webhook_call))
        yield fake.url


class Gorgias(Fake):
    """One account, with its tickets, messages, customers and integrations."""

    name = "gorgias"

    def __init__(
        self, *, domain: str = DOMAIN, keys: Mapping[str, str] | None = None, max_body: int = 20 << 20
    ) -> None:
        self.url = ""  # set by `serving`
        self.domain = domain
        self.keys = dict(keys or {USER: API_KEY})
        self.unprivileged_users: set[str] = set()  # users without permission
        self.refused: set[str] = set()  # addresses of blocked customers
        self.max_body = max_body  # bytes of a request
        self.tickets: dict[int, Json] = {}
        self.messages: list[Json] = []
        self.customers: dict[int, Json] = {}
        self.integrations: list[Json] = []
        self.mailed: list[Json] = []
        self.files: dict[str, bytes] = {}  # of messages, by their names; they are private
        self.webhooks: list[WebhookCall] = []
        self.webhook_statuses: list[int] = []  # responses to the webhooks that were sent
        self.on_webhook: Callable[[WebhookCall], object] | None = None  # called with each webhook when it is due
        self._last = 1_000  # the last id, shared by all objects
        super().__init__(contract=contract_if_there("gorgias/own-gorgias-contract.yaml", beyond=_BEYOND_CONTRACT))

    def routes(self) -> list[Route]:
        return [
            Route("/api/account", self._authenticated(self._account), methods=["GET"]),
            Route("/api/tickets", self._authenticated(self._list_tickets), methods=["GET"]),
            Route("/api/tickets", self._authenticated(self._create_ticket), methods=["POST"]),
            Route("/api/tickets/{id:int}", self._authenticated(self._ticket), methods=["GET", "PUT", "DELETE"]),
            Route("/api/customers/{id:int}", self._authenticated(self._delete_customer), methods=["DELETE"]),
            Route("/api/tickets/{id:int}/messages", self._authenticated(self._create_message), methods=["POST"]),
            Route("/api/tickets/{id:int}/messages/{message:int}", self._authenticated(self._message), methods=["PUT"]),
            Route("/api/messages", self._authenticated(self._list_messages), methods=["GET"]),
            Route("/api/attachment/download/{name}", self._authenticated(self._file), methods=["GET"]),
            Route("/api/customers", self._authenticated(self._list_customers), methods=["GET"]),
            Route("/api/customers", self._authenticated(self._create_customer), methods=["POST"]),
            Route("/api/integrations", self._authenticated(self._list_integrations), methods=["GET"]),
            Route("/api/integrations", self._authenticated(self._create_integration), methods=["POST"]),
        ]

    def state(self) -> object:
        return {"tickets": list(self.tickets.values()), "messages": self.messages, "mailed": self.mailed}

    def is_download(self, received: Received) -> bool:
        return received.path.startswith("/api/attachment/")

    # Actions of people in Gorgias.

    def messages_of(self, ticket_id: int) -> list[Json]:
        return [message for message in self.messages if message["ticket_id"] == ticket_id]

    def add_agent_message(self, ticket_id: int, text: str, *, public: bool = True, **more: Any) -> Json:
        """A member of staff writes a message in Gorgias."""
        channel = "email" if public else "internal-note"
        given = {"channel": channel, "via": "helpdesk", "from_agent": True, "public": public, "body_text": text}
        sender = {"id": 7, "email": "sam@acme.example", "name": "Sam"}
        message = self._add(ticket_id, {**given, "stripped_text": text, "sender": sender, **more})
        self._notify("ticket-message-created", self.tickets[ticket_id], message)
        return message

    def add_customer_message(self, ticket_id: int, text: str, **more: Any) -> Json:
        """The customer writes a message that did not come through Baton, for example by mail."""
        given = {"channel": "email", "via": "email", "from_agent": False, "public": True, "body_text": text}
        customer = self.tickets[ticket_id]["customer"]
        message = self._add(ticket_id, {**given, "stripped_text": text, "sender": customer, **more})
        self._notify("ticket-message-created", self.tickets[ticket_id], message)
        return message

    def set_status(self, ticket_id: int, status: str) -> None:
        self._next()
        self.tickets[ticket_id].update(status=status, updated_datetime=self._now())
        self._notify("ticket-updated", self.tickets[ticket_id], {})

    def trash(self, ticket_id: int) -> None:
        self.tickets[ticket_id]["trashed_datetime"] = _START.isoformat()

    def add_integration(
        self, url: str, token: str, triggers: Sequence[str] = ("ticket-message-created", "ticket-updated")
    ) -> None:
        """Add an HTTP integration as described in docs/guides/helpdesks.md."""
        form = {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}
        http = {
            "url": url,
            "headers": {"X-Baton-Token": token},
            "form": form,
            "triggers": dict.fromkeys(triggers, True),
        }
        self.integrations.append({"id": self._next(), "type": "http", "http": http})

    # The API.

    def _authenticated(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
            email, _, key = (
                base64.b64decode(credentials).decode().partition(":") if scheme.lower() == "basic" else ("",) * 3
            )
            if not key or self.keys.get(email) != key:
                return _error(401, "Invalid credentials")
            if email in self.unprivileged_users:
                return _error(403, "You don't have the permission to access the requested resource.")
            if len(await request.body()) > self.max_body:
                return _error(413, "The data value transmitted exceeds the capacity limit.")
            response = await handler(request)
            response.headers["X-Gorgias-Account-Api-Call-Limit"] = "1/40"
            return response

        return checked

    async def _account(self, _: Request) -> Response:
        return JSONResponse({"domain": self.domain, "created_datetime": "2017-11-23T15:59:41", "settings": []})

    async def _list_tickets(self, request: Request) -> Response:
        """Trashed tickets are included, as Gorgias does by default."""
        external_id = request.query_params.get("external_id")
        rows = [t for t in self.tickets.values() if external_id is None or t["external_id"] == external_id]
        return _page(sorted(rows, key=lambda t: -int(t["id"])), request)

    async def _create_ticket(self, request: Request) -> Response:
        body: Json = await request.json()
        problems = {} if 1 <= len(body.get("messages", [])) <= 500 else {"messages": ["Between 1 and 500."]}
        for message in body.get("messages", []):
            problems |= self._problems(message)
        if problems:
            return _error(400, "Failed to create ticket", problems)
        ticket_id = self._next()
        ticket = {
            **{key: value for key, value in body.items() if key != "messages"},
            "id": ticket_id,
            "uri": f"/api/tickets/{ticket_id}/",
            "external_id": body.get("external_id"),
            "status": body.get("status", "open"),
            "customer": self._customer(body.get("customer") or body["messages"][0].get("sender") or {}),
            "created_datetime": self._now(),
            "updated_datetime": self._now(),
            "trashed_datetime": None,
        }
        self.tickets[ticket_id] = ticket
        for message in body["messages"]:
            self._add(ticket_id, message)
        self._notify("ticket-created", ticket, {})
        return JSONResponse({**ticket, "messages": self.messages_of(ticket_id)}, 201)

    async def _ticket(self, request: Request) -> Response:
        ticket = self.tickets.get(request.path_params["id"])
        if ticket is None:
            return _error(404, "Ticket does not exist")
        if request.method == "DELETE":
            del self.tickets[ticket["id"]]
            return Response(status_code=204)
        if request.method == "PUT":
            ticket.update(await request.json())
        return JSONResponse(ticket, 200 if request.method == "GET" else 202)

    async def _create_message(self, request: Request) -> Response:
        ticket = self.tickets.get(request.path_params["id"])
        if ticket is None:
            return _error(404, "Ticket does not exist")
        body: Json = await request.json()
        if problems := self._problems(body):
            return _error(400, "Failed to create message", problems)
        message = self._add(ticket["id"], body)
        self._notify("ticket-message-created", ticket, message)
        return JSONResponse(message, 201)

    async def _message(self, request: Request) -> Response:
        """Replace a message. One without `sent_datetime` would be sent."""
        mine = self.messages_of(request.path_params["id"])
        message = next((m for m in mine if m["id"] == request.path_params["message"]), None)
        if message is None:
            return _error(404, "Message does not exist")
        body: Json = await request.json()
        if missing := [key for key in ("channel", "via", "from_agent") if key not in body]:
            required = {key: ["Missing data for required field."] for key in missing}
            return _error(400, "Failed to update message", required)
        message.update({"sent_datetime": None, **body, "stripped_text": body.get("body_text")})
        if message["sent_datetime"] is None and message["from_agent"] and message.get("public", True):
            self.mailed.append(message)
        return JSONResponse(message, 202)

    async def _list_messages(self, request: Request) -> Response:
        rows = self.messages_of(int(request.query_params["ticket_id"]))
        rows.sort(key=lambda m: (m["created_datetime"], m["id"]))
        if request.query_params.get("order_by", "created_datetime:desc").endswith(":desc"):
            rows.reverse()
        return _page(rows, request)

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["name"])
        return _error(404, "File does not exist") if content is None else Response(content)

    async def _list_customers(self, request: Request) -> Response:
        given = {key: request.query_params[key] for key in ("email", "external_id") if key in request.query_params}
        return _page([c for c in self.customers.values() if given.items() <= c.items()], request)

    async def _create_customer(self, request: Request) -> Response:
        body: Json = await request.json()
        addresses = {channel["address"] for c in self.customers.values() for channel in c.get("channels", [])}
        if any(channel["address"] in addresses for channel in body.get("channels", [])):
            return _error(409, "Customer channel already exists")
        customer = {**body, "id": self._next()}
        self.customers[customer["id"]] = customer
        return JSONResponse(customer, 201)

    async def _delete_customer(self, request: Request) -> Response:
        number = request.path_params["id"]
        if self.customers.pop(number, None) is None:
            return _error(404, "Customer does not exist")
        return Response(status_code=204)

    async def _list_integrations(self, request: Request) -> Response:
        return _page(self.integrations, request)

    async def _create_integration(self, request: Request) -> Response:
        integration = {**(await request.json()), "id": self._next()}
        self.integrations.append(integration)
        return JSONResponse(integration, 201)

    def _customer(self, party: Json) -> Json:
        """Find the customer by id or e-mail address, or create one. The given fields overwrite the stored ones."""
        if "id" in party:
            return self.customers[party["id"]]
        customer = next((c for c in self.customers.values() if c.get("email") == party["email"]), None)
        if customer is None:
            customer = {"id": self._next(), "name": ""}
            self.customers[customer["id"]] = customer
        customer.update(party)
        return customer

    def _problems(self, message: Json) -> Json:
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

    def _notify(self, trigger: str, ticket: Json, message: Json) -> None:
        for integration in self.integrations:
            http = integration["http"]
            if http["triggers"].get(trigger):
                body = json.dumps(_fill(http["form"], {"ticket": ticket, "message": message})).encode()
                webhook_call = WebhookCall(
                    url=http["url"], headers={**http["headers"], "content-type": "application/json"}, body=body
                )
                self.webhooks.append(webhook_call)
                if self.on_webhook:
                    self.on_webhook(webhook_call)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _now(self) -> str:
        return (_START + timedelta(microseconds=self._last)).isoformat()


def _fill(form: Any, context: Json) -> Any:
    """Fill in the template. All values become strings ("True", "123"); unknown ones become empty."""
    if isinstance(form, dict):
        return {key: _fill(value, context) for key, value in form.items()}

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
