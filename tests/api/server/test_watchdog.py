"""The watchdog tells a process that can no longer work from one whose database is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from api.server.watchdog import Watchdog
from domain.values.errors import Unavailable


async def _lost() -> None:
    await asyncio.Event().wait()


async def _away() -> None:
    raise Unavailable("The database cannot be reached.")


async def _well() -> None:
    return


def _watchdog(ping: Callable[[], Awaitable[None]], ended: list[str], beat_seconds: float = 0.005) -> Watchdog:
    return Watchdog(ping=ping, beat_seconds=beat_seconds, ping_seconds=0.01, end=ended.append)


@pytest.mark.parametrize("ping", [_well, _away])
async def test_a_driver_that_responds_is_healthy_also_without_a_database(ping: Callable[[], Awaitable[None]]) -> None:
    ended: list[str] = []
    watchdog = _watchdog(ping, ended, beat_seconds=0.1)  # many times what a busy machine holds a loop up
    task = asyncio.create_task(watchdog.run())
    await asyncio.sleep(1)
    assert (watchdog.is_healthy, ended) == (True, [])
    task.cancel()
    await asyncio.wait([task])


async def test_a_driver_that_stopped_is_told_and_the_process_ends(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []
    watchdog = _watchdog(_lost, ended)
    task = asyncio.create_task(watchdog.run())
    async with asyncio.timeout(10):
        while watchdog.is_healthy:  # noqa: ASYNC110 - a thread brings it about
            await asyncio.sleep(0.005)
        assert ended == []
        while not ended:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
    assert ended == ["Nothing has worked for 0.18 seconds."]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    task.cancel()
    await asyncio.wait([task])


async def test_a_blocked_event_loop_is_told() -> None:
    ended: list[str] = []
    watchdog = _watchdog(_well, ended)
    task = asyncio.create_task(watchdog.run())
    await asyncio.sleep(0.05)
    deadline = time.monotonic() + 10
    while not ended and time.monotonic() < deadline:
        time.sleep(0.01)  # noqa: ASYNC251 - blocks the loop on purpose
    assert ended == ["Nothing has worked for 0.18 seconds."]
    task.cancel()
    await asyncio.wait([task])
