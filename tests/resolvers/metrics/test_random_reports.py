"""Random histories and random queries: every number, series and list equals a plain recount."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.harness.program import Json, Program, Shop
from tests.resolvers.metrics.histories import CORNERS, START, TAGS, ZONES, History
from tests.resolvers.metrics.reference import CHANNELS, check, rows_of

LONG = "BATON_LONG" in os.environ
SEEDS = range(60) if LONG else range(3)
STEPS = 80 if LONG else 30


def question(random: Random, now: datetime) -> tuple[date, date, Json]:
    middle = random.choice([*CORNERS, now, now]).date()
    start = middle - timedelta(days=random.randrange(3))
    how: Json = {}
    if random.random() < 0.4:
        how["channel"] = random.sample(CHANNELS, random.randrange(1, 3))
    if random.random() < 0.5:
        how["tag"] = random.sample([*TAGS, "never used"], random.randrange(1, 4))
    return start, start + timedelta(days=random.randrange(8)), how


async def clean(baton: Program) -> None:
    assert [finding async for finding in baton.baton.ports.counters.examine(lambda _: None)] == []


@pytest.mark.parametrize("seed", SEEDS)
async def test_reports_are_what_a_recount_makes(baton: Program, shop: Shop, seed: int) -> None:
    random = Random(seed)
    baton.clock.set(START)
    zone = random.choice(ZONES)
    await baton.done(shop.owner, "updateAccount", timeZone=zone)
    history = History(baton, shop, seed)
    past: list[tuple[datetime, list[Json]]] = []
    for step in range(STEPS):
        await history.step()
        baton.clock.move(timedelta(seconds=random.choice([0, 1, 600, 7_200])))
        if step % 10 == 9:
            past.append((baton.clock.now(), await rows_of(baton, shop)))
            baton.clock.move(timedelta(seconds=1))
        if step == STEPS // 2:
            await baton.baton.workers.timers.fire_due()
    for zone in (zone, *random.sample(ZONES, 2)):  # noqa: B020 - its own first
        await baton.done(shop.owner, "updateAccount", timeZone=zone)
        rows = await rows_of(baton, shop)
        for made in (False, True):  # from hourly counters, until the daily ones are built
            if made:
                await baton.baton.ports.counters.catch_up()
                await clean(baton)
            for _ in range(3):
                start, end, how = question(random, baton.clock.now())
                await check(baton, shop, start, end, zone, rows, **how)
        at, then = random.choice(past)
        start, end, how = question(random, at)
        await check(baton, shop, start, end, zone, then, as_of=at, **how)


async def test_a_clock_that_jumps(baton: Program, shop: Shop) -> None:
    """With clock skew between servers, counters still equal the data."""
    random = Random(7)
    history = History(baton, shop, 7)
    for _ in range(STEPS):
        baton.clock.set(START + timedelta(seconds=random.randrange(-90_000, 90_000)))
        await history.step()
    await clean(baton)
    baton.clock.set(START + timedelta(days=3))
    for _ in range(6):
        start, end, how = question(random, START)
        await check(baton, shop, start, end, "UTC", **how)


async def test_narrowing_moves_nothing_to_another_class(baton: Program, shop: Shop) -> None:
    """Check each day alone, and all days together."""
    baton.clock.set(START)
    history = History(baton, shop, 3)
    for _ in range(STEPS):
        await history.step()
    start = START.date() - timedelta(days=5)
    whole = await check(baton, shop, start, START.date(), "UTC")
    parts: list[Any] = [
        await check(baton, shop, day, day, "UTC") for day in (start + timedelta(days=n) for n in range(6))
    ]
    for place in range(6):
        for group in ("channels", "statuses"):
            for one in whole[group]:
                [same] = [s for s in parts[place][group] if s["key"] == one["key"]]
                assert same["points"] == [one["points"][place]]
