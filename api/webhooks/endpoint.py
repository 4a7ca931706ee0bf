"""The ASGI endpoint shared by all incoming webhooks: URL with a token, bounded body, and status codes for retries.

    Route("/hooks/zendesk/{token}", IncomingWebhook(zendesk), methods=["POST"])

The token is looked up before the body is read, so that a caller without a valid URL cannot make the server take bytes.
A response that is sent before the body was read closes the connection, so that the rest need not arrive.

2xx: processed; do not send it again. 4xx: refused; a retry would be refused as well. 5xx: retry later; 503 has
Retry-After. An error body is JSON, {"error": "what to do"}. Neither responses nor logs repeat content of the request.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.body import BodyBudget, BodyShare, read_limited
from api.refusal import RequestRefused
from domain.connected_services.service import Caller
from domain.values.errors import NewerValue, NotFound, Refusal, Unavailable
from domain.values.record import Record

BODY_BYTES = 1 << 20  # large enough for the text of an e-mail; attachments stay at the vendor
_SECONDS = 10.0  # to receive the body; vendors time out after 5 to 15

logger = logging.getLogger("baton.webhooks")


class Incoming(Record):
    """One request as received. Do not trust its content before its signature is verified."""

    token: str  # from the URL; identifies the connection
    headers: Mapping[str, str]  # names are in lower case
    query: str  # the raw query string, for signatures that cover it
    body: bytes


UNKNOWN = RequestRefused(404, "Unknown webhook URL. The connection was removed, or the URL is mistyped.")


class Hook(Protocol):
    """The part of a vendor's module that the endpoint calls."""

    async def find(self, token: str) -> Caller | None:
        """Return the connection that owns the token, or None.

        Raises `CannotOpen`, or `Unavailable` in its place, if its secrets cannot be decrypted.
        """

    async def handle(self, incoming: Incoming, caller: Caller) -> Response:
        """Check that the request is the vendor's, and process it. Raises `RequestRefused`, `Refusal`, `Unavailable`."""


class IncomingWebhook:
    """An ASGI endpoint around a vendor's hook."""

    def __init__(
        self, hook: Hook, bodies: BodyBudget, *, body_bytes: int = BODY_BYTES, seconds: float = _SECONDS
    ) -> None:
        self._hook = hook
        self._bodies = bodies
        self._body_bytes = body_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._bodies.share() as share:
            response = await self._respond(Request(scope, receive), share)
            if response is not None:
                await response(scope, receive, send)

    async def _respond(self, request: Request, share: BodyShare) -> Response | None:
        """Return the response, or None if the client has gone."""
        incoming: Incoming | None = None
        try:
            caller = await self._find(request)
            incoming = await self._incoming(request, share)
            response = await self._hook.handle(incoming, caller)
        except ClientDisconnect:
            return None
        except Exception as error:  # noqa: BLE001 - request boundary; the sender retries what was not committed
            response = _refusal(error, request.scope)
        if incoming is None:
            response.headers["Connection"] = "close"
        return response

    async def _find(self, request: Request) -> Caller:
        caller = await self._hook.find(request.path_params.get("token", ""))
        if caller is None:
            raise UNKNOWN
        return caller

    async def _incoming(self, request: Request, share: BodyShare) -> Incoming:
        return Incoming(
            token=request.path_params.get("token", ""),
            headers=dict(request.headers),
            query=request.url.query,
            body=await read_limited(request, share, max_bytes=self._body_bytes, seconds=self._seconds),
        )


def _refusal(error: Exception, scope: Scope) -> Response:
    match error:
        case RequestRefused():
            return JSONResponse({"error": str(error)}, error.status, error.headers)
        case NotFound():
            return JSONResponse({"error": error.message}, 404)
        case NewerValue():  # the sender's next attempt may meet a process of the newer build
            return JSONResponse({"error": error.message}, 503, {"Retry-After": "60"})
        case Refusal():
            return JSONResponse({"error": error.message}, 400)
        case Unavailable():
            return JSONResponse({"error": str(error)}, 503, {"Retry-After": "5"})
    logger.error("The webhook at %s failed; its sender should retry.", _loggable_path(scope), exc_info=error)
    return JSONResponse({"error": "Internal error; retry the webhook."}, 500)


def _loggable_path(scope: Scope) -> str:
    """The path without its token, which is a secret."""
    token = scope.get("path_params", {}).get("token")
    path: str = scope["path"]
    return path.replace(token, "…") if token else path
