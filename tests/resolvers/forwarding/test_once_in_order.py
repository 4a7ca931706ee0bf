"""Events arrive in order and each once, with several processes that die at any point."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from dev.fakes.faults import cut_after
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from tests.e2e.processes import until
from tests.harness.program import Program, Shop
from tests.harness.workers import forward_due
from tests.resolvers.forwarding.endpoints import events_of, forward, read_endpoint, start_conversations, subscribe

LEASE = timedelta(seconds=60)
CRASHES = 200 if "BATON_LONG" in os.environ else 12


@pytest.fixture
async def workers(baton: Program, tmp_path: Path) -> AsyncIterator[list[Program]]:
    """Three processes."""
    async with AsyncExitStack() as stack:
        twins = [await stack.enter_async_context(baton.twin(tmp_path / f"worker-{n}")) for n in (1, 2)]
        yield [baton, *twins]


async def die_somewhere(worker: Program, rng: random.Random) -> None:
    """A worker that is cancelled after the given number of steps, and gives no lease back."""
    task = asyncio.ensure_future(forward_due(worker.baton.workers.forwarding))
    for _ in range(rng.randrange(400)):
        await asyncio.sleep(0)
        if task.done():
            break
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    worker.baton.workers.forwarding._busy.clear()


def assert_never_a_gap(ids: list[str], came: list[str]) -> None:
    """Assert that repeated events have the same id, and that the order continues from there."""
    behind = 0
    for event in came:
        place = ids.index(event)
        assert place <= behind, "an event was left out"
        behind = max(behind, place + 1)
    assert behind == len(ids)


async def test_a_worker_dies_at_each_await(
    baton: Program, shop: Shop, receiver: WebhookReceiver, workers: list[Program]
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "partners"))
    endpoint = await subscribe(baton, shop, receiver)
    receiver.faults.plan = lambda _: rng.choice([None, None, None, cut_after()])
    for n in range(CRASHES):
        await start_conversations(baton, shop, 1, first=n + 1)
        await die_somewhere(rng.choice(workers), rng)
        baton.clock.move(LEASE + timedelta(seconds=20))
    receiver.faults.clear()
    while await baton.database["forwardings"].count_documents({"position": {"$lt": await head(baton, shop)}}):
        await forward(rng.choice(workers))
        baton.clock.move(timedelta(hours=2))
    ids = await events_of(baton, shop)
    assert len(ids) == CRASHES
    assert receiver.ids == ids
    assert_never_a_gap(ids, [message["data"]["id"] for message in receiver.messages])
    assert (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]["totalCount"] == 0


async def head(baton: Program, shop: Shop) -> int:
    [event] = await baton.database["business_events"].find({"account": shop.id}).sort("seq", -1).limit(1).to_list()
    return int(event["seq"])


async def test_taken_and_dead_before_it_was_noted(
    baton: Program, shop: Shop, receiver: WebhookReceiver, workers: list[Program]
) -> None:
    """The worst moment: the receiver has the event, and the sender has no response."""
    await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    dying = asyncio.ensure_future(forward_due(baton.baton.workers.forwarding))
    receiver.faults.plan = lambda _: dying.cancel() and None
    with suppress(asyncio.CancelledError):
        await dying
    receiver.faults.clear()
    assert len(receiver.messages) == 1
    assert await forward(workers[1]) == 0  # the lease holds
    baton.clock.move(LEASE)
    assert await forward(workers[1]) == 3
    ids = await events_of(baton, shop)
    assert [message["data"]["id"] for message in receiver.messages] == [ids[0], *ids]
    assert len({received.body for received in receiver.received[:2]}) == 1


async def test_several_at_once_hand_each_over_once(
    baton: Program, shop: Shop, receiver: WebhookReceiver, workers: list[Program]
) -> None:
    endpoints = [await subscribe(baton, shop, receiver, path=f"/{n}") for n in range(3)]
    over = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for worker in workers:
            tasks.create_task(worker.baton.workers.forwarding.run(over))
        await start_conversations(baton, shop, 8)
        await until(lambda: len(receiver.received) >= 8 * len(endpoints))
        over.set()
    ids = await events_of(baton, shop)
    for n in range(len(endpoints)):
        assert [r.headers["webhook-id"] for r in receiver.received if r.path == f"/{n}"] == ids


async def test_a_lease_that_runs_out_in_mid_call(
    baton: Program, shop: Shop, receiver: WebhookReceiver, workers: list[Program]
) -> None:
    """A worker that was suspended past its lease records nothing."""
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    receiver.gates["/hooks"] = asyncio.Event()
    slow_one = asyncio.ensure_future(forward(baton))
    await until(lambda: receiver.messages)
    baton.clock.move(LEASE)
    gate = receiver.gates.pop("/hooks")
    assert await forward(workers[1]) == 3
    gate.set()
    assert await slow_one == 0
    ids = await events_of(baton, shop)
    assert receiver.ids == ids
    assert [message["data"]["id"] for message in receiver.messages] == [ids[0], *ids]
    [row] = await baton.database["forwardings"].find().to_list()
    assert (row["position"], row["fence"], "lease" in row) == (await head(baton, shop), 2, False)
    attempts = (await read_endpoint(baton, shop, endpoint))["forwarding"]["attempts"]
    assert [a["outcome"] for a in attempts] == ["delivered"] * 3


async def test_moved_back_while_it_is_being_handed_over(
    baton: Program, shop: Shop, receiver: WebhookReceiver, workers: list[Program]
) -> None:
    """A moved position wins over the result of a call that was running."""
    await start_conversations(baton, shop, 1)
    [before] = await events_of(baton, shop)
    cursor = (
        await baton.data(shop.owner, "query($id: ID!) { node(id: $id) { ... on BusinessEvent { cursor } } }", id=before)
    )["node"]["cursor"]
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 2, first=2)
    forwarding = (await read_endpoint(baton, shop, endpoint))["forwarding"]["id"]
    receiver.gates["/hooks"] = asyncio.Event()
    first = asyncio.ensure_future(forward(baton))
    await until(lambda: receiver.messages)
    await workers[1].done(shop.owner, "redeliverEvents", forwardingId=forwarding, after=cursor)
    receiver.gates.pop("/hooks").set()
    assert await first == 0
    baton.clock.move(LEASE)
    assert await forward(workers[1]) == 2
    ids = await events_of(baton, shop)
    assert [message["data"]["id"] for message in receiver.messages] == [ids[1], *ids[1:]]


async def test_an_unresponsive_endpoint_delays_no_other(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    other = WebhookReceiver(now=lambda: baton.clock.now().timestamp())
    stop = asyncio.Event()
    async with serving(other) as other.url:
        await subscribe(baton, shop, receiver, path="/silent")
        await subscribe(baton, shop, other)
        receiver.gates["/silent"] = asyncio.Event()
        await start_conversations(baton, shop, 3)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(baton.baton.workers.forwarding.run(stop))
            await until(lambda: len(other.messages) == 3 and len(receiver.messages) == 1)
            await start_conversations(baton, shop, 1, first=4)
            await until(lambda: len(other.messages) == 4)
            assert len(receiver.messages) == 1
            stop.set()
            receiver.gates.pop("/silent").set()
    assert other.ids == await events_of(baton, shop)


async def test_asked_to_stop_it_ends_between_two_events(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 5)
    stop = asyncio.Event()
    receiver.faults.plan = lambda _: stop.set() if len(receiver.received) == 2 else None  # type: ignore[func-returns-value]
    await baton.baton.workers.forwarding.run(stop)
    assert len(receiver.messages) == 2
    [row] = await baton.database["forwardings"].find().to_list()
    assert "lease" not in row
    receiver.faults.clear()
    assert await forward(baton) == 3
    assert receiver.ids == await events_of(baton, shop)
    assert len(receiver.messages) == 5
