"""The open connections of the process: how one of them is asked to end, and how all are drained before a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from api.graphql.websocket.close_codes import DRAINING, Close


class Closing:
    """The end of one connection. Anybody may request it; the first reason counts."""

    def __init__(self) -> None:
        self._reason: asyncio.Future[Close] = asyncio.get_running_loop().create_future()

    def request(self, reason: Close) -> None:
        if not self._reason.done():
            self._reason.set_result(reason)

    @property
    def is_requested(self) -> bool:
        return self._reason.done()

    async def requested(self) -> Close:
        """Wait until the end is requested, and return the reason."""
        return await self._reason


class OpenConnections:
    """All open connections of the process. They are drained before the server stops, because the server itself would
    end all of them in the same instant, and all clients would reconnect in the same instant."""

    WAVE = 100  # connections that may reconnect at once

    def __init__(self) -> None:
        self._open: set[Closing] = set()
        self._draining = False
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def registered(self, connection: Closing) -> Iterator[None]:
        """Count the connection among the open ones for the duration of the block."""
        self._open.add(connection)
        self._empty.clear()
        if self._draining:
            connection.request(DRAINING)
        try:
            yield
        finally:
            self._open.discard(connection)
            if not self._open:
                self._empty.set()

    async def drain(self, grace: float) -> None:
        """Close all connections with 1012, in waves over half of `grace` seconds, and wait for their ends for the rest
        of it. Connections that come from now on are closed at once."""
        self._draining = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace
        waiting = list(self._open)
        size = max(self.WAVE, -(-len(waiting) // 10))
        waves = [waiting[start : start + size] for start in range(0, len(waiting), size)]
        for number, wave in enumerate(waves):
            if number:
                await asyncio.sleep(grace / 2 / len(waves))
            for connection in wave:
                connection.request(DRAINING)
        try:
            async with asyncio.timeout_at(deadline):
                await self._empty.wait()
        except TimeoutError:
            return
