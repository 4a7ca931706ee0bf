"""The checks name damaged records, and go on: none of them ends with an error."""

from __future__ import annotations

import random
import sys

from api.cli.doctor import _sealed, _waiting
from domain.doctor import Check
from tests.e2e.test_damaged_records import insert_damaged
from tests.harness.program import Program, Shop
from tests.resolvers.conftest import baton, shop

__all__ = ["baton", "shop"]
_ROUNDS = 3


async def test_damaged_records_of_every_kind_are_named(baton: Program, shop: Shop) -> None:
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    rng, ports = random.Random(seed), baton.baton.ports
    talk = await baton.start(shop, "zanzibar", key=shop.owner)
    for _ in range(_ROUNDS):
        await insert_damaged(baton.database, shop.id, rng)
    found = []
    for check in (ports.doctor, *ports.integrity_checks):
        found += [finding async for finding in check.examine(lambda _: None)]
    for findings in (_waiting(baton.baton), _sealed(baton.baton)):
        found += [finding async for finding in findings]
    named = {each.where.split(" ")[2] for each in found if each.check is Check.RECORDS if each.where.startswith("acc")}
    assert {"conversations", "messages", "events", "orders", "outgoing"} <= named
    assert not [each for each in found if talk.key in each.where], "what is sound is no finding"
    for check in ports.integrity_checks:
        await check.repair(lambda _: None)
    assert (await baton.reply(talk, "It goes on."))["errors"] == []


async def test_a_damaged_record_is_named_once_with_its_place(baton: Program, shop: Shop) -> None:
    talk = await baton.start(shop, "zanzibar", key=shop.owner)
    await baton.database["messages"].update_one({"conversation_id": talk.key}, {"$set": {"sent_at": "zanzibar"}})
    [check] = [each for each in baton.baton.ports.integrity_checks if type(each).__name__ == "RecordCheck"]
    [finding] = [each async for each in check.examine(lambda _: None)]
    assert (finding.check, "messages" in finding.where) == (Check.RECORDS, True)
    assert "zanzibar" not in finding.problem
    assert "$.sent_at" in finding.problem
