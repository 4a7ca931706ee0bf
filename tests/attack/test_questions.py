"""Questions that read thousands of documents: nested lists over HTTP, in subscriptions, and in watched reports."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress

import httpx
import pytest

from tests.attack import wire
from tests.attack.conftest import Attacked
from tests.attack.stage import Target

SECONDS = 10.0
_SUBSCRIPTIONS = 50  # of a socket


def nested(levels: int, page: int) -> str:
    selection = "id"
    for _ in range(levels):
        selection = f"messages(first: {page}) {{ nodes {{ id conversation {{ {selection} }} }} }}"
    return selection


async def nested_queries(at: Target, levels: int, page: int, callers: int, impatient: bool) -> Counter[str]:
    """A visitor asks for messages of the conversation of messages …, and breaks off half of the questions."""
    async with wire.http() as client:
        conversation, token = await wire.conversation(client, at)
        await wire.fill(client, at, conversation, 99)
        document = f"query($id: ID!) {{ conversation(id: $id) {{ {nested(levels, page)} }} }}"
        turns = iter(range(10**9))

        async def ask() -> str:
            asking = wire.post(client, at, token, document, id=conversation)
            if not impatient or next(turns) % 2:
                return await asking
            try:
                return await asyncio.wait_for(asking, 0.1)
            except TimeoutError:
                return "broken off"

        return await wire.repeated(ask, callers=callers, seconds=SECONDS)


@pytest.mark.parametrize(
    ("levels", "page", "callers", "impatient"),
    [(4, 100, 8, False), (2, 99, 1, False), (2, 99, 8, True), (3, 21, 8, False), (5, 5, 8, False)],
)
async def test_nested_queries(attacked: Attacked, levels: int, page: int, callers: int, impatient: bool) -> None:
    report = await attacked(nested_queries, levels, page, callers, impatient)
    if levels == 4:
        assert set(report.outcomes) == {"QUERY_TOO_COMPLEX"}


async def subscriptions(at: Target, sockets: int, staff: bool, levels: int, messages: int) -> Counter[str]:
    """Many sockets with fifty subscriptions each, whose every event has messages; then a few messages."""
    event = f"... on MessageAdded {{ message {{ conversation {{ {nested(levels, 100)} }} }} }}"
    document = f"subscription($id: ID!) {{ conversation(id: $id) {{ {event} }} }}"
    outcomes = Counter[str]()
    async with wire.http() as client, AsyncExitStack() as stack:
        conversation, token = await wire.conversation(client, at)
        await wire.fill(client, at, conversation, 99)
        opened = []
        for _ in range(sockets):
            try:
                opened.append(await stack.enter_async_context(wire.socket(at, at.owner if staff else token)))
            except (OSError, wire.WebSocketException) as error:
                outcomes[type(error).__name__] += 1
        followers = [asyncio.create_task(wire.follow(each, outcomes)) for each in opened]
        for number in range(_SUBSCRIPTIONS):
            payload = {"query": document, "variables": {"id": conversation}}
            frame = json.dumps({"id": str(number), "type": "subscribe", "payload": payload})
            for each in opened:
                with suppress(wire.WebSocketException):
                    await each.send(frame)
        await asyncio.sleep(5)
        for number in range(messages):
            outcomes[f"message {await wire.send(client, at, token, conversation, str(number))}"] += 1
        await asyncio.sleep(SECONDS)
        for follower in followers:
            follower.cancel()
    return outcomes


@pytest.mark.parametrize(
    ("sockets", "staff", "levels", "messages"),
    [(60, False, 1, 1), (150, False, 1, 1), (2, False, 2, 10), (100, True, 1, 1), (4, True, 2, 5)],
)
async def test_subscriptions(attacked: Attacked, sockets: int, staff: bool, levels: int, messages: int) -> None:
    report = await attacked(subscriptions, sockets, staff, levels, messages)
    if not staff and sockets > 2:
        assert report.outcomes["ConnectionClosedError"] == sockets - 20  # the most sockets of a visitor
        assert report.outcomes["RATE_LIMITED"] >= 20 * _SUBSCRIPTIONS - 100


async def watched_reports(at: Target, document: str, sockets: int) -> Counter[str]:
    """Staff watch fifty reports with nested lists on a socket, while conversations start."""
    outcomes = Counter[str]()
    async with wire.http() as client, AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(wire.socket(at, at.owner)) for _ in range(sockets)]
        followers = [asyncio.create_task(wire.follow(each, outcomes)) for each in opened]
        for number in range(_SUBSCRIPTIONS):
            for each in opened:
                # The comment makes each a report of its own: the same report is worked out once for all.
                payload = {"query": f"{document} # {number}"}
                await each.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                await wire.conversation(client, at, browser=f"shopper-{time.monotonic_ns()}")
                outcomes["started"] += 1
            await asyncio.sleep(0.25)
        for follower in followers:
            follower.cancel()
    return outcomes


LISTS = """subscription { metrics(range: {preset: LAST_90_DAYS}) { totalVolume { count conversations(first: 100) {
  totalCount nodes { id messages(first: 50) { nodes { id text } } } } } } }"""
SERIES = """subscription { metrics(range: {between: {start: "2017-01-01", end: "2026-12-31"}}) { totalVolume { count }
  skills { skill } series(groupBy: TAG) { key points { date count } } previous { totalVolume { count } } } }"""


@pytest.mark.parametrize(("document", "sockets"), [(LISTS, 1), (SERIES, 1)], ids=["lists", "series"])
async def test_watched_reports(attacked: Attacked, document: str, sockets: int) -> None:
    await attacked(watched_reports, document, sockets)
