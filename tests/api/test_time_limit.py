"""A time limit: its result, its end, and who leaves while it runs."""

from __future__ import annotations

import asyncio

import pytest

from api.time_limit import within


async def at_once() -> int:
    return 1


async def after(event: asyncio.Event) -> int:
    await event.wait()
    await asyncio.sleep(0)
    return 2


async def test_what_waits_for_nothing_sets_no_timer() -> None:
    assert await within(-1.0, at_once()) == 1  # a timer of the past would end it


async def test_what_waits_returns_its_result() -> None:
    event = asyncio.Event()
    asyncio.get_running_loop().call_soon(event.set)
    assert await within(10.0, after(event)) == 2


async def test_what_takes_too_long_is_ended() -> None:
    cleaned = list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("up")

    with pytest.raises(TimeoutError):
        await within(0.01, work())
    assert cleaned == ["up"]


async def test_errors_are_those_of_the_work() -> None:
    async def work(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise LookupError

    for waits in (False, True):
        with pytest.raises(LookupError):
            await within(10.0, work(waits))


async def test_a_cancellation_reaches_the_work_and_is_no_timeout() -> None:
    reached = list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            reached.append("work")
            raise

    task = asyncio.create_task(within(10.0, work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reached == ["work"]


async def test_a_limit_within_a_limit() -> None:
    async def inner() -> str:
        with pytest.raises(TimeoutError):
            await within(0.01, after(asyncio.Event()))
        return "went on"

    assert await within(10.0, inner()) == "went on"
