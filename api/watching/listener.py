"""Serves `/metrics` at an address of its own, which a firewall can keep to the operator's network; `baton worker`
has no other.

Whoever reaches the address may hold it up no more than the main one: connections are limited in number, requests in
bytes and time (`api/server/connection_limits.py`), and responses in the time that their peer takes to read them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.server.abort import abort
from api.server.connection_limits import Gate, http_protocol

_AT_ONCE = 20  # connections; a few scrapers
_SECONDS = 15.0  # for a response, until it is read: Prometheus gives up after 10


class MetricsListener:
    def __init__(self, listener: socket.socket, routes: Sequence[BaseRoute]) -> None:
        """`listener` is bound and does not listen yet."""
        self._listener = listener
        self._routes = routes

    async def run(self) -> None:
        """Serve until cancelled."""
        config = uvicorn.Config(
            _Hurried(Starlette(routes=list(self._routes))),
            http=cast("Any", http_protocol(Gate(connections=_AT_ONCE, per_address=_AT_ONCE))),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=1,
        )
        server = _ScrapedServer(config)
        with self._listener:
            try:
                await server.serve(sockets=[self._listener])
            finally:
                for each in getattr(server, "servers", ()):  # there are none before it has started
                    each.close()
                for connection in tuple(server.server_state.connections):
                    connection.shutdown()


class _Hurried:
    """Drops a connection that has not taken its response in time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                await self._app(scope, receive, send)
        except TimeoutError:
            abort(scope)


class _ScrapedServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the program handles them, see `signals.py`
