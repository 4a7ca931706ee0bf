"""A partner's receiver of webhooks, as one would write it: it checks the signature, and does each event once."""

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

TOLERANCE = 300  # seconds that a timestamp may be off: an older request may be one that somebody kept


class WebhookReceiver(Fake):
    name = "receiver"
    url = ""  # where it is served

    def __init__(self, *, secrets: list[str] | None = None, now: Callable[[], float] = time.time) -> None:
        self.secrets = secrets or []  # without any it believes everything: for a look at what comes
        self.came: list[Any] = []  # every message that was taken, the same twice too
        self.events: dict[str, Any] = {}  # by id, in the order in which they came first
        self.gates: dict[str, asyncio.Event] = {}  # by path: it has the message, and keeps its answer back until then
        self._now = now
        super().__init__()

    def routes(self) -> list[Route]:
        return [
            Route("/elsewhere", self._elsewhere, methods=["POST"]),
            Route("/{path:path}", self._receive, methods=["POST"]),
        ]

    def state(self) -> object:
        return {"events": list(self.events.values()), "messages": len(self.came)}

    @property
    def ids(self) -> list[str]:
        return list(self.events)

    async def _receive(self, request: Request) -> Response:
        body = await request.body()
        if self.secrets and not any(self._signed(secret, request.headers, body) for secret in self.secrets):
            return JSONResponse({"error": "The signature is wrong."}, 401)
        message = json.loads(body)
        self.came.append(message)
        self.events.setdefault(request.headers["webhook-id"], message)
        if request.url.path in self.gates:
            await self.gates[request.url.path].wait()
        return Response(status_code=204)

    async def _elsewhere(self, _: Request) -> Response:
        return Response(status_code=307, headers={"location": f"{self.url}/hooks"})

    def _signed(self, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Written from the specification, apart from the sender: standardwebhooks.com."""
        message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        if abs(int(timestamp) - self._now()) > TOLERANCE:
            return False
        content = b".".join([message_id.encode(), timestamp.encode(), body])
        expected = b64encode(hmac.new(b64decode(secret.split("_", 1)[1]), content, "sha256").digest()).decode()
        given = [part.partition(",") for part in headers["webhook-signature"].split(" ")]
        return any(version == "v1" and hmac.compare_digest(value, expected) for version, _, value in given)
