"""The ASGI endpoint shared by all incoming webhooks: URL with a token, bounded body, and status codes for retries.

    Route("/hooks/zendesk/{token}", IncomingWebhook(zendesk.handle), methods=["POST"])

2xx: processed; do not send it again. 4xx: refused; a retry would be refused as well. 5xx: retry later; 503 has
Retry-After. An error body is JSON, {"error": "what to do"}. Neither responses nor logs repeat content of the request.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.body import read_limited
from api.refusal import RequestRefused
from domain.values.errors import NotFound, Refusal, Unavailable
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

Handler = Callable[[Incoming], Awaitable[Response]]


class IncomingWebhook:
    """An ASGI endpoint around a vendor's handler."""

    def __init__(self, handler: Handler, *, body_bytes: int = BODY_BYTES, seconds: float = _SECONDS) -> None:
        self._handler = handler
        self._body_bytes = body_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._handler(await self._incoming(request))
        except ClientDisconnect:
            return
        except RequestRefused as refused:
            # Close the connection after 413, so that the rest of the body need not arrive.
            headers = {**refused.headers, **({"Connection": "close"} if refused.status == 413 else {})}
            response = JSONResponse({"error": str(refused)}, refused.status, headers)
        except NotFound as refusal:
            response = JSONResponse({"error": refusal.message}, 404)
        except Refusal as refusal:
            response = JSONResponse({"error": refusal.message}, 400)
        except Unavailable as error:
            response = JSONResponse({"error": str(error)}, 503, {"Retry-After": "5"})
        except Exception:  # request boundary; the sender retries what was not committed
            logger.exception("The webhook at %s failed; its sender should retry.", _loggable_path(scope))
            response = JSONResponse({"error": "Internal error; retry the webhook."}, 500)
        await response(scope, receive, send)

    async def _incoming(self, request: Request) -> Incoming:
        return Incoming(
            token=request.path_params.get("token", ""),
            headers=dict(request.headers),
            query=request.url.query,
            body=await read_limited(request, max_bytes=self._body_bytes, seconds=self._seconds),
        )


def _loggable_path(scope: Scope) -> str:
    """The path without its token, which is a secret."""
    token = scope.get("path_params", {}).get("token")
    path: str = scope["path"]
    return path.replace(token, "…") if token else path
