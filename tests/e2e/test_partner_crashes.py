"""SIGKILL of the worker while it delivers events to a partner: all arrive, in order."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.faults import slow
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from resolvers.relay.global_ids import to_global_id
from tests.e2e.clients import calling
from tests.e2e.processes import Machine, until

ROUNDS = 20 if "BATON_LONG" in os.environ else 3
EVENTS = 8  # events in a round
CREATE = """mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  endpoint { id } secret errors { code message path } } }"""


def at_least(receiver: WebhookReceiver, count: int) -> bool:
    return len(receiver.messages) >= count


@pytest.mark.timeout(60 + 30 * ROUNDS)
async def test_a_partner_gets_everything_whenever_the_worker_dies(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    database_name: str,
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "partners"))
    receiver = WebhookReceiver()
    receiver.faults.plan = lambda _: slow(0.02)
    # Short time-outs make short leases, so that a dead worker blocks the others only briefly.
    server = await machine.serve(**shared_mongo, BATON_WORKER="false", BATON_WEBHOOK_PRIVATE_NETWORKS="true")
    told = {**shared_mongo, "BATON_WEBHOOK_PRIVATE_NETWORKS": "true", "BATON_CALL_SECONDS": "1"}
    told["BATON_DATA"] = str(server.data)  # with the keys that open the endpoint's secret
    async with serving(receiver) as url, calling(server.url, rng=rng) as caller:
        wish = {"url": f"{url}/hooks", "topics": ["CONVERSATION_STARTED"]}
        created = await caller.command(server.keys["ownerKey"], CREATE, **wish)
        receiver.secrets.append(created["secret"])
        for done in range(ROUNDS):
            worker = await machine.run("worker", **told)
            assert "at work" in await worker.line()
            await asyncio.gather(
                *(caller.start(server.keys["publishableKey"], f"Round {done}, {n}") for n in range(EVENTS))
            )
            enough = min(len(receiver.messages) + rng.randrange(EVENTS), (done + 1) * EVENTS)
            await until(partial(at_least, receiver, enough))
            await worker.kill()
        survivor = await machine.run("worker", **told)
        await until(lambda: len(receiver.events) == ROUNDS * EVENTS)
        await survivor.kill()
    rows = await mongo_client[database_name]["business_events"].find().sort("seq").to_list()
    ids = [to_global_id("ConversationStartedEvent", row["_id"]) for row in rows]
    assert len(ids) == ROUNDS * EVENTS
    assert receiver.ids == ids
    behind = 0
    for message in receiver.messages:  # only events in flight are repeated, and the order continues from there
        place = ids.index(message["data"]["id"])
        assert behind - 1 <= place <= behind
        behind = max(behind, place + 1)
    assert len(receiver.messages) <= len(ids) + ROUNDS
    assert all(int(r.headers["webhook-timestamp"]) <= datetime.now(UTC).timestamp() for r in receiver.received)
