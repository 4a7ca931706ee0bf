"""Counters that are damaged, lost or outdated are reported by the doctor, and rebuilt while writes continue."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from domain.doctor import Check, Severity
from integrations.mongo.stats.counters import flattened
from tests.harness.program import Program, Shop
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.metrics.reference import check, rows_of
from tests.resolvers.metrics.test_one_snapshot import write

STEPS = 25


def first_path(hour: dict[str, Any]) -> str:
    """Return the path of the first cell of an hour's conversations."""
    return flattened(hour["conversations"])[0][0]


async def findings(baton: Program) -> list[tuple[Severity, str]]:
    found = [finding async for finding in baton.baton.ports.counters.examine(lambda _: None)]
    assert {finding.check for finding in found} <= {Check.COUNTERS}
    return [(finding.severity, finding.problem) for finding in found]


async def history(baton: Program, shop: Shop) -> None:
    baton.clock.set(START)
    played = History(baton, shop, 21)
    for _ in range(STEPS):
        await played.step()


async def test_damage_is_reported_and_repaired_later(baton: Program, shop: Shop, rival: Shop) -> None:
    await history(baton, shop)
    await baton.start(rival, anonymousId="one")
    assert await findings(baton) == []
    counters = baton.database["account_state"]
    day = await counters.find_one({"_id": {"$regex": f"^{shop.id}"}, "day": {"$exists": True}})
    assert day is not None
    elsewhere = {"$not": {"$regex": day["day"]}, "$regex": f"^{shop.id}"}
    hour = await counters.find_one({"_id": elsewhere, "hour": {"$exists": True}})
    assert hour is not None
    await counters.update_one(
        {"_id": day["_id"]}, {"$inc": {"by_channel_status.WEB_CHAT:OPEN": 3, "by_tag.untagged": -1}}
    )
    await counters.delete_one({"_id": hour["_id"]})
    lost = {
        "_id": f"{shop.id}|UTC|2019-01-01",
        "day": "2019-01-01",
        "by_channel_status": {"WEB_CHAT:OPEN": 1},
    }
    await counters.insert_one(lost)
    told = await findings(baton)
    assert {severity for severity, _ in told} == {Severity.ERROR}
    assert "cells that differ: 2" in [problem for _, problem in told]
    assert len(told) >= 3
    before = await baton.fingerprints()
    assert len(await findings(baton)) == len(told), "looking changed something"
    assert await baton.fingerprints() == before
    assert await baton.baton.ports.counters.repair(lambda _: None) >= 3
    assert await findings(baton) == []
    assert await baton.baton.ports.counters.repair(lambda _: None) == 0
    start = START.date() - timedelta(days=20)
    await check(baton, shop, start, START.date(), "UTC", tag=["returns"])


async def test_an_account_older_than_its_counters(baton: Program, second: Program, shop: Shop) -> None:
    """Reports are correct before the counters are rebuilt, and the same afterwards."""
    await history(baton, shop)
    for name in ("counter_state", "tag_dictionary"):
        await baton.database[name].delete_many({})
    await baton.database["account_state"].delete_many(
        {"$or": [{"hour": {"$exists": True}}, {"day": {"$exists": True}}]}
    )
    await baton.database["events"].update_many({}, {"$unset": {"history": True}})
    start, end = START.date() - timedelta(days=30), START.date()
    assert await findings(baton) == [
        (Severity.WARNING, "the counters are not complete yet; reports are correct, but slower")
    ]
    older = await check(second, shop, start, end, "UTC")
    tagged = await check(second, shop, start, end, "UTC", tag=["returns", "a.b"], channel=["WEB_CHAT", "SMS"])
    assert await second.baton.ports.counters.catch_up() == 1
    assert await second.baton.ports.counters.catch_up() == 0
    assert await findings(second) == []
    assert await check(second, shop, start, end, "UTC") == older
    assert await check(second, shop, start, end, "UTC", tag=["returns", "a.b"], channel=["WEB_CHAT", "SMS"]) == tagged


async def test_rebuilt_while_two_processes_write(baton: Program, second: Program, shop: Shop) -> None:
    await history(baton, shop)
    stop = asyncio.Event()
    writers = [asyncio.create_task(write(each, shop, f"w{n}", stop)) for n, each in enumerate((baton, second))]
    try:
        for zone in ("Asia/Tokyo", "America/New_York"):
            counters = baton.database["account_state"]
            async for hour in counters.find({"_id": {"$regex": f"^{shop.id}"}, "hour": {"$exists": True}}):
                await counters.update_one({"_id": hour["_id"]}, {"$inc": {f"conversations.{first_path(hour)}": 5}})
            await baton.done(shop.owner, "updateAccount", timeZone=zone)
            await second.baton.ports.counters.catch_up()
            assert await baton.baton.ports.counters.repair(lambda _: None) > 0
    finally:
        stop.set()
        await asyncio.gather(*writers)
    assert await findings(baton) == []
    rows = await rows_of(baton, shop)
    await check(baton, shop, START.date() - timedelta(days=3), START.date(), "America/New_York", rows)
    zones = await baton.database["account_state"].distinct("time_zone")
    assert zones == ["America/New_York"]
