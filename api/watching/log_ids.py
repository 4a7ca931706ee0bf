"""The ids by which the lines of one request are found in the log: its own, and that of the trace that it is part of.

A proxy may have given a request its id (`X-Request-ID`), and a caller its trace (`traceparent`, W3C Trace Context).
Both are taken over in the form of hexadecimal numbers only, since anybody may send anything.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.values.record import Record

_REQUEST_ID = re.compile(rb"[0-9A-Fa-f-]{16,64}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NO_TRACE = "0" * 32  # says the standard


class LogIds(Record):
    request: str
    trace: str | None = None


_ids: ContextVar[LogIds | None] = ContextVar("log_ids", default=None)


def log_ids() -> LogIds | None:
    """Return the ids of the request that the running task works on; None if it works on none."""
    return _ids.get()


@contextmanager
def of_request(ids: LogIds) -> Iterator[None]:
    """Everything within, and every task started within, works on the request."""
    token = _ids.set(ids)
    try:
        yield
    finally:
        _ids.reset(token)


class RequestIds:
    """An ASGI application that gives each request and each WebSocket its ids. Responses have that of the request as
    `X-Request-ID`, so that a caller who asks for help can name it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        ids = ids_of(scope)
        header = (b"x-request-id", ids.request.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        with of_request(ids):
            await self._app(scope, receive, send_with_id if scope["type"] == "http" else send)


def ids_of(scope: Scope) -> LogIds:
    """Return the ids of a request by its headers."""
    request, trace = b"", None
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request = value
        elif name == b"traceparent" and (found := _TRACEPARENT.fullmatch(value)):
            trace = found[1].decode()
    return LogIds(
        request=request.decode() if request else secrets.token_hex(16), trace=None if trace == _NO_TRACE else trace
    )
