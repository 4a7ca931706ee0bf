"""The watchdog tells a process that can no longer work from one whose database is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from pymongo.errors import OperationFailure

from api.server.watchdog import Watchdog
from domain.values.errors import Unavailable
from integrations.mongo.bulkhead import SYSTEM
from integrations.mongo.client import connect
from tests.api.graphql.serving import until


async def _lost() -> None:
    await asyncio.Event().wait()


async def _away() -> None:
    raise Unavailable("The database cannot be reached.")


async def _well() -> None:
    return


def _watchdog(ping: Callable[[], Awaitable[None]], ended: list[str], beat_seconds: float = 0.005) -> Watchdog:
    return Watchdog(ping=ping, beat_seconds=beat_seconds, ping_seconds=0.01, end=ended.append)


async def _refused() -> None:
    raise OperationFailure("Authentication failed.", code=18)


async def _timed_out() -> None:
    raise TimeoutError


@pytest.mark.parametrize("ping", [_well, _away, _refused, _timed_out])
async def test_a_driver_that_responds_is_healthy_also_without_a_database(ping: Callable[[], Awaitable[None]]) -> None:
    ended: list[str] = []
    watchdog = _watchdog(ping, ended, beat_seconds=0.1)  # many times what a busy machine holds a loop up
    task = asyncio.create_task(watchdog.run())
    await asyncio.sleep(1)
    await until(lambda: watchdog.is_healthy)
    assert ended == []
    task.cancel()
    await asyncio.wait([task])


async def test_the_log_tells_once_that_the_database_does_not_respond_and_that_it_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pings = iter([_well, _away, _away, _refused, _well, _well, _refused])
    over = asyncio.Event()

    async def ping() -> None:
        following = next(pings, None)
        if following is None:
            over.set()
            await _lost()
        else:
            await following()

    task = asyncio.create_task(Watchdog(ping=ping, beat_seconds=0.005, end=print).run())
    await asyncio.wait_for(over.wait(), 60)
    task.cancel()
    await asyncio.wait([task])
    assert [record.getMessage() for record in caplog.records] == [
        "The database does not respond, and requests fail: The database cannot be reached.",
        "The database responds again.",
        "The database does not respond, and requests fail: OperationFailure",
    ]


async def test_a_driver_that_stopped_is_told_and_the_process_ends(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []
    watchdog = _watchdog(_lost, ended)
    task = asyncio.create_task(watchdog.run())
    async with asyncio.timeout(60):
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
    deadline = time.monotonic() + 60
    while not ended and time.monotonic() < deadline:
        time.sleep(0.01)  # noqa: ASYNC251 - blocks the loop on purpose
    assert ended == ["Nothing has worked for 0.18 seconds."]
    task.cancel()
    await asyncio.wait([task])


async def test_a_beat_comes_while_all_other_calls_wait_for_a_database_that_is_down() -> None:
    database, ended = connect("mongodb://127.0.0.1:1/?replicaSet=rs0&timeoutMS=300", database="test"), list[str]()
    outcomes: list[int] = []  # calls that were still waiting, at each beat

    async def ping() -> None:
        try:
            await database.heartbeat()
        finally:
            outcomes.append(sum(not call.done() for call in calls))

    calls = [asyncio.create_task(database.ping()) for _ in range(SYSTEM * 4)]
    await asyncio.sleep(0)
    task = asyncio.create_task(Watchdog(ping=ping, end=ended.append).run())
    refused = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in refused} == {Unavailable}
    assert outcomes[0] > SYSTEM
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])
    await database.close()
