"""Shoppers' activity is compared with the events, and rebuilt from them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.doctor import Check, Finding
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running

CARD = {"productId": "p1", "title": "Kettle"}


@pytest.fixture
async def program(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock()) as program:
        yield program


async def _found(program: Program) -> list[Finding]:
    return [
        finding
        for derived in program.baton.ports.integrity_checks
        async for finding in derived.examine(lambda _: None)
        if finding.check is Check.ACTIVITY
    ]


async def _some_activity(program: Program) -> Shop:
    shop = await program.open_shop("Shop")
    for name in ("ann", "bob", "eve"):
        await program.reply(await program.start(shop, email=f"{name}@example.com"), products=[CARD])
    order = {"orderId": "1", "total": {"amount": "5.00", "currency": "EUR"}, "email": "ann@example.com"}
    await program.done(shop.owner, "recordOrder", placedAt="2026-06-07T11:00:00Z", **order)
    return shop


async def test_correct_data_is_not_changed(program: Program) -> None:
    await _some_activity(program)
    before = await program.everything()
    assert await _found(program) == []
    assert await _repaired(program) == 0
    assert await program.everything() == before


async def test_damage_is_reported_and_repaired(program: Program) -> None:
    await _some_activity(program)
    right = await program.everything()
    rows = program.database["account_state"]
    ann, bob, eve = [row["_id"] for row in right["account_state"] if "not_bought_since" in row]
    await rows.update_one({"_id": ann}, {"$unset": {"last_order_at": True}})
    await rows.delete_one({"_id": bob})
    await rows.update_one({"_id": eve}, {"$set": {"not_bought_since": []}})
    await rows.insert_one({"_id": "0" * 26, "account": right["profiles"][0]["account"], "not_bought_since": []})
    await rows.update_one({"by_type": {"$exists": True}}, {"$inc": {"by_type.CONVERSATION_STARTED.count": 1}})
    found = await _found(program)
    assert [finding.problem for finding in found] == [
        "they differ from the stored events",
        "it is part of another profile, but has activity of its own",
        "its activity differs from its events and orders",
        "its activity is missing",
        "its activity differs from its events and orders",
    ]
    assert await _repaired(program) == 5
    assert await program.everything() == right
    assert await _found(program) == []


async def _repaired(program: Program) -> int:
    return sum([await derived.repair(lambda _: None) for derived in program.baton.ports.integrity_checks])
