"""What every incoming webhook shares: an address with a token, a bounded body, and answers that a vendor understands.

    Route("/hooks/zendesk/{token}", Hook(zendesk.take), methods=["POST"])

2xx: taken, for good. 4xx: refused, and sending it again would change nothing. 503 with Retry-After: not now.
A refusal is JSON, {"error": "what to do"}; nothing of the request is said again, in the answer or in a log.
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

BODY_BYTES = 1 << 20  # an e-mail's text fits; files stay with the vendor
_SECONDS = 10.0  # for a body to come in: vendors give up on us after 5 to 15

logger = logging.getLogger("baton.webhooks")


class Incoming(Record):
    """One delivery as it came. What it says is true once its signature was checked, not before."""

    token: str  # of the address; which connection it belongs to
    headers: Mapping[str, str]  # names in lower case
    query: str  # as it stands in the address, for signatures over it
    body: bytes


UNKNOWN = RequestRefused(404, "No such address: the connection was removed, or the address is mistyped.")

Take = Callable[[Incoming], Awaitable[Response]]


class Hook:
    """An ASGI endpoint around what a vendor's file does with a delivery."""

    def __init__(self, take: Take, *, body_bytes: int = BODY_BYTES, seconds: float = _SECONDS) -> None:
        self._take = take
        self._body_bytes = body_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._take(await self._incoming(request))
        except ClientDisconnect:
            return
        except RequestRefused as refused:
            # After a body that is too large the connection ends: the rest of it need not arrive.
            headers = {**refused.headers, **({"Connection": "close"} if refused.status == 413 else {})}
            response = JSONResponse({"error": str(refused)}, refused.status, headers)
        except NotFound as refusal:
            response = JSONResponse({"error": refusal.message}, 404)
        except Refusal as refusal:
            response = JSONResponse({"error": refusal.message}, 400)
        except Unavailable as error:
            response = JSONResponse({"error": str(error)}, 503, {"Retry-After": "5"})
        except Exception:  # the boundary of a request; what is not written is sent again
            logger.exception("A webhook at %s failed; its sender is to try again.", _address(scope))
            response = JSONResponse({"error": "It failed here: send it again."}, 500)
        await response(scope, receive, send)

    async def _incoming(self, request: Request) -> Incoming:
        return Incoming(
            token=request.path_params.get("token", ""),
            headers=dict(request.headers),
            query=request.url.query,
            body=await read_limited(request, max_bytes=self._body_bytes, seconds=self._seconds),
        )


def _address(scope: Scope) -> str:
    """Without its token, which is a secret."""
    token = scope.get("path_params", {}).get("token")
    path: str = scope["path"]
    return path.replace(token, "…") if token else path
