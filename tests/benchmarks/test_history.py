"""The data of the benchmarks is consistent: the doctor finds no problem."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from benchmarks.history import Shop, generate
from domain.model.conversation import Conversation, Message
from domain.values.ids import AccountId
from integrations.mongo.collections import entity_document, entity_of
from tests.harness.clock import ManualClock
from tests.harness.program import running

COUNT = 150
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


async def test_a_history_is_sound_and_can_be_worked_with(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> None:
    account = await generate(mongo_uri, database_name, COUNT, now=NOW)
    stored = mongo_client[database_name]
    for kind, name in ((Conversation, "conversations"), (Message, "messages")):
        async for document in stored[name].find({}):
            assert entity_document(account, entity_of(kind, document)) == document  # type: ignore[arg-type,type-var]
    clock = ManualClock()
    clock.set(NOW)
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock) as program:
        ports, services = program.baton.ports, program.baton.services
        examined = [ports.doctor, *ports.integrity_checks]
        findings = [f for each in examined async for f in each.examine(lambda _: None)]
        assert [(f.check.name, f.where, f.problem) for f in findings if f.check.name != "CLOCK"] == []
        [owner] = await services.storage.read(account).staff()
        key = (await services.accounts.create_staff_key(account, owner.id)).token
        data = await program.data(
            key,
            '{ conversations(filter: {search: "order"}) { totalCount nodes { id } } '
            'metrics(range: {between: {start: "2025-10-01", end: "2026-11-30"}}) '
            "{ totalVolume { count conversations { totalCount } } } }",
        )
        assert data["conversations"]["totalCount"] > COUNT / 20
        assert data["metrics"]["totalVolume"] == {"count": COUNT, "conversations": {"totalCount": COUNT}}


def test_the_same_seed_makes_the_same_shop() -> None:
    made = [list(Shop(AccountId("A"), count=50, seed=seed, now=NOW, head=1).chunks()) for seed in (7, 7, 8)]
    assert made[0] == made[1] != made[2]
