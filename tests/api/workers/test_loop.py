"""The polling loop: pauses, wake-ups, outages, and its end."""

from __future__ import annotations

import asyncio

import pytest

from api.workers.loop import run_every
from domain.values.errors import Unavailable

HOUR = 3_600.0


async def test_it_runs_at_once_and_then_after_each_pause() -> None:
    stop, runs = asyncio.Event(), 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()

    async with asyncio.timeout(60):
        await run_every(0.01, work, stop=stop)
    assert runs == 3


async def test_stop_ends_the_pause() -> None:
    stop, ran = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        ran.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(run_every(HOUR, work, stop=stop))
        await ran.wait()
        stop.set()


async def test_each_wake_event_ends_the_pause_also_if_it_was_set_during_the_call() -> None:
    stop, first, second = asyncio.Event(), asyncio.Event(), asyncio.Event()
    runs = 0

    async def work() -> None:
        nonlocal runs
        assert not first.is_set()
        assert not second.is_set()
        runs += 1
        {1: first, 2: second, 3: stop}[runs].set()

    async with asyncio.timeout(60):
        await run_every(HOUR, work, stop=stop, wake=(first, second))
    assert runs == 3


async def test_an_outage_is_logged_and_does_not_spin(caplog: pytest.LogCaptureFixture) -> None:
    stop, wake = asyncio.Event(), asyncio.Event()
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        wake.set()
        raise Unavailable("The database cannot be reached.")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_every(HOUR, work, stop=stop, wake=(wake,)))
        await asyncio.sleep(0.05)
        assert runs == 1
        stop.set()
    assert [record.getMessage() for record in caplog.records] == [
        "The database cannot be reached; background work resumes when it responds."
    ]


async def test_the_loop_goes_on_after_a_bug(caplog: pytest.LogCaptureFixture) -> None:
    stop, runs = asyncio.Event(), 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()
        raise ValueError("a bug")

    await run_every(0.01, work, stop=stop)
    assert runs == 3
    assert [record.getMessage() for record in caplog.records] == [
        "Background work failed; it goes on after a pause."
    ] * 3
