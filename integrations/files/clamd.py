"""Scans files by clamd's protocol (INSTREAM, clamd(8)), over TCP or a Unix socket.

    zINSTREAM\\0, then pieces: their length in 4 bytes, big-endian, and their bytes; a length of 0 ends the file
    stream: OK\\0   or   stream: Eicar-Signature FOUND\\0   or   … ERROR\\0

A scanner that does not respond, refuses, or says ERROR (its StreamMaxLength is too small, say) is unavailable: nothing
is taken in unscanned.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from domain.attachments.ports import Scan
from domain.values.errors import Unavailable

_CONNECT_SECONDS = 5.0
_WRITE_SECONDS = 30.0  # for clamd to take a piece
_VERDICT_SECONDS = 60.0  # clamd unpacks archives at the end
_PIECE = 1 << 20  # bytes; clamd refuses a piece that is longer than its StreamMaxLength, of 25 MB or more
_UNAVAILABLE = "The scanner for malware does not respond. Try again in a moment."

_logger = logging.getLogger("baton.attachments")


class NoScanner:
    """Implements `Scanner` where none is configured: every file passes."""

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[Scan]:
        yield _Unscanned()


class _Unscanned:
    async def feed(self, chunk: bytes) -> None:
        return

    async def verdict(self) -> str | None:
        return None


class Clamd:
    """Implements `Scanner`. `address` is `tcp://host:port` or `unix:///path`."""

    def __init__(self, address: str) -> None:
        self._scheme, _, self._place = address.partition("://")

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[Scan]:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await self._connect()
        except (OSError, TimeoutError) as error:
            _logger.error("The scanner for malware cannot be reached: %s", type(error).__name__)  # noqa: TRY400
            raise Unavailable(_UNAVAILABLE) from error
        try:
            writer.write(b"zINSTREAM\0")
            yield _ClamdScan(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._scheme == "unix":
            return await asyncio.open_unix_connection(self._place)
        host, _, port = self._place.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


class _ClamdScan:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def feed(self, chunk: bytes) -> None:
        for start in range(0, len(chunk), _PIECE):
            piece = chunk[start : start + _PIECE]
            self._writer.write(len(piece).to_bytes(4) + piece)
            await self._drained()

    async def verdict(self) -> str | None:
        self._writer.write((0).to_bytes(4))
        await self._drained()
        try:
            async with asyncio.timeout(_VERDICT_SECONDS):
                reply = (await self._reader.readuntil(b"\0"))[:-1].decode(errors="replace")
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise _unavailable(type(error).__name__) from error
        stream, _, outcome = reply.partition(": ")
        if stream == "stream" and outcome == "OK":
            return None
        if stream == "stream" and outcome.endswith(" FOUND"):
            return outcome.removesuffix(" FOUND")
        raise _unavailable(reply[:200])

    async def _drained(self) -> None:
        try:
            async with asyncio.timeout(_WRITE_SECONDS):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise _unavailable(type(error).__name__) from error


def _unavailable(reason: str) -> Unavailable:
    _logger.error("The scanner for malware gave no verdict: %s", reason)
    return Unavailable(_UNAVAILABLE)
