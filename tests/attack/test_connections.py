"""Connections that are not requests: endless heads, half-open connections, slow bodies, and uploads to nowhere."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import suppress

import pytest

from tests.attack import raw
from tests.attack.conftest import Attacked, MailHook
from tests.attack.stage import Stage, Target

MIB = 1 << 20


async def endless_headers(at: Target, head: bytes, chunk: bytes, most: int, connections: int) -> Counter[str]:
    """Heads of hundreds of megabytes."""
    outcomes = Counter[str]()

    async def one() -> None:
        connection = await raw.connect(at)
        connection[1].write(head)
        sent = await raw.pour(connection, chunk, most=most, seconds=10)
        outcomes[await raw.status(connection, 12)] += 1
        outcomes["MiB taken"] += sent // MIB
        await raw.end(connection)

    await asyncio.gather(*(one() for _ in range(connections)))
    return outcomes


@pytest.mark.parametrize(
    ("head", "chunk"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\n", b"X: " + b"y" * 64_000 + b"\r\n"),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ", b"y" * 65_536),
        (b"GET /", b"y" * 65_536),
    ],
    ids=["lines", "one line", "request line"],
)
async def test_endless_headers(attacked: Attacked, head: bytes, chunk: bytes) -> None:
    report = await attacked(endless_headers, head, chunk, 400 * MIB, 4)
    assert report.outcomes["MiB taken"] < 40


async def half_open(at: Target, count: int) -> Counter[str]:
    """Connections that say nothing, half a request line, or half a header."""
    starts = (b"", b"GET /heal", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: y")
    opened: list[raw.Connection] = []
    outcomes = Counter[str]()
    for number in range(count):
        try:
            async with asyncio.timeout(10):
                connection = await raw.connect(at)
        except (OSError, TimeoutError) as error:
            outcomes[type(error).__name__] += 1
            continue
        connection[1].write(starts[number % len(starts)])
        opened.append(connection)
    outcomes += await raw.all_of(opened, 20)
    for connection in opened:
        await raw.end(connection)
    return outcomes


@pytest.mark.parametrize("ulimit", [None, "-n 1024", "-S -n 1024"], ids=["as the system", "1024", "1024 soft"])
async def test_half_open_connections(attacked: Attacked) -> None:
    report = await attacked(half_open, 1_200)
    assert report.outcomes["silence"] == 0


async def slow_bodies(at: Target, path: str, count: int) -> Counter[str]:
    """Bodies that come at one byte a second, and on `path` is a hook or GraphQL."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n"
    if path == "/graphql":
        head += f"Authorization: Bearer {at.publishable}\r\n"
    opened = [await raw.connect(at) for _ in range(count)]
    for connection in opened:
        connection[1].write(head.encode() + b"\r\n")

    async def drip() -> None:
        while True:
            for connection in opened:
                if not connection[1].is_closing():
                    connection[1].write(b" ")
            await asyncio.sleep(1)

    dripping = asyncio.create_task(drip())
    outcomes = await raw.all_of(opened, 20)
    dripping.cancel()
    for connection in opened:
        await raw.end(connection)
    return outcomes


@pytest.mark.parametrize("path", ["/graphql", "/hooks/shopify/nobody"])
async def test_slow_bodies(attacked: Attacked, path: str) -> None:
    report = await attacked(slow_bodies, path, 300)
    assert report.outcomes["silence"] == 0


async def uploads(at: Target, path: str, count: int, size: int) -> Counter[str]:
    """Large bodies at a time, whose last MiB never comes."""
    length = size * MIB
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: message/rfc822\r\nContent-Length: {length}\r\n\r\n"
    outcomes = Counter[str]()

    async def one() -> None:
        connection = await raw.connect(at)
        connection[1].write(head.encode())
        sent = await raw.pour(connection, b"x" * 65_536, most=(size - 1) * MIB, seconds=15)
        outcomes["MiB sent"] += sent // MIB
        outcomes[await raw.status(connection, 15)] += 1
        await raw.end(connection)

    await asyncio.gather(*(one() for _ in range(count)))
    return outcomes


@pytest.mark.parametrize("path", ["/hooks/email/nobody", "/hooks/shopify/nobody"])
async def test_uploads_to_unknown_addresses(attacked: Attacked, path: str) -> None:
    report = await attacked(uploads, path, 40, 30)
    assert report.outcomes["404"] + report.outcomes["closed"] == 40


async def test_uploads_to_a_mail_hook(attacked: Attacked, mail_hook: MailHook) -> None:
    await attacked(uploads, mail_hook.path, 40, 30)


async def test_uploads_to_a_shop(attacked: Attacked, stage: Stage) -> None:
    await attacked(
        uploads, await stage.connected("shopify", shopDomain="a.myshopify.com", clientSecret="s" * 32), 40, 8
    )


async def empty_requests(at: Target) -> Counter[str]:
    """A connection with thousands of pipelined requests, whose responses it does not read."""
    outcomes = Counter[str]()
    body = json.dumps({"query": "{ __typename }"})
    head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    request = f"{head}\r\n\r\n{body}"
    for _ in range(4):
        connection = await raw.connect(at)
        outcomes["MiB taken"] += await raw.pour(connection, request.encode() * 300, most=100 * MIB, seconds=3) // MIB
        with suppress(OSError):
            await raw.end(connection)
    return outcomes


async def test_pipelined_requests_without_reading(attacked: Attacked) -> None:
    await attacked(empty_requests)
