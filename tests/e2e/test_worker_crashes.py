"""Workers killed with SIGKILL during deliveries: each handoff becomes exactly one ticket with its number."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.faults import slow
from dev.fakes.gorgias import Gorgias
from dev.fakes.server import serving
from dev.fakes.zendesk import Zendesk
from domain.model.connected_services import Service
from domain.model.outbox import OutgoingState
from tests.api.workers.many_handoffs import delivery_counts, external_ids, hand_over_many
from tests.e2e.processes import PATIENCE, Machine, Process
from tests.harness.clock import ManualClock
from tests.harness.outbox import hand_over_to, rows
from tests.harness.program import ENCRYPTION_KEY, SECRET, Program, running

ROUNDS = 60 if "BATON_LONG" in os.environ else 12
HANDOFFS = 4  # a round, half of them to each helpdesk: as fast as its pace lets them go


@pytest.mark.timeout(120 + 15 * ROUNDS)
async def test_workers_that_are_killed_make_one_ticket_of_each_handoff(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    tmp_path: Path,
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "workers"))
    zendesk, gorgias = Zendesk(), Gorgias()
    zendesk.faults.plan = gorgias.faults.plan = lambda _: slow(rng.uniform(0.0, 0.25))
    async with serving(zendesk) as zendesk.url, serving(gorgias) as gorgias.url:
        given = {"zendesk_url": zendesk.url, "gorgias_url": gorgias.url}
        clock = ManualClock(datetime.now(UTC).replace(microsecond=0))
        uri, name = shared_mongo["BATON_MONGODB_URI"], shared_mongo["BATON_MONGODB_DATABASE"]
        async with running(uri, name, tmp_path / "here", mongo_client, clock, **given) as program:
            environment = {
                **shared_mongo,
                "BATON_SECRET": SECRET,
                "BATON_ENCRYPTION_KEY": ENCRYPTION_KEY,
                "BATON_ZENDESK_URL": zendesk.url,
                "BATON_GORGIAS_URL": gorgias.url,
                "BATON_CALL_SECONDS": "1",
            }
            shops = [await program.open_shop("North"), await program.open_shop("South")]
            for shop, service in zip(shops, (Service.ZENDESK, Service.GORGIAS), strict=True):
                await hand_over_to(program, shop, service)
            worker = await working(machine, environment)
            for _ in range(ROUNDS):
                for shop in shops:
                    await hand_over_many(program, shop, HANDOFFS // 2)
                successor = asyncio.create_task(working(machine, environment))
                await asyncio.sleep(rng.uniform(0.05, 0.4))
                await worker.kill()
                worker = await successor
            await until_done(program)
            kept = [row for shop in shops for row in await rows(program, shop)]
    assert len(kept) == ROUNDS * HANDOFFS
    assert {row.state for row in kept} == {OutgoingState.DELIVERED}
    assert set(delivery_counts(zendesk, gorgias).values()) == {1}
    assert delivery_counts(zendesk, gorgias).total() == len(kept)
    assert {row.ticket_id: row.external_id for row in kept} == external_ids(zendesk, gorgias)
    attempts = [attempt.outcome.value for row in kept for attempt in row.attempts]
    assert attempts.count("delivered") == len(kept)
    assert "interrupted" in attempts, "nobody died in a call"


async def working(machine: Machine, environment: dict[str, str]) -> Process:
    process = await machine.run("worker", **environment)
    assert "at work" in await process.line()
    return process


async def until_done(program: Program) -> None:
    async with asyncio.timeout(2 * PATIENCE):
        while await program.database["outgoing"].count_documents({"state": "PENDING"}):  # noqa: ASYNC110 - the condition is in the database
            await asyncio.sleep(0.1)
