"""A worker process has a watchdog of its own, as a server has."""

from __future__ import annotations

import asyncio

import msgspec

from api.cli.serve import work_until
from api.server.watchdog import Watchdog
from tests.api.graphql.serving import until
from tests.harness.program import Program


async def _never() -> None:
    await asyncio.Event().wait()


async def test_a_worker_whose_driver_stopped_is_ended(baton: Program) -> None:
    ended: list[str] = []
    watchdog = Watchdog(ping=_never, beat_seconds=0.005, ping_seconds=0.01, end=ended.append)
    stop = asyncio.Event()
    work = asyncio.create_task(work_until(stop, msgspec.structs.replace(baton.baton, watchdog=watchdog)))
    async with asyncio.timeout(60):
        while not ended:  # noqa: ASYNC110 - a thread brings it about
            await asyncio.sleep(0.005)
    assert ended == ["Nothing has worked for 0.18 seconds."]
    stop.set()
    await work


async def test_a_worker_that_works_is_left_alone_and_ends_when_told(baton: Program) -> None:
    ended: list[str] = []
    watchdog = Watchdog(ping=baton.baton.ports.ping, beat_seconds=0.2, end=ended.append)
    stop = asyncio.Event()
    work = asyncio.create_task(work_until(stop, msgspec.structs.replace(baton.baton, watchdog=watchdog)))
    await asyncio.sleep(2)
    await until(lambda: watchdog.is_healthy)
    stop.set()
    async with asyncio.timeout(60):
        await work
    assert ended == []
