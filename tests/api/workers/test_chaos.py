"""Hundreds of handoffs under fault injection: faults of every kind at every call, three workers that are cancelled at
random, expiring leases, jumping clocks. Each handoff must end as one ticket, with every attempt recorded.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from api.workers.outbox_dispatcher import OutboxDispatcher
from dev.fakes.faults import (
    Fault,
    Received,
    cut_after,
    cut_before,
    failing,
    responding,
    silent_after,
    silent_before,
    slow,
    too_many,
    wrong_body,
)
from dev.fakes.gorgias import Gorgias
from dev.fakes.zendesk import Zendesk
from domain.delivery.model import AttemptOutcome
from domain.model.connected_services import Service
from domain.model.outbox import OutgoingState
from domain.outbox.ports import Timeouts
from tests.api.workers.many_handoffs import delivery_counts, external_ids, hand_over_many
from tests.harness.outbox import dispatcher, expire_leases, hand_over_to, rows
from tests.harness.program import Program, Shop
from tests.harness.workers import deliver_due

LONG = "BATON_LONG" in os.environ
HANDOFFS = 10_000 if LONG else 300
SHOPS = 40 if LONG else 6
FAULTY = 0.18  # of the calls
PATIENCE = Timeouts(call=timedelta(seconds=1))
FAULTS: tuple[Callable[[], Fault], ...] = (
    cut_before,
    cut_after,
    silent_before,
    silent_after,
    lambda: slow(0.1),
    lambda: slow(1.5),
    lambda: failing(500),
    lambda: failing(502, retry_after=3),
    failing,
    lambda: too_many(retry_after=5),
    too_many,
    lambda: responding(409, {"error": "Conflict"}),
    wrong_body,
    lambda: wrong_body(b"{}"),
)
# Clock steps between two passes: also backwards, and beyond the lifetime of Zendesk's idempotency keys.
LEAPS = (*(timedelta(seconds=s) for s in (20, 60, 300)), timedelta(hours=1), timedelta(hours=3), timedelta(hours=-2))


class BadDays:
    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.over = False
        self.kinds: set[str] = set()
        self.requests = 0  # that have come

    def plan(self, _: Received) -> Fault | None:
        self.requests += 1
        if self.over or self._dice.random() > FAULTY:
            return None
        fault = self._dice.choice(FAULTS)()
        self.kinds.add(f"{fault.kind} {fault.status}")
        return fault


@pytest.mark.timeout(7_200 if LONG else 300)
async def test_bad_days(
    baton: Program, second: Program, zendesk: Zendesk, gorgias: Gorgias, record_property: Callable[[str, object], None]
) -> None:
    dice, bad = random.Random(7), BadDays(seed=8)
    zendesk.faults.plan = gorgias.faults.plan = bad.plan
    shops = [await open_desk(baton, number) for number in range(SHOPS)]
    for shop in shops:
        await hand_over_many(baton, shop, HANDOFFS // SHOPS + 1, comments=0)
    expected = SHOPS * (HANDOFFS // SHOPS + 1)
    assert expected >= HANDOFFS
    roomy = {"max_calls_per_queue": 20, "max_calls": 120, "timeouts": PATIENCE}
    workers = [dispatcher(program, **roomy) for program in (baton, second, baton)]

    looks = 0
    while left := await pending(baton):
        looks += 1
        assert looks < 400, f"{left} rows do not come to their end"
        await look(workers, bad, cut_off_after=dice.choice((None, None, dice.randint(1, 30))))
        await expire_leases(baton)
        baton.clock.move(dice.choice(LEAPS))
        bad.over = left < expected / 50 and looks > 20

    kept = [row for shop in shops for row in await rows(baton, shop)]
    assert len(kept) == expected
    assert {row.state for row in kept} == {OutgoingState.DELIVERED}
    assert delivery_counts(zendesk, gorgias) == {row.ticket_id: 1 for row in kept}
    assert {row.ticket_id: row.external_id for row in kept} == external_ids(zendesk, gorgias)
    outcomes = [attempt.outcome for row in kept for attempt in row.attempts]
    assert outcomes.count(AttemptOutcome.DELIVERED) >= expected
    assert {AttemptOutcome.RETRYING, AttemptOutcome.INTERRUPTED} <= set(outcomes)
    assert len(bad.kinds) >= 10, "every kind of fault had its turn"
    for shop in shops:
        await check_conversations(baton, shop)
    record_property("attempts", len(outcomes))


async def open_desk(program: Program, number: int) -> Shop:
    shop = await program.open_shop(f"Shop{number}")
    await hand_over_to(program, shop, Service.GORGIAS if number % 2 else Service.ZENDESK)
    return shop


async def look(workers: list[OutboxDispatcher], bad: BadDays, *, cut_off_after: int | None) -> None:
    """Run all workers concurrently, and cancel one of them when so many requests have come, or not at all."""
    begun = bad.requests
    looking = [asyncio.create_task(deliver_due(worker)) for worker in workers]
    if cut_off_after is not None:
        while bad.requests < begun + cut_off_after and not looking[0].done():  # noqa: ASYNC110 - the stand-ins count
            await asyncio.sleep(0.001)
        looking[0].cancel()
    for task in looking:
        with suppress(asyncio.CancelledError):
            await task


async def pending(program: Program) -> int:
    return await program.database["outgoing"].count_documents({"state": "PENDING"})


async def check_conversations(program: Program, shop: Shop) -> None:
    """Assert that ticket and handoff agree with the row, and show each attempt."""
    by_ticket = {row.ticket_id: row for row in await rows(program, shop)}
    found = await program.database["conversations"].find({"account": shop.id}).to_list()
    assert len(found) == len(by_ticket)
    for conversation in found:
        ticket = conversation["ticket"]
        row = by_ticket[ticket["_id"] if "_id" in ticket else ticket["id"]]
        assert (ticket["delivery"], ticket["external_id"]) == ("DELIVERED", row.external_id)
        assert ticket["attempt_count"] == len(row.attempts)
        assert [handoff["state"] for handoff in conversation["handoffs"]] == ["DELIVERED"]


@pytest.mark.timeout(300)
async def test_three_days_without_a_helpdesk(baton: Program, shop: Shop, zendesk: Zendesk, gorgias: Gorgias) -> None:
    """After an outage, everything is delivered once, in order, and within the rate limit."""
    await hand_over_to(baton, shop, Service.ZENDESK)
    zendesk.faults.plan = lambda _: cut_before()
    worker = dispatcher(baton, rate_limits={})
    handed_over = 0
    for _ in range(3 * 24):
        if handed_over < 20:
            await hand_over_many(baton, shop, 1, comments=2)
            handed_over += 1
        await deliver_due(worker)
        baton.clock.move(timedelta(hours=1))
    calls_while_down = len(zendesk.received)
    assert calls_while_down < 3 * 24 * 4, "who is down is asked now and then, not hammered"
    assert {row.state for row in await rows(baton, shop)} == {OutgoingState.PENDING}

    zendesk.faults.clear()
    per_minute = []
    for _ in range(24 * 60):
        before = len(zendesk.received)
        for _ in range(4):
            await deliver_due(worker)
            baton.clock.move(timedelta(seconds=15))
        per_minute.append(len(zendesk.received) - before)
        if not await pending(baton):
            break
    kept = await rows(baton, shop)
    assert {row.state for row in kept} == {OutgoingState.DELIVERED}
    assert set(delivery_counts(zendesk, gorgias).values()) == {1}
    assert delivery_counts(zendesk, gorgias).total() == 3 * 20
    assert max(per_minute) <= 200 * 2, "the pace is for attempts, each of at most two calls"
    for ticket in zendesk.tickets.values():
        texts = [comment["html_body"] if "html_body" in comment else comment["body"] for comment in ticket.comments]
        order = [("comment 0" in text, "comment 1" in text) for text in texts]
        assert order == [(False, False), (True, False), (False, True)]
