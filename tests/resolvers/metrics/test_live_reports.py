"""Live reports: complete, sent on changes, at most once a second, and computed once for all subscribers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.graphql.executor import LiveState, OperationResult
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Program, Shop
from tests.resolvers.metrics.histories import History
from tests.resolvers.metrics.reference import report

FIELDS = "range { start end } totalVolume { count } open { count } series(groupBy: TAG) { key total }"
WATCH = f"subscription($range: DateRangeInput!) {{ metrics(range: $range) {{ {FIELDS} }} }}"
TODAY = {"preset": "TODAY"}


class Screen:
    """A sink with a reader that never waits."""

    operation_id = "1"
    resume = None

    def __init__(self) -> None:
        self.positions: dict[str, int] = {}
        self.frames: list[str] = []
        self.came = asyncio.Event()
        self.done = asyncio.Event()

    async def send(self, payload: str, cursor: str) -> None:
        assert cursor == ""
        self.frames.append(payload)
        self.came.set()

    @property
    def reports(self) -> list[Any]:
        return [json.loads(frame)["data"]["metrics"] for frame in self.frames]

    async def shows(self, volume: int) -> Any:
        async with asyncio.timeout(60):
            while not self.frames or self.reports[-1]["totalVolume"]["count"] != volume:
                self.came.clear()
                await self.came.wait()
        return self.reports[-1]


@pytest.fixture
async def live(baton: Program) -> AsyncIterator[Program]:
    running = asyncio.create_task(baton.baton.hub.run())
    yield baton
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@asynccontextmanager
async def watching(baton: Program, key: str, range: Any = TODAY) -> AsyncIterator[Screen]:
    screen = Screen()
    state = await ConsistencyChecker(baton).subscribe(key, WATCH, {"range": range})
    assert isinstance(state, LiveState), state
    task = asyncio.create_task(state.follow(baton.baton.hub, screen))
    try:
        yield screen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_state_at_once_and_then_what_becomes_of_it(live: Program, shop: Shop, rival: Shop) -> None:
    async with watching(live, shop.analyst) as screen:
        assert await screen.shows(0) == {
            "range": {"start": "2026-06-07", "end": "2026-06-07"},
            "totalVolume": {"count": 0},
            "open": {"count": 0},
            "series": [{"key": "", "total": 0}],
        }
        started = await live.start(shop, anonymousId="one")
        assert (await screen.shows(1))["open"] == {"count": 1}
        await live.start(rival, anonymousId="one")
        await live.say(started, "A message changes no number, so it is no news")
        await live.reply(started, tags=["sizes"])
        await live.done(started.token, "closeConversation", conversationId=started.id)
        await live.start(shop, anonymousId="two")
        latest = await screen.shows(2)
        assert latest["series"] == [{"key": "sizes", "total": 1}, {"key": "", "total": 1}]
        assert len(screen.frames) == len(set(screen.frames)), "the same state was sent again"


async def test_a_read_that_lasts_over_midnight_is_good_for_no_time(baton: Program, shop: Shop) -> None:
    midnight = datetime(2026, 6, 9, tzinfo=UTC)
    baton.clock.set(midnight - timedelta(seconds=1))
    state = await ConsistencyChecker(baton).subscribe(shop.analyst, WATCH, {"range": TODAY})
    assert isinstance(state, LiveState), state
    await state.read()
    assert state.query.good_for() == 1
    baton.clock.set(midnight + timedelta(milliseconds=1))
    assert state.query.good_for() == 0
    await state.read()
    assert state.query.good_for() == pytest.approx(86_400 - 0.001)


async def test_imports_and_another_zone_are_news(live: Program, shop: Shop) -> None:
    yesterday = {"between": {"start": "2026-06-08", "end": "2026-06-08"}}
    async with watching(live, shop.owner, yesterday) as screen:
        await screen.shows(0)
        await live.start(shop, anonymousId="one")
        await live.done(shop.owner, "updateAccount", timeZone="Pacific/Kiritimati")  # in its time zone, the next day
        await screen.shows(1)
    async with watching(live, shop.owner, {"between": {"start": "2026-03-27", "end": "2026-03-31"}}) as screen:
        await screen.shows(0)
        history = History(live, shop, 1)
        while not (found := await _volume(live, shop)):
            await history.import_batch()
        await screen.shows(found)


async def _volume(baton: Program, shop: Shop) -> int:
    start, end = datetime(2026, 3, 27, tzinfo=UTC).date(), datetime(2026, 3, 31, tzinfo=UTC).date()
    count: int = (await report(baton, shop, start, end))["totalVolume"]["count"]
    return count


async def test_at_most_one_look_a_second_however_many_watch(live: Program, shop: Shop) -> None:
    watchers = 40
    screens: list[Screen] = []
    async with asyncio.TaskGroup() as tasks:
        for key in [shop.analyst] * watchers:
            screen = Screen()
            state = await ConsistencyChecker(live).subscribe(key, WATCH, {"range": TODAY})
            assert isinstance(state, LiveState)
            screens.append(screen)
            tasks.create_task(_until_done(state, live, screen))
        await asyncio.gather(*(screen.shows(0) for screen in screens))
        began = time.monotonic()
        for n in range(60):
            await live.mutate_brief(
                shop.widget, "startConversation", channel="WEB_CHAT", text="Hi", visitor={"anonymousId": str(n)}
            )
        await asyncio.gather(*(screen.shows(60) for screen in screens))
        looks = len({id(frame) for screen in screens for frame in screen.frames})
        assert looks <= time.monotonic() - began + 2, "one look a second, the first at once"
        assert all(len(screen.frames) <= looks for screen in screens)
        for screen in screens:
            screen.done.set()


async def _until_done(state: LiveState, baton: Program, screen: Screen) -> None:
    following = asyncio.create_task(state.follow(baton.baton.hub, screen))
    await screen.done.wait()
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following


async def test_midnight_moves_the_days_though_nothing_happens(live: Program, shop: Shop) -> None:
    await live.start(shop, anonymousId="one")
    live.clock.set(datetime(2026, 6, 7, 23, 59, 59, 900_000, tzinfo=UTC))
    async with watching(live, shop.manager) as screen:
        assert (await screen.shows(1))["range"] == {"start": "2026-06-07", "end": "2026-06-07"}
        live.clock.set(datetime(2026, 6, 8, tzinfo=UTC))
        assert (await screen.shows(0))["range"] == {"start": "2026-06-08", "end": "2026-06-08"}
        assert len(screen.frames) == 2


async def test_what_cannot_be_asked_is_refused(live: Program, shop: Shop) -> None:
    backwards = {"between": {"start": "2026-06-08", "end": "2026-06-07"}}
    for key, range, code in ((shop.owner, backwards, "INVALID"), (shop.support, TODAY, "FORBIDDEN")):
        refused = await ConsistencyChecker(live).subscribe(key, WATCH, {"range": range})
        assert isinstance(refused, OperationResult)
        assert [error["extensions"]["code"] for error in refused.errors] == [code]
