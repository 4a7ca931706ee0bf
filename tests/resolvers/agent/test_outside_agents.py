"""Agents from outside as processes of their own, which are killed in the middle of a turn: another process takes the
turn, and nothing is said twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.harness.chat import Chat
from tests.harness.program import Program, Shop
from tests.resolvers.test_typing_live import following, process

_SCRIPT = Path(__file__).with_name("outside_agent.py")
_PATIENCE = 60.0  # seconds
_LEASE = timedelta(seconds=31)
_FOLLOW = """subscription($id: ID!) { conversation(id: $id) { __typename
  ... on TypingChanged { author { kind } typing text } ... on MessageAdded { message { text } } } }"""


class OutsideProcess:
    """A process of `outside_agent.py`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def says(self, step: str, chat: Chat | None = None) -> None:
        """Wait for a step, and pass over the others."""
        assert self._process.stdout is not None
        wanted = f"{step} {chat.id if chat is not None else ''}".strip()
        async with asyncio.timeout(_PATIENCE):
            while (line := (await self._process.stdout.readline()).decode()) and line.strip() != wanted:
                pass
        assert line, f"It ended before {wanted!r}."

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    async def kill(self) -> None:
        """Kill it as `kill -9` does: it cannot release anything."""
        self._process.kill()
        assert await self._process.wait() == -signal.SIGKILL


@asynccontextmanager
async def outside(url: str, shop: Shop, name: str, *pauses: str) -> AsyncIterator[OutsideProcess]:
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, str(_SCRIPT), url, shop.agent, name, *pauses),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        agent = OutsideProcess(started)
        await agent.says("ready")
        yield agent
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def texts(baton: Program, chat: Chat) -> list[str]:
    found = baton.database["messages"].find({"conversation_id": chat.started.key}, sort=[("sequence", 1)])
    return [message["text"] for message in await found.to_list() if message["author"]["kind"] == "AI_AGENT"]


@pytest.fixture(autouse=True)
def _holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that grows expires by the real clock, which must not end it on a machine that stands still."""
    monkeypatch.setattr("domain.conversation.partial_replies.TYPING_HOLDS", timedelta(hours=1))


@pytest.fixture
async def url(baton: Program) -> AsyncIterator[str]:
    async with process(baton) as url:
        yield url


async def test_killed_between_the_claim_and_the_reply_and_while_it_writes(baton: Program, shop: Shop, url: str) -> None:
    quiet = await Chat.of(baton, shop, watched=False)
    async with outside(url, shop, "First", "claimed") as first:
        await first.says("claimed", quiet)
        await first.kill()
    written = await Chat.of(baton, shop, watched=False)
    async with (
        outside(url, shop, "Second", "showed") as second,
        following(url, written.started.token, _FOLLOW, id=written.id) as live,
    ):
        await second.says("showed", written)
        assert (await live.next())["text"].startswith("Second read")
        await second.kill()
        async with outside(url, shop, "Third") as third:
            assert await texts(baton, quiet) == await texts(baton, written) == []
            baton.clock.move(_LEASE)
            await baton.baton.workers.timers.fire_due()
            for chat in (quiet, written):
                await third.says("posted", chat)
        shown = [await live.next()]
        while shown[-1]["__typename"] != "MessageAdded":
            shown.append(await live.next())
        assert shown[-1]["message"]["text"] == "Third read: Where is my order?"
    for chat in (quiet, written):
        assert await texts(baton, chat) == ["Third read: Where is my order?"]
        lease = await baton.database["turn_leases"].find_one({"_id": chat.started.key})
        assert lease is not None
        assert lease["number"] == 2


async def test_two_processes_at_once_and_a_human_who_takes_over_while_one_writes(
    baton: Program, shop: Shop, url: str
) -> None:
    waiting = [await Chat.of(baton, shop, watched=False) for _ in range(6)]
    async with outside(url, shop, "One"), outside(url, shop, "Two"), asyncio.timeout(_PATIENCE):
        while not all([await texts(baton, chat) for chat in waiting]):  # noqa: ASYNC110 - other processes write them
            await asyncio.sleep(0.05)
    for chat in waiting:
        assert len(await texts(baton, chat)) == 1

    taken = await Chat.of(baton, shop, watched=False, email="ann@example.com")
    await taken.request()
    await taken.say("Or can you help?")
    async with outside(url, shop, "Late", "showed") as late:
        await late.says("showed", taken)
        await taken.accept()
        await taken.take()
        late.go_on()
        await late.says("NOT_IN_CONTROL", taken)
    assert not [text for text in await texts(baton, taken) if text.startswith("Late")]
