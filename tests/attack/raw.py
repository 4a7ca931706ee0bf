"""Connections below HTTP: bytes that a client of a library would not send, and reading that stops."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections import Counter
from contextlib import suppress

from tests.attack.stage import Target

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(at: Target) -> Connection:
    return await asyncio.open_connection("127.0.0.1", at.port)


async def pour(connection: Connection, chunk: bytes, *, most: int, seconds: float) -> int:
    """Send the chunk again and again, until the server closes or stops reading. Returns the bytes sent."""
    _, writer = connection
    sent, until = 0, time.monotonic() + seconds
    with suppress(OSError, TimeoutError):
        while sent < most and time.monotonic() < until and not writer.is_closing():
            writer.write(chunk)
            async with asyncio.timeout(max(0.1, until - time.monotonic())):
                await writer.drain()
            sent += len(chunk)
    return sent


async def status(connection: Connection, seconds: float) -> str:
    """Return the status of the response that comes within the time; "closed" or "silence" without one."""
    reader, _ = connection
    try:
        async with asyncio.timeout(seconds):
            line = await reader.readline()
    except TimeoutError:
        return "silence"
    except OSError:
        return "closed"
    return line.split()[1].decode() if line else "closed"


async def end(connection: Connection) -> None:
    _, writer = connection
    writer.transport.abort()
    await asyncio.sleep(0)


def upgrade() -> bytes:
    """Return the request that opens a WebSocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /graphql HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Protocol: graphql-transport-ws",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    """Return a WebSocket frame of a client, masked with zeros."""
    head = bytes([(0x80 if final else 0) | opcode])
    if len(payload) < 126:
        return head + bytes([0x80 | len(payload)]) + bytes(4) + payload
    return head + bytes([0x80 | 126]) + struct.pack("!H", len(payload)) + bytes(4) + payload


async def websocket(at: Target) -> Connection:
    """Open a WebSocket, and read no further than the handshake."""
    connection = await connect(at)
    reader, writer = connection
    writer.write(upgrade())
    await reader.readuntil(b"\r\n\r\n")
    return connection


async def all_of(connections: list[Connection], seconds: float) -> Counter[str]:
    """Return how the connections end within the time."""
    return Counter(await asyncio.gather(*(status(connection, seconds) for connection in connections)))
