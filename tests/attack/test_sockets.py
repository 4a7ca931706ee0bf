"""Frames of WebSockets: pings whose pongs are not read, empty fragments, and operations without end."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress

import pytest

from tests.attack import raw, wire
from tests.attack.conftest import Attacked
from tests.attack.stage import Target

MIB = 1 << 20
SECONDS = 10.0
_TEXT, _CONTINUATION, _PING = 1, 0, 9


def _init(key: str) -> bytes:
    message = {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}
    return raw.frame(_TEXT, json.dumps(message).encode())


async def pings(at: Target, *, init: bool, sockets: int) -> Counter[str]:
    """Pings as fast as the server takes them, from a client that reads no pong."""
    outcomes = Counter[str]()

    async def one() -> None:
        connection = await raw.websocket(at)
        if init:
            connection[1].write(_init(at.publishable))
        chunk = raw.frame(_PING, b"x" * 125) * 500
        outcomes["MiB taken"] += await raw.pour(connection, chunk, most=600 * MIB, seconds=SECONDS) // MIB
        await raw.end(connection)

    await asyncio.gather(*(one() for _ in range(sockets)))
    return outcomes


@pytest.mark.parametrize("init", [True, False], ids=["after init", "before init"])
async def test_pings_without_reading(attacked: Attacked, init: bool) -> None:
    report = await attacked(_pings_after_init if init else _pings_before_init)
    assert report.outcomes["MiB taken"] < 60


async def _pings_after_init(at: Target) -> Counter[str]:
    return await pings(at, init=True, sockets=4)


async def _pings_before_init(at: Target) -> Counter[str]:
    return await pings(at, init=False, sockets=4)


async def fragments(at: Target, size: int) -> Counter[str]:
    """A message in millions of fragments, which does not end."""
    outcomes = Counter[str]()
    connection = await raw.websocket(at)
    connection[1].write(_init(at.publishable) + raw.frame(_TEXT, b"{", final=False))
    chunk = raw.frame(_CONTINUATION, b" " * size, final=False) * 5_000
    sent = await raw.pour(connection, chunk, most=3_000_000 * (6 + size), seconds=SECONDS)
    outcomes["fragments taken"] += sent // (6 + size)
    await raw.end(connection)
    return outcomes


@pytest.mark.parametrize("size", [0, 100], ids=["empty", "of 100 bytes"])
async def test_fragments(attacked: Attacked, size: int) -> None:
    await attacked(fragments, size)


async def message_flood(at: Target, kind: str, sockets: int) -> Counter[str]:
    """Messages of the protocol as fast as the server takes them, whose replies are not read."""
    outcomes = Counter[str]()
    messages = {
        "ping": {"type": "ping", "payload": {"x": "y" * 1_000}},
        "subscribe": {"id": "1", "type": "subscribe", "payload": {"query": "{ __schema { types { name } } }"}},
        "complete": {"id": "1", "type": "complete"},
    }

    async def one() -> None:
        connection = await raw.websocket(at)
        connection[1].write(_init(at.publishable))
        chunk = raw.frame(_TEXT, json.dumps(messages[kind]).encode()) * 50
        outcomes["KiB taken"] += await raw.pour(connection, chunk, most=100 * MIB, seconds=SECONDS) // 1024
        await raw.end(connection)

    await asyncio.gather(*(one() for _ in range(sockets)))
    return outcomes


@pytest.mark.parametrize("kind", ["ping", "subscribe", "complete"])
async def test_message_flood(attacked: Attacked, kind: str) -> None:
    await attacked(message_flood, kind, 20)


async def open_and_close(at: Target) -> Counter[str]:
    """Subscriptions that are opened and broken off at once, again and again."""
    outcomes = Counter[str]()
    document = "subscription($id: ID!) { conversation(id: $id) { __typename } }"
    async with wire.http() as client:
        conversation, token = await wire.conversation(client, at)
    until = time.monotonic() + SECONDS

    async def one() -> None:
        while time.monotonic() < until:
            with suppress(OSError, wire.WebSocketException):
                async with wire.socket(at, token) as opened:
                    for number in range(50):
                        payload = {"query": document, "variables": {"id": conversation}}
                        await opened.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
                    opened.transport.abort()
            outcomes["broken off"] += 1

    await asyncio.gather(*(one() for _ in range(20)))
    return outcomes


async def test_subscriptions_that_are_broken_off(attacked: Attacked) -> None:
    await attacked(open_and_close)
