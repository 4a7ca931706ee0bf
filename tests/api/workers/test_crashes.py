"""A worker dies at each of its awaits in turn. The next worker must leave exactly one ticket, with its number recorded,
and one comment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from api.workers.outbox_delivery import OutboxDelivery
from dev.fakes.gorgias import Gorgias
from dev.fakes.zendesk import Zendesk
from domain.delivery.model import AttemptOutcome
from domain.model.connected_services import Service
from domain.model.outbox import Destination, OutgoingState, queue_name
from domain.outbox.ports import RateLimitDecision
from integrations.mongo.bulkhead import Bulkhead
from tests.api.workers.many_handoffs import delivery_counts, external_ids, hand_over_many
from tests.harness.clock import START
from tests.harness.dying import Dying
from tests.harness.outbox import SHORT, dispatcher, expire_leases, hand_over_to, rows
from tests.harness.program import Program, Shop
from tests.harness.workers import deliver_due

MOST_AWAITS = 400
LATER = START + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _calls_die_with_their_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies takes its database calls with it, at whatever await they are; a bulkhead would end them."""

    async def run(_: Bulkhead, call: Callable[[], Awaitable[Any]], *, to_its_end: bool = False) -> Any:
        return await call()

    monkeypatch.setattr(Bulkhead, "run", run)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", [Service.ZENDESK, Service.GORGIAS])
async def test_a_death_at_every_await(
    baton: Program, second: Program, shop: Shop, zendesk: Zendesk, gorgias: Gorgias, service: Service
) -> None:
    await hand_over_to(baton, shop, service)
    worker = dispatcher(baton, timeouts=SHORT)
    outgoing = baton.database["outgoing"]
    awaits, reached = 0, True
    while reached:
        await hand_over_many(baton, shop, 1, comments=1)
        reached = await _hand_over(baton, worker.delivery, shop, service, dies_at=awaits)
        awaits += 1
        assert awaits < MOST_AWAITS
        # The row of the dead worker is retried at the end, so that the next one gets a new row.
        await outgoing.update_many({"due_at": {"$lt": LATER}}, {"$set": {"due_at": LATER}})
    assert awaits > 20, "a delivery has many awaits to die in"

    baton.clock.set(LATER)
    taking_over = dispatcher(second, timeouts=SHORT, max_calls_per_queue=200, max_calls=200)
    for _ in range(10):
        await expire_leases(baton)
        await deliver_due(taking_over)
        baton.clock.move(timedelta(minutes=2))

    kept = await rows(baton, shop)
    assert len(kept) == 2 * awaits
    assert {row.state for row in kept} == {OutgoingState.DELIVERED}
    assert set(delivery_counts(zendesk, gorgias).values()) == {1}
    tickets = [row for row in kept if row.message_id is None]
    assert {row.ticket_id: row.external_id for row in tickets} == external_ids(zendesk, gorgias)
    assert delivery_counts(zendesk, gorgias).total() == 2 * awaits
    died_in_a_call = [row for row in tickets if row.attempts[0].outcome is AttemptOutcome.INTERRUPTED]
    assert len(died_in_a_call) >= 5, "some died between the first byte and the record"


async def _hand_over(program: Program, delivery: OutboxDelivery, shop: Shop, service: Service, *, dies_at: int) -> bool:
    """Deliver the next row; return whether the nth await was reached."""
    queue, now = queue_name(shop.id, Destination(service.value)), program.clock.now()
    row = await program.baton.ports.queues.claim(queue, f"token {dies_at}", SHORT, now)
    assert row is not None
    dying = Dying(delivery.deliver(shop.id, queue, row, RateLimitDecision()), dies_at)

    async def hand_over() -> None:
        await dying

    [outcome] = await asyncio.gather(asyncio.create_task(hand_over()), return_exceptions=True)
    assert outcome is None or isinstance(outcome, asyncio.CancelledError), outcome
    return dying.reached
