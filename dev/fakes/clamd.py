"""A stand-in for clamd: the INSTREAM protocol over TCP, with the EICAR test file as its only malware."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class FakeClamd:
    address: str = ""
    scanned: list[int] = field(default_factory=list)  # bytes of each file
    stream_max_length: int = 25 << 20
    silent: bool = False  # takes the bytes, and gives no verdict
    stop: Callable[[], None] = lambda: None  # listens no more

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            writer.write(await self._verdict(reader))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client has gone
        finally:
            writer.close()

    async def _verdict(self, reader: asyncio.StreamReader) -> bytes:
        size, tail, found = 0, b"", False
        while (length := int.from_bytes(await reader.readexactly(4))) > 0:
            size += length
            if size > self.stream_max_length:
                return b"INSTREAM size limit exceeded. ERROR\0"
            tail = tail[-len(EICAR) :] + await reader.readexactly(length)
            found = found or EICAR in tail
        self.scanned.append(size)
        if self.silent:
            return b""
        return b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0"


@asynccontextmanager
async def clamd() -> AsyncIterator[FakeClamd]:
    """Run the stand-in on a free port."""
    fake = FakeClamd()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    async with server:
        fake.address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        fake.stop = server.close
        yield fake
