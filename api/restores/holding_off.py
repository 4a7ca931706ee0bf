"""The responses of a server while a backup is being restored: 503 for everything, until it is over.

`/healthz` stays 200, because the process is well, and its supervisor must not start it again and again.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from domain.backup.restores import RestoreUnderWay

_RETRY_AFTER = "1"  # seconds
_TRY_AGAIN = 1013  # close code of WebSockets after which stock clients try again
_REASON = "A backup is being restored. Try again in a moment."


async def hold_off(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] == "websocket":
        await receive()  # `websocket.connect`
        protocol = next(iter(scope["subprotocols"]), None)
        await send({"type": "websocket.accept", "subprotocol": protocol})
        await send({"type": "websocket.close", "code": _TRY_AGAIN, "reason": _REASON})
    elif scope["type"] == "http":
        await _response(scope["path"])(scope, receive, send)


def _response(path: str) -> Response:
    if path == "/healthz":
        return JSONResponse({"status": "ok"})
    headers = {"Retry-After": _RETRY_AFTER}
    if path == "/readyz":
        return JSONResponse({"status": "unavailable", "reason": str(RestoreUnderWay())}, 503, headers)
    error = {"message": _REASON, "extensions": {"code": "UNAVAILABLE"}}
    return JSONResponse({"errors": [error]}, 503, headers)
