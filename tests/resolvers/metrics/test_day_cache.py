"""Days that are remembered: brought up to date by what moved, passed over where they are of another instant or edition,
and never what an answer hangs on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from random import Random

import pytest

from domain.metrics.model import MetricsQuery, Totals
from domain.metrics.ports import Breakdown
from domain.values.calendar import DayRange
from integrations.mongo.client import connect
from integrations.mongo.stats import snapshots as moments_module
from integrations.mongo.stats.day_columns import DayColumnsCache
from integrations.mongo.stats.snapshots import MongoSnapshot, MongoSnapshots
from integrations.mongo.stats.tag_dictionary import TagCache
from tests.harness.program import Program, Shop
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.metrics.reference import check

TODAY = START.date()
PARTS = (Breakdown.COUNTS, Breakdown.TAGS, Breakdown.SKILLS, Breakdown.SALES)


@pytest.fixture
async def fresh(baton: Program) -> AsyncIterator[Callable[[], MongoSnapshots]]:
    """Of a process that remembers nothing yet."""
    database = connect(baton.uri, database=baton.baton.settings.mongodb_database)
    yield lambda: MongoSnapshots(database=database, clock=baton.clock, known=TagCache())
    await database.close()


async def tallies(moment: MongoSnapshot, question: MetricsQuery) -> list[Totals]:
    return [await moment.tally(question, part) for part in PARTS]


def some_days(random: Random) -> DayRange | None:
    start = TODAY - timedelta(days=random.choice([0, 1, 2, 10, 60]))
    return random.choice([DayRange(start=start, end=start + timedelta(days=random.choice([0, 3, 12]))), None])


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_remembered_is_what_is_there(
    baton: Program,
    second: Program,
    shop: Shop,
    fresh: Callable[[], MongoSnapshots],
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two processes write, one remembers, and has moments of earlier and later instants open side by side."""
    baton.clock.set(START)
    random = Random(seed)
    if seed == 2:
        monkeypatch.setattr(moments_module, "DayColumnsCache", lambda: DayColumnsCache(most=40))
    remembering, histories = fresh(), [History(baton, shop, seed), History(second, shop, seed + 100)]
    earlier: list[tuple[MongoSnapshot, MetricsQuery, list[Totals]]] = []
    for step in range(25):
        await random.choice(histories).step()
        question = MetricsQuery(days=some_days(random))
        moment = await remembering.at(shop.id)
        told = await tallies(moment, question)
        assert told == await tallies(await fresh().at(shop.id), question), f"step {step}"
        earlier.append((moment, question, told))
        before, asked, then = random.choice(earlier[-4:])
        again = MetricsQuery(days=asked.days, channels=frozenset(), tags=frozenset())
        assert await tallies(before, again) == then
    assert any(tally.statuses for _, _, told in earlier for tally in told)


async def test_only_days_that_moved_are_read_again(
    baton: Program, shop: Shop, fresh: Callable[[], MongoSnapshots]
) -> None:
    baton.clock.set(START)
    history = History(baton, shop, 5)
    for _ in range(12):
        await history.step()
    remembering, days = fresh(), DayRange(start=TODAY - timedelta(days=40), end=TODAY)
    told = await tallies(await remembering.at(shop.id), MetricsQuery(days=days))
    unseen = {"_id": {"$regex": f"^{shop.id}"}, "day": {"$lt": TODAY.isoformat()}}
    await baton.database["counter_days"].delete_many(unseen)  # behind the log's back
    await baton.start(shop, anonymousId="somebody new")
    [counts, *_] = await tallies(await remembering.at(shop.id), MetricsQuery(days=days))
    assert sum(map(sum, counts.statuses.values())) == sum(map(sum, told[0].statuses.values())) + 1
    assert [sum(row[:-1]) for row in counts.channels.values()] == [sum(row[:-1]) for row in told[0].channels.values()]


async def test_a_repair_is_seen_at_once(baton: Program, shop: Shop) -> None:
    """It moves no log."""
    baton.clock.set(START)
    await baton.start(shop, anonymousId="one")
    await baton.database["counter_days"].update_one({"account": shop.id}, {"$inc": {"n.wo": 3}})
    wrong = MetricsQuery(days=DayRange(start=TODAY, end=TODAY))
    [counts, *_] = await tallies(await baton.baton.ports.moments.at(shop.id), wrong)  # type: ignore[arg-type]
    assert sum(map(sum, counts.statuses.values())) == 4
    assert await baton.baton.ports.counters.repair(lambda _: None) == 1
    await check(baton, shop, TODAY, TODAY, "UTC")


async def test_another_zone_has_days_of_its_own(baton: Program, shop: Shop) -> None:
    baton.clock.set(START)
    history = History(baton, shop, 8)
    for _ in range(12):
        await history.step()
    for zone in ("UTC", "Asia/Kathmandu", "UTC", "Pacific/Apia"):
        await baton.done(shop.owner, "updateAccount", timeZone=zone)
        for _ in range(2):
            await check(baton, shop, TODAY - timedelta(days=5), TODAY, zone)
            await baton.baton.ports.counters.catch_up()
        await history.step()
        await check(baton, shop, date(2026, 10, 24), TODAY + timedelta(days=1), zone)
