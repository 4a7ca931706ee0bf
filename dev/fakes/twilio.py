"""A fake of Twilio's Messaging API (twilio.com/docs/messaging): sending, listing, and signed webhooks.

twilio = Twilio(clock=clock)
async with serving(twilio) as twilio.url: ...
form = twilio.incoming("+15005550100", "Where is my order?")     # the form that Twilio posts to the account's webhook
headers = twilio.signed(webhook_url, form)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake, Received
from dev.vendor_contracts import contract_if_there

SID, TOKEN, NUMBER = "AC" + "0" * 31 + "1", "twilio-auth-token-of-acme", "+15005550006"
_ACCOUNTS = "/2010-04-01/Accounts"
_PAGE = 50

Handler = Callable[[Request], Awaitable[Response]]


class _Clock(Protocol):
    def now(self) -> datetime: ...


class _RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Twilio(Fake):
    """One account with one number."""

    name = "twilio"
    url = ""  # set by `serving`

    def __init__(self, *, clock: _Clock | None = None) -> None:
        self.tokens = {SID: TOKEN}
        self.status = "active"
        self.messages: list[dict[str, Any]] = []  # newest first, as listed by the API
        self.stopped: set[str] = set()  # numbers that sent STOP, to which sending is refused
        self.refused: dict[str, tuple[int, str]] = {}  # error code and message by recipient
        self.callbacks: list[tuple[str, str]] = []  # StatusCallback and SID of each sent message
        self.prefix = ""  # prefix of texts of a trial account
        self.media: dict[str, tuple[str, bytes]] = {}  # type and content of incoming media by their names
        self.fetched: list[str] = []  # names of the media that were fetched
        self._clock = clock or _RealClock()
        self._numbers = itertools.count(1)
        super().__init__(contract=contract_if_there("twilio/twilio_api_v2010.messages.json"))

    def routes(self) -> list[Route]:
        return [
            Route(f"{_ACCOUNTS}/{{sid}}.json", self._authenticated(self._account), methods=["GET"]),
            Route(f"{_ACCOUNTS}/{{sid}}/Messages.json", self._authenticated(self._send), methods=["POST"]),
            Route(f"{_ACCOUNTS}/{{sid}}/Messages.json", self._authenticated(self._list), methods=["GET"]),
            Route(f"{_ACCOUNTS}/{{sid}}/Media/{{name}}", self._authenticated(self._media), methods=["GET"]),
            Route("/store/{name}", self._stored),
        ]

    def control_routes(self) -> list[Route]:
        return [Route("/_fake/text", self._send_webhook, methods=["POST"])]

    async def _send_webhook(self, request: Request) -> Response:
        """Send a text to Baton: {"from": number, "body": text, "webhook": URL of the connection}."""
        order = await self.order(request)
        form = self.incoming(order["from"], order["body"], **order.get("fields", {}))
        async with httpx.AsyncClient() as http:
            headers = self.signed(order["webhook"], form)
            response = await http.post(order["webhook"], content=self.body(form), headers=headers)
        return JSONResponse({"status": response.status_code, "body": response.text})

    def state(self) -> object:
        return {"messages": [{k: m[k] for k in ("sid", "from", "to", "body", "status")} for m in self.messages]}

    def sent_to(self, number: str) -> list[str]:
        """The bodies sent to a number, oldest first."""
        return [m["body"] for m in reversed(self.messages) if m["to"] == number]

    def incoming(self, sender: str, body: str, *, to: str = NUMBER, **more: str) -> list[tuple[str, str]]:
        """The form of an incoming text."""
        sid = f"SM{next(self._numbers):032x}"
        fields = {"MessageSid": sid, "SmsMessageSid": sid, "AccountSid": SID, "From": sender, "To": to, "Body": body}
        return list({**fields, "NumMedia": "0", "ApiVersion": "2010-04-01", **more}.items())

    def reported(self, index: int, status: str, **more: str) -> tuple[str, list[tuple[str, str]]]:
        """The URL and form of a status callback for a sent message."""
        address, sid = self.callbacks[index]
        return address, list({"MessageSid": sid, "AccountSid": SID, "MessageStatus": status, **more}.items())

    @staticmethod
    def signed(address: str, form: list[tuple[str, str]], token: str = TOKEN) -> dict[str, str]:
        signed = address + "".join(f"{name}{value}" for name, value in sorted(set(form)))
        signature = base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1)).decode()
        return {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}

    @staticmethod
    def body(form: list[tuple[str, str]]) -> bytes:
        return urlencode(form).encode()

    def _authenticated(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
            sid, _, token = (
                base64.b64decode(credentials).decode().partition(":") if scheme.lower() == "basic" else ("",) * 3
            )
            if not token or self.tokens.get(sid) != token:
                return self._error(401, 20003, "Authentication Error - invalid username")
            if request.path_params["sid"] != sid:
                return self._error(404, 20404, "The requested resource was not found")
            response = await handler(request)
            response.headers["date"] = format_datetime(self._clock.now(), usegmt=True)
            return response

        return checked

    async def _account(self, request: Request) -> Response:
        sid = request.path_params["sid"]
        return JSONResponse(
            {"sid": sid, "friendly_name": "Acme", "status": self.status, "type": "Full", "owner_account_sid": sid}
        )

    async def _send(self, request: Request) -> Response:
        form = {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}
        to, sender = form.get("To"), form.get("From") or form.get("MessagingServiceSid")
        if "ContentSid" in form:
            form["Body"] = f"News of your order: {json.loads(form['ContentVariables'])['1']}"
        media = parse_qs((await request.body()).decode()).get("MediaUrl", [])
        if not to or not sender or not (form.get("Body") or media):
            return self._error(400, 21602, "Message body is required.")
        if to in self.stopped:
            return self._error(400, 21610, "Attempt to send to unsubscribed recipient")
        if to in self.refused:
            return self._error(400, *self.refused[to])
        form.setdefault("Body", "")
        if len(media) > (1 if to.startswith("whatsapp:") else 10):
            return self._error(400, 21623, "Number of media files exceeds allowed limit")
        if len(form["Body"].encode("utf-16-le")) // 2 > 1_600:
            return self._error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        message = {**self._message(form, to, sender), "num_media": str(len(media))}
        self.messages.insert(0, message)
        self.callbacks.append((form.get("StatusCallback", ""), message["sid"]))
        return JSONResponse(message, 201)

    def _message(self, form: Mapping[str, str], to: str, sender: str) -> dict[str, Any]:
        now = format_datetime(self._clock.now(), usegmt=False)
        return {
            "sid": f"SM{next(self._numbers):032x}",
            "account_sid": SID,
            "to": to,
            "from": sender if not sender.startswith("MG") else NUMBER,
            "messaging_service_sid": sender if sender.startswith("MG") else None,
            "body": self.prefix + form["Body"],
            "status": "queued",
            "direction": "outbound-api",
            "date_created": now,
            "date_updated": now,
            "date_sent": None,
            "error_code": None,
            "error_message": None,
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "api_version": "2010-04-01",
        }

    def is_download(self, received: Received) -> bool:
        return "/Media/" in received.path or received.path.startswith("/store/")

    def media_url(self, name: str, kind: str, content: bytes) -> str:
        """Keep a file that a shopper sent. Returns its address."""
        self.media[name] = kind, content
        return f"{self.url}{_ACCOUNTS}/{SID}/Media/{name}"

    async def _media(self, request: Request) -> Response:
        """Twilio redirects to its store."""
        return Response(status_code=307, headers={"location": f"/store/{request.path_params['name']}"})

    async def _stored(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.media:
            return self._error(404, 20404, "The requested resource was not found")
        self.fetched.append(name)
        kind, content = self.media[name]
        return Response(content, media_type=kind)

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        size, page = int(query.get("PageSize", _PAGE)), int(query.get("Page", 0))
        matching = [m for m in self.messages if query.get("To") in (None, m["to"])]
        rows = matching[page * size : (page + 1) * size]
        more = len(matching) > (page + 1) * size
        following = urlencode({"To": query.get("To", ""), "PageSize": size, "Page": page + 1, "PageToken": "PA1"})
        path = f"{_ACCOUNTS}/{request.path_params['sid']}/Messages.json"
        return JSONResponse({"messages": rows, "next_page_uri": f"{path}?{following}" if more else None})

    @staticmethod
    def _error(status: int, code: int, text: str) -> JSONResponse:
        more = f"https://www.twilio.com/docs/errors/{code}"
        return JSONResponse({"code": code, "message": text, "more_info": more, "status": status}, status)
