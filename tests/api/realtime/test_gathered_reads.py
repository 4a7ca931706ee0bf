"""Reads that many share: each caller gets a state that is not older than its call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from api.realtime.gathered_reads import GatheredReads


class Source:
    """Counts its reads; each waits until it is let go."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.go = asyncio.Semaphore(0)
        self.error: Exception | None = None

    async def read(self, key: str, questions: Sequence[str]) -> int:
        self.asked.append(list(questions))
        number = len(self.asked)
        await self.go.acquire()
        if self.error is not None:
            raise self.error
        return number


async def begun(*tasks: asyncio.Task[int]) -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)


async def test_callers_share_the_read_that_begins_after_they_came() -> None:
    source = Source()
    reads: GatheredReads[str, str, int] = GatheredReads(source.read, pause=0)
    first = asyncio.create_task(reads.ask("k", "a"))
    await begun(first)
    later = [asyncio.create_task(reads.ask("k", name)) for name in "bcd"]
    await begun(first, *later)
    source.go.release()
    source.go.release()
    async with asyncio.timeout(60):
        assert await first == 1
        assert await asyncio.gather(*later) == [2, 2, 2]
    assert source.asked == [["a"], ["b", "c", "d"]]


async def test_keys_do_not_wait_for_each_other() -> None:
    source = Source()
    reads: GatheredReads[str, str, int] = GatheredReads(source.read, pause=0)
    tasks = [asyncio.create_task(reads.ask(key, key)) for key in "xy"]
    await begun(*tasks)
    assert source.asked == [["x"], ["y"]]
    source.go.release()
    source.go.release()
    async with asyncio.timeout(60):
        assert sorted(await asyncio.gather(*tasks)) == [1, 2]


async def test_between_two_reads_there_is_a_pause() -> None:
    source = Source()
    reads: GatheredReads[str, str, int] = GatheredReads(source.read, pause=30)
    source.go.release()
    async with asyncio.timeout(60):
        assert await reads.ask("k", "a") == 1
    second = asyncio.create_task(reads.ask("k", "b"))
    await begun(second)
    assert source.asked == [["a"]]
    second.cancel()


async def test_an_error_is_raised_to_all_who_share_the_read() -> None:
    source = Source()
    source.error = ValueError("no")
    reads: GatheredReads[str, str, int] = GatheredReads(source.read, pause=0)
    tasks = [asyncio.create_task(reads.ask("k", name)) for name in "ab"]
    source.go.release()
    async with asyncio.timeout(60):
        for task in tasks:
            with pytest.raises(ValueError, match="no"):
                await task
    source.error = None
    source.go.release()
    async with asyncio.timeout(60):
        assert await reads.ask("k", "c") == 2


async def test_another_reads_if_the_reader_is_cancelled() -> None:
    source = Source()
    reads: GatheredReads[str, str, int] = GatheredReads(source.read, pause=0)
    first, second = (asyncio.create_task(reads.ask("k", name)) for name in "ab")
    await begun(first, second)
    first.cancel()
    source.go.release()
    async with asyncio.timeout(60):
        assert await second == 2
