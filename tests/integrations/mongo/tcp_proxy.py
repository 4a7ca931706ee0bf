"""A TCP proxy between client and mongod that can drop the connection at a commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.harness.mongo_address import by_way_of


class TcpProxy:
    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self.commits = 0  # number of forwarded commits
        self.cut_at_commit = False  # lose the response to the next commit, once
        self.die_at_cut = False  # and forward nothing from then on, once
        self.dead = False  # forward nothing

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            if self.dead:
                return writer.close()
            upstream, onward = await asyncio.open_connection("127.0.0.1", self._port)
            self._open |= {writer, onward}
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._requests(reader, onward, writer))
                tasks.create_task(self._answers(upstream, writer, onward))
        return None

    async def _requests(
        self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 20):
                if b"commitTransaction" in data:
                    self.commits += 1
                    if self.cut_at_commit:
                        self.cut_at_commit = False
                        client.transport.abort()
                        self.dead, self.die_at_cut = self.die_at_cut, False
                onward.write(data)
                await onward.drain()
                if self.dead:
                    self.kill()
        onward.close()

    async def _answers(
        self, upstream: asyncio.StreamReader, client: asyncio.StreamWriter, onward: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await upstream.read(1 << 20):
                client.write(data)
                await client.drain()
        client.close()
        onward.close()

    def kill(self) -> None:
        self.dead = True
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()


@asynccontextmanager
async def tcp_proxy(mongo_uri: str) -> AsyncIterator[tuple[TcpProxy, str]]:
    """Yield the proxy and the URI of the same MongoDB through it."""
    proxy = TcpProxy(urlsplit(mongo_uri).port or 0)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield proxy, by_way_of(mongo_uri, port)
    finally:
        server.close()
        proxy.kill()
        await server.wait_closed()
