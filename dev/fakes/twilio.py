"""Twilio's messages as its pages and its OpenAPI describe them: sending, listing, and the webhooks it signs.

twilio = Twilio(clock=clock)
async with serving(twilio) as twilio.url: ...
form = twilio.incoming("+15005550100", "Where is my order?")     # what it would post to the account's webhook
headers = twilio.signed(webhook_url, form)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake
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
    name = "twilio"
    url = ""  # where it is served

    def __init__(self, *, clock: _Clock | None = None) -> None:
        self.tokens = {SID: TOKEN}
        self.status = "active"
        self.messages: list[dict[str, Any]] = []  # the newest first, as it lists them
        self.stopped: set[str] = set()  # who sent STOP to the number: it refuses to send to them
        self.refused: dict[str, tuple[int, str]] = {}  # code and words, by recipient
        self.callbacks: list[tuple[str, str]] = []  # StatusCallback and sid, of each that was sent
        self.prefix = ""  # what a trial account puts before each text
        self._clock = clock or _RealClock()
        self._numbers = itertools.count(1)
        super().__init__(contract=contract_if_there("twilio/twilio_api_v2010.messages.json"))

    def routes(self) -> list[Route]:
        return [
            Route(f"{_ACCOUNTS}/{{sid}}.json", self._known(self._account), methods=["GET"]),
            Route(f"{_ACCOUNTS}/{{sid}}/Messages.json", self._known(self._send), methods=["POST"]),
            Route(f"{_ACCOUNTS}/{{sid}}/Messages.json", self._known(self._list), methods=["GET"]),
        ]

    def orders(self) -> list[Route]:
        return [Route("/_fake/text", self._texted, methods=["POST"])]

    async def _texted(self, request: Request) -> Response:
        """{"from": a number, "body": what somebody texts, "webhook": the account's address for it}"""
        wish = await request.json()
        form = self.incoming(wish["from"], wish["body"], **wish.get("fields", {}))
        async with httpx.AsyncClient() as http:
            headers = self.signed(wish["webhook"], form)
            answer = await http.post(wish["webhook"], content=self.body(form), headers=headers)
        return JSONResponse({"status": answer.status_code, "body": answer.text})

    def state(self) -> object:
        return {"messages": [{k: m[k] for k in ("sid", "from", "to", "body", "status")} for m in self.messages]}

    def sent_to(self, number: str) -> list[str]:
        """The bodies, in the order in which they were sent."""
        return [m["body"] for m in reversed(self.messages) if m["to"] == number]

    def incoming(self, sender: str, body: str, *, to: str = NUMBER, **more: str) -> list[tuple[str, str]]:
        """The form of a text that comes in."""
        sid = f"SM{next(self._numbers):032x}"
        fields = {"MessageSid": sid, "SmsMessageSid": sid, "AccountSid": SID, "From": sender, "To": to, "Body": body}
        return list({**fields, "NumMedia": "0", "ApiVersion": "2010-04-01", **more}.items())

    def reported(self, index: int, status: str, **more: str) -> tuple[str, list[tuple[str, str]]]:
        """The address and the form of a status callback, of one that was sent."""
        address, sid = self.callbacks[index]
        return address, list({"MessageSid": sid, "AccountSid": SID, "MessageStatus": status, **more}.items())

    @staticmethod
    def signed(address: str, form: list[tuple[str, str]], token: str = TOKEN) -> dict[str, str]:
        said = address + "".join(f"{name}{value}" for name, value in sorted(set(form)))
        signature = base64.b64encode(hmac.digest(token.encode(), said.encode(), hashlib.sha1)).decode()
        return {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}

    @staticmethod
    def body(form: list[tuple[str, str]]) -> bytes:
        return urlencode(form).encode()

    def _known(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            sid, _, token = base64.b64decode(given).decode().partition(":") if scheme.lower() == "basic" else ("",) * 3
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
        if not to or not sender or not form.get("Body"):
            return self._error(400, 21602, "Message body is required.")
        if to in self.stopped:
            return self._error(400, 21610, "Attempt to send to unsubscribed recipient")
        if to in self.refused:
            return self._error(400, *self.refused[to])
        if len(form["Body"].encode("utf-16-le")) // 2 > 1_600:
            return self._error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        message = self._made(form, to, sender)
        self.messages.insert(0, message)
        self.callbacks.append((form.get("StatusCallback", ""), message["sid"]))
        return JSONResponse(message, 201)

    def _made(self, form: Mapping[str, str], to: str, sender: str) -> dict[str, Any]:
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

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        size, page = int(query.get("PageSize", _PAGE)), int(query.get("Page", 0))
        found = [m for m in self.messages if query.get("To") in (None, m["to"])]
        rows = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        following = urlencode({"To": query.get("To", ""), "PageSize": size, "Page": page + 1, "PageToken": "PA1"})
        path = f"{_ACCOUNTS}/{request.path_params['sid']}/Messages.json"
        return JSONResponse({"messages": rows, "next_page_uri": f"{path}?{following}" if more else None})

    @staticmethod
    def _error(status: int, code: int, words: str) -> JSONResponse:
        more = f"https://www.twilio.com/docs/errors/{code}"
        return JSONResponse({"code": code, "message": words, "more_info": more, "status": status}, status)
