"""Serves `/metrics` at an address of its own, which a firewall can keep to the operator's network; `baton worker`
has no other."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

_AT_ONCE = 20  # connections; a few scrapers


class MetricsListener:
    def __init__(self, listener: socket.socket, routes: Sequence[BaseRoute]) -> None:
        """`listener` is bound and does not listen yet."""
        self._listener = listener
        self._routes = routes

    async def run(self) -> None:
        """Serve until cancelled."""
        config = uvicorn.Config(
            Starlette(routes=list(self._routes)),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            limit_concurrency=_AT_ONCE,
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


class _ScrapedServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the program handles them, see `signals.py`
