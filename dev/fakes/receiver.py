"""A partner's webhook receiver: it verifies the signature and processes each event once."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake

TOLERANCE = 300  # seconds of clock difference; an older request may be a replay


class WebhookReceiver(Fake):
    """Records messages and events. `POST /elsewhere` redirects."""

    name = "receiver"
    url = ""  # set by `serving`

    def __init__(self, *, secrets: list[str] | None = None, now: Callable[[], float] = time.time) -> None:
        self.secrets = secrets or []  # without secrets, signatures are not verified
        self.messages: list[Any] = []  # every accepted message, with duplicates
        self.events: dict[str, Any] = {}  # by id, in the order of first arrival
        self.gates: dict[str, asyncio.Event] = {}  # by path: responses are held back until the event is set
        self._now = now
        super().__init__()

    def routes(self) -> list[Route]:
        return [
            Route("/elsewhere", self._redirect, methods=["POST"]),
            Route("/{path:path}", self._receive, methods=["POST"]),
        ]

    def state(self) -> object:
        return {"events": list(self.events.values()), "messages": len(self.messages)}

    @property
    def ids(self) -> list[str]:
        return list(self.events)

    async def _receive(self, request: Request) -> Response:
        body = await request.body()
        if self.secrets and not any(self._signed(secret, request.headers, body) for secret in self.secrets):
            return JSONResponse({"error": "The signature is wrong."}, 401)
        message = json.loads(body)
        self.messages.append(message)
        self.events.setdefault(request.headers["webhook-id"], message)
        if request.url.path in self.gates:
            await self.gates[request.url.path].wait()
        return Response(status_code=204)

    async def _redirect(self, _: Request) -> Response:
        return Response(status_code=307, headers={"location": f"{self.url}/hooks"})

    def _signed(self, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Verify a signature. Written from the specification (standardwebhooks.com), independently of the sender."""
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        if abs(int(timestamp) - self._now()) > TOLERANCE:
            return False
        content = b".".join([message_id.encode(), timestamp.encode(), body])
        expected = b64encode(hmac.new(b64decode(secret.split("_", 1)[1]), content, "sha256").digest()).decode()
        signatures = [part.partition(",") for part in headers["webhook-signature"].split(" ")]
        return any(version == "v1" and hmac.compare_digest(value, expected) for version, _, value in signatures)
