"""Exports that do not read give their place back within seconds, and exports are charged to the caller's budget."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api.graphql.serving import listening
from tests.harness.program import Program, Shop

CONVERSATIONS = 60  # of 250 KB: more than the buffers of a connection
TEXT = "x" * 31_000


@pytest.fixture
async def full(baton: Program, shop: Shop) -> Shop:
    for _ in range(CONVERSATIONS):
        started = await baton.mutate_brief(shop.widget, "startConversation", channel="WEB_CHAT", text=TEXT)
        for _ in range(7):
            given = {"conversationId": started["conversation"]["id"], "text": TEXT}
            await baton.mutate_brief(started["visitorToken"], "sendMessage", **given)
    return shop


async def begin(port: int, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for an export over a connection with a small window, and read the status only."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
    request = f"GET /export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
    writer.write(request.encode())
    assert b" 200 " in await reader.readline()
    return reader, writer


@pytest.mark.timeout(180)
async def test_two_that_do_not_read_keep_nobody_out(baton: Program, full: Shop) -> None:
    async with listening(baton.baton.app) as (port, _), httpx.AsyncClient(timeout=60) as http:
        url, headers = f"http://127.0.0.1:{port}/export", {"authorization": f"Bearer {full.owner}"}
        stuck = [await begin(port, full.owner) for _ in range(2)]
        assert (await http.get(url, headers=headers)).status_code == 429
        since = time.monotonic()
        while (response := await http.get(url, headers=headers)).status_code == 429:
            assert time.monotonic() - since < 30, "the place was not given back"
            await asyncio.sleep(0.5)
        assert len(response.text.splitlines()) == CONVERSATIONS
        for _, writer in stuck:
            writer.close()


@pytest.fixture
async def poor(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    async with baton.twin(tmp_path / "poor", cost_per_second=150) as program:  # 1,500 at once
        yield program


async def test_an_export_is_charged(baton: Program, poor: Program, shop: Shop) -> None:
    await baton.start(shop)
    headers = {"authorization": f"Bearer {shop.owner}"}
    assert (await poor.http.get("/export", headers=headers)).status_code == 200
    refused = await poor.http.get("/export", headers=headers)
    assert (refused.status_code, json.loads(refused.text)["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) > 0
