"""The ASGI server as a part of the program: drained before it ends, and tuned once it is up.

server = Server(app, drain=connections.drain, options=ServerOptions(...))
await server.run(listener, stop, started)           # until `stop` is set, and then until all connections have ended
"""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from api.server.connection_limits import Gate, http_protocol, websocket_protocol
from domain.values.record import Record

_BACKLOG = 2_048  # connections that wait in the kernel: after a restart all clients reconnect at once
_KEEP_ALIVE = 75  # seconds; more than the 60 of load balancers, which must not reuse a connection as it is closed
_CUT_OFF = 2.0  # seconds in which cancelled requests have to end
_SWITCH_SECONDS = 0.001  # for which the event loop waits when a thread computes; the default is 0.005
# Of the garbage collector: it looks at new objects when there are 10,000, and once more at those of three such looks.
# Python's own first threshold of 700 takes 7 % of a page query; with 50,000, and ten looks before it, the second
# look at what a thousand new sockets leave holds the event loop for 0.1 s.
_THRESHOLDS = (10_000, 2, 200)


class ServerOptions(Record):
    frame_bytes: int  # of an inbound WebSocket message
    drain_seconds: float
    connections: int  # open at once, in the process
    connections_per_address: int  # of those, with one public address
    trusted_proxies: tuple[str, ...] = ()  # whose X-Forwarded-For is believed


class Server:
    def __init__(self, app: ASGIApp, *, drain: Callable[[float], Awaitable[None]], options: ServerOptions) -> None:
        self._app = app
        self._drain = drain
        self._options = options
        self.gate = Gate(connections=options.connections, per_address=options.connections_per_address)

    async def run(self, listener: socket.socket, stop: asyncio.Event, started: Callable[[], None]) -> None:
        server = _Uvicorn(self._config(), stop=stop, started=started, drain=self._drain_within)
        with listener:
            try:
                await server.serve(sockets=[listener])
            except asyncio.CancelledError:
                await server.cut_off()
                raise

    async def _drain_within(self) -> None:
        # The drain keeps to its time by itself; this limit holds if it does not.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._options.drain_seconds + 5):
                await self._drain(self._options.drain_seconds)

    def _config(self) -> uvicorn.Config:
        options = self._options
        gate = self.gate
        return uvicorn.Config(
            cast("Callable[..., Any]", self._app),
            http=cast("Any", http_protocol(gate)),
            ws=cast("Any", websocket_protocol(gate)),
            ws_max_size=self._options.frame_bytes,
            ws_per_message_deflate=False,  # triples the cost of a frame
            # The connections send pings themselves: uvicorn closes with 1011, after which stock clients give up.
            ws_ping_interval=None,
            ws_ping_timeout=None,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(options.trusted_proxies),
            forwarded_allow_ips=list(options.trusted_proxies),
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=math.ceil(self._options.drain_seconds),
        )


class _Uvicorn(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        *,
        stop: asyncio.Event,
        started: Callable[[], None],
        drain: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self._stop = stop
        self._started = started
        self._drain = drain

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the program handles them, see `signals.py`

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Objects that live now live as long as the process: the collector need not visit them again.
        gc.freeze()
        gc.set_threshold(*_THRESHOLDS)
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._started()

    async def cut_off(self) -> None:
        """Cancel the remaining requests while the database and the other services are still open."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it logs every cancelled request as a failure
        for task in self.server_state.tasks:
            task.cancel()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_CUT_OFF)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._stop.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._drain()
        await super().shutdown(sockets)
