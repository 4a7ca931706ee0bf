"""Random histories of handoffs, as in `tests/resolvers/test_random_handoffs.py`, with a Zendesk that accepts, refuses,
fails, or succeeds without responding."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from dev.fakes.faults import Fault, cut_after, cut_before, failing, too_many
from dev.fakes.gorgias import Gorgias
from dev.fakes.zendesk import Zendesk, suspended
from domain.model.connected_services import Service
from domain.model.outbox import OutgoingKind, OutgoingState
from domain.principal import StaffRole
from tests.api.workers.many_handoffs import external_ids
from tests.harness.outbox import dispatcher, hand_over_to, rows
from tests.harness.program import Program, Shop
from tests.harness.workers import deliver_due
from tests.resolvers.test_random_handoffs import Scene, machine

LONG = "BATON_LONG" in os.environ
FAULTS: dict[str, Callable[[], Fault] | None] = {
    "takes": None,
    "refuses": lambda: suspended("Ann"),
    "fails": failing,
    "asks to wait": lambda: too_many(retry_after=30),
    "is cut off": cut_before,
    "says nothing of what it did": cut_after,
}


class Outside(Scene):
    """The scene with a helpdesk. A ticket that it refused stays in the inbox until somebody resolves it."""

    inbox_empties = False

    def __init__(
        self, programs: tuple[Program, Program], shop: Shop, colleague: tuple[str, str], desk: Zendesk
    ) -> None:
        super().__init__(programs, shop, colleague)
        self._desk = desk
        self._dispatchers = [dispatcher(program) for program in programs]

    async def deliver(self, day: str) -> None:
        """Deliver the outbox from both processes, with the faults of such a day."""
        fault = FAULTS[day]
        self._desk.faults.plan = None if fault is None else lambda received: _writing(received.method, fault())
        await asyncio.gather(*(deliver_due(each) for each in self._dispatchers))
        await self._check()


def _writing(method: str, fault: Fault) -> Fault | None:
    return fault if method in ("POST", "PUT") else None


@pytest.mark.timeout(3_600 if LONG else 600)  # a failure is shrunk first
async def test_random_handoffs_to_a_helpdesk(baton: Program, second: Program, shop: Shop, zendesk: Zendesk) -> None:
    await hand_over_to(baton, shop, Service.ZENDESK)
    accounts = baton.baton.services.accounts
    member = await baton.add_member(shop, "Colleague", "colleague@shop.example", StaffRole.SUPPORT)
    key = await accounts.create_staff_key(shop.id, member.id)
    scene = Outside((baton, second), shop, (member.id, key.token), zendesk)
    loop = asyncio.get_running_loop()

    def run(coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    class Histories(machine(scene, run)):  # type: ignore[misc]
        @rule(day=st.sampled_from(sorted(FAULTS)))
        def deliver(self, day: str) -> None:
            run(scene.deliver(day))

        @rule(seconds=st.sampled_from([10, 40, 900]))
        def wait_and_deliver(self, seconds: int) -> None:
            scene.chat.program.clock.move(timedelta(seconds=seconds))
            run(scene.deliver("takes"))

    await asyncio.to_thread(
        run_state_machine_as_test,
        Histories,
        settings=settings(
            max_examples=200 if LONG else 6,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    await check_the_helpdesk(baton, shop, zendesk)


async def check_the_helpdesk(program: Program, shop: Shop, zendesk: Zendesk) -> None:
    """Assert that each delivered ticket exists once, and that withdrawn tickets do not exist."""
    zendesk.faults.plan = None
    worker = dispatcher(program)
    for _ in range(60):
        program.clock.move(timedelta(minutes=20))
        await deliver_due(worker)
    tickets = [row for row in await rows(program, shop) if row.kind is OutgoingKind.TICKET]
    assert {row.state for row in tickets} <= {OutgoingState.DELIVERED, OutgoingState.FAILED, OutgoingState.CANCELLED}
    delivered = {row.ticket_id: row.external_id for row in tickets if row.state is OutgoingState.DELIVERED}
    there = [str(ticket.fields["external_id"]) for ticket in zendesk.tickets.values()]
    assert len(there) == len(set(there)), "a handoff has two tickets"
    assert {key: number for key, number in external_ids(zendesk, Gorgias()).items() if key in delivered} == delivered
    unknown = set(there) - {str(key) for key in delivered}
    unsure = {str(row.ticket_id) for row in tickets if row.state is OutgoingState.FAILED and row.outcome_unknown}
    assert unknown <= unsure, "what was taken back is at the helpdesk"
    assert delivered
