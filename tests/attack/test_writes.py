"""Strangers with the publishable key write as much as they can."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from tests.attack import wire
from tests.attack.conftest import Attacked
from tests.attack.stage import Target
from tests.e2e.clients import START

SECONDS = 20.0
WHOLE = "x" * 32_000  # the longest text of a message


async def starts(at: Target, callers: int, text: str, one_address: bool) -> Counter[str]:
    """Conversations without end, each of a browser of its own."""
    async with wire.http() as client:

        async def start() -> str:
            visitor = {"anonymousId": f"a-browser-{time.monotonic_ns()}"}
            if one_address:
                visitor["email"] = "victim@example.com"
            given = {"channel": "WEB_CHAT", "text": text, "visitor": visitor}
            return await wire.post(client, at, at.publishable, START, input=given)

        return await wire.repeated(start, callers=callers, seconds=SECONDS)


async def test_starts(attacked: Attacked) -> None:
    await attacked(starts, 40, "x" * 20_000, False)


async def test_claims_of_one_address(attacked: Attacked) -> None:
    await attacked(starts, 30, "Hello", True)


async def messages(at: Target, callers: int, first: str, text: str) -> Counter[str]:
    """Messages without end in conversations with a long first question."""
    async with wire.http() as client:
        talks = [
            await wire.conversation(client, at, browser=f"a-browser-of-the-attack-{number}", text=first)
            for number in range(callers)
        ]
        outcomes = Counter[str]()

        async def send(conversation: str, token: str) -> None:
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                outcomes[await wire.send(client, at, token, conversation, text)] += 1

        await asyncio.gather(*(send(*talk) for talk in talks))
        return outcomes


async def test_messages_after_a_long_question(attacked: Attacked) -> None:
    await attacked(messages, 10, WHOLE, "x")


async def test_long_messages(attacked: Attacked) -> None:
    await attacked(messages, 10, "Hello", WHOLE)
