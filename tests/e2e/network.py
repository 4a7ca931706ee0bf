"""A network between client and server that a test can spoil: a TCP relay on loopback.

async with relayed(server.port) as network:
    await network.drop(2)       # what is on its way is lost, connections break, new ones are refused
    network.stall()             # bytes are taken and go nowhere, and nobody is told
    network.mend()
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.e2e.processes import free_port


class Network:
    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.drops = 0
        self._target = target
        self._listener: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._swallowing = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    async def open(self) -> None:
        self._swallowing = False
        self._listener = await asyncio.start_server(self._relay, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        assert self._listener is not None
        self._listener.close()
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        self._swallowing = True

    async def mend(self) -> None:
        """Restore the network. Open connections break, because the dropped bytes are lost."""
        self.cut()
        await self.open()

    async def drop(self, seconds: float) -> None:
        self._swallowing = True
        await asyncio.sleep(0.05)  # receives the lost bytes
        self.cut()
        await asyncio.sleep(seconds)
        await self.open()
        self.drops += 1

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
                self._writers.add(far_writer)
                try:
                    await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
                finally:
                    self._writers.discard(far_writer)
                    far_writer.transport.abort()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if not self._swallowing:
                writer.write(data)
                await writer.drain()
        raise ConnectionResetError


@asynccontextmanager
async def relayed(target: int) -> AsyncIterator[Network]:
    network = Network(target)
    await network.open()
    try:
        yield network
    finally:
        network.cut()
