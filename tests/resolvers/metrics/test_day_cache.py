"""The cache of day columns: it is refreshed by what changed, unused where it is of another instant or cache key, and
never decides what a report says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from random import Random

import pytest

from domain.metrics.model import MetricsQuery, Totals
from domain.metrics.ports import Breakdown
from domain.values.calendar import DayRange
from integrations.mongo.client import connect
from integrations.mongo.stats import snapshots as snapshots_module
from integrations.mongo.stats.day_columns import DayColumnsCache
from integrations.mongo.stats.snapshots import MongoSnapshot, MongoSnapshots
from integrations.mongo.stats.tag_dictionary import TagCache
from tests.harness.program import Program, Shop
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.metrics.reference import check

TODAY = START.date()
BREAKDOWNS = (Breakdown.COUNTS, Breakdown.TAGS, Breakdown.SKILLS, Breakdown.SALES)


@pytest.fixture
async def fresh(baton: Program) -> AsyncIterator[Callable[[], MongoSnapshots]]:
    """Snapshots of a process whose caches are empty."""
    database = connect(baton.uri, database=baton.baton.settings.mongodb_database)
    yield lambda: MongoSnapshots(database=database, clock=baton.clock, tags=TagCache())
    await database.close()


async def totals_of(snapshot: MongoSnapshot, query: MetricsQuery) -> list[Totals]:
    return [await snapshot.totals(query, breakdown) for breakdown in BREAKDOWNS]


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
    """Two processes write. One caches, and has snapshots of earlier and later instants open at once."""
    baton.clock.set(START)
    random = Random(seed)
    if seed == 2:
        monkeypatch.setattr(snapshots_module, "DayColumnsCache", lambda: DayColumnsCache(max_cells=40))
    remembering, histories = fresh(), [History(baton, shop, seed), History(second, shop, seed + 100)]
    earlier: list[tuple[MongoSnapshot, MetricsQuery, list[Totals]]] = []
    for step in range(25):
        await random.choice(histories).step()
        query = MetricsQuery(days=some_days(random))
        snapshot = await remembering.at(shop.id)
        told = await totals_of(snapshot, query)
        assert told == await totals_of(await fresh().at(shop.id), query), f"step {step}"
        earlier.append((snapshot, query, told))
        before, asked, then = random.choice(earlier[-4:])
        again = MetricsQuery(days=asked.days, channels=frozenset(), tags=frozenset())
        assert await totals_of(before, again) == then
    assert any(totals.statuses for _, _, told in earlier for totals in told)


async def test_only_days_that_moved_are_read_again(
    baton: Program, shop: Shop, fresh: Callable[[], MongoSnapshots]
) -> None:
    baton.clock.set(START)
    history = History(baton, shop, 5)
    for _ in range(12):
        await history.step()
    remembering, days = fresh(), DayRange(start=TODAY - timedelta(days=40), end=TODAY)
    told = await totals_of(await remembering.at(shop.id), MetricsQuery(days=days))
    unseen = {"_id": {"$regex": f"^{shop.id}"}, "day": {"$lt": TODAY.isoformat()}}
    await baton.database["account_state"].delete_many(unseen)  # without an event
    await baton.start(shop, anonymousId="somebody new")
    [counts, *_] = await totals_of(await remembering.at(shop.id), MetricsQuery(days=days))
    assert sum(map(sum, counts.statuses.values())) == sum(map(sum, told[0].statuses.values())) + 1
    assert [sum(row[:-1]) for row in counts.channels.values()] == [sum(row[:-1]) for row in told[0].channels.values()]


async def test_a_repair_is_seen_at_once(baton: Program, shop: Shop) -> None:
    """A write that does not advance the log."""
    baton.clock.set(START)
    await baton.start(shop, anonymousId="one")
    await baton.database["account_state"].update_one(
        {"_id": {"$regex": f"^{shop.id}"}, "day": {"$exists": True}}, {"$inc": {"by_channel_status.WEB_CHAT:OPEN": 3}}
    )
    wrong = MetricsQuery(days=DayRange(start=TODAY, end=TODAY))
    [counts, *_] = await totals_of(await baton.baton.ports.snapshots.at(shop.id), wrong)  # type: ignore[arg-type]
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
