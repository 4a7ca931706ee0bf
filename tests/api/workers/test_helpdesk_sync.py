"""Scheduled calls: each account runs alone, in sequence, and pauses for as long as a call asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.workers.helpdesk_sync import HelpdeskSync, ScheduledCall
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.ids import AccountId
from tests.harness.program import Program, Shop
from tests.harness.workers import sync_due
from tests.resolvers.conftest import baton, rival, shop

__all__ = ["baton", "rival", "shop"]


async def due(baton: Program, shop: Shop, *names: str) -> None:
    async def write(uow: UnitOfWork) -> None:
        for place, name in enumerate(names):
            due_at = uow.now - timedelta(seconds=len(names) - place)
            uow.save(Timer(id=f"{name}:{shop.id}", kind=TimerKind.HELPDESK_SYNC, subject=name, due_at=due_at))

    await baton.baton.ports.storage.write(shop.id, write)


async def done(baton: Program, account_id: AccountId, timer: Timer) -> None:
    async def delete(uow: UnitOfWork) -> None:
        uow.delete(Timer, timer.id)

    await baton.baton.ports.storage.write(account_id, delete)


def sync_with(baton: Program, call: ScheduledCall) -> HelpdeskSync:
    storage, clock = baton.baton.ports.storage, baton.clock
    return HelpdeskSync(storage=storage, clock=clock, calls={TimerKind.HELPDESK_SYNC: call})


def answering(baton: Program, ran: list[str], answer: Callable[[Timer], timedelta | None]) -> ScheduledCall:
    async def call(account_id: AccountId, timer: Timer) -> timedelta | None:
        ran.append(timer.subject)
        pause = answer(timer)
        if pause is None:
            await done(baton, account_id, timer)
        return pause

    return call


async def test_an_account_that_asks_for_a_pause_gets_it_and_no_other(baton: Program, shop: Shop, rival: Shop) -> None:
    ran: list[str] = []
    asks = {"b": timedelta(seconds=90)}
    worker = sync_with(baton, answering(baton, ran, lambda timer: asks.get(timer.subject)))
    await due(baton, shop, "a", "b", "c")
    await due(baton, rival, "d", "e")
    await sync_due(worker)
    assert sorted(ran) == ["a", "b", "d", "e"]
    asks.clear()
    ran.clear()
    baton.clock.move(timedelta(seconds=89))
    await sync_due(worker)
    assert ran == []
    baton.clock.move(timedelta(seconds=1))
    await sync_due(worker)
    assert ran == ["b", "c"]
    assert await baton.database["timers"].count_documents({"kind": "HELPDESK_SYNC"}) == 0


async def test_an_internal_error_is_logged_and_affects_no_other_account(
    baton: Program, shop: Shop, rival: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def answer(timer: Timer) -> timedelta | None:
        if timer.subject == "bad":
            raise ValueError("a mistake")
        return None

    worker = sync_with(baton, answering(baton, ran, answer))
    await due(baton, shop, "bad", "behind it")
    await due(baton, rival, "good")
    with caplog.at_level(logging.ERROR, logger="baton"):
        await sync_due(worker)
    assert (sorted(ran), worker.failures) == (["bad", "good"], 1)
    assert [record.getMessage() for record in caplog.records] == [
        f"The helpdesk sync of account {shop.id} failed; it is tried again in a minute."
    ]
    await sync_due(worker)
    assert len(ran) == 2
    baton.clock.move(timedelta(minutes=1))
    await sync_due(worker)
    assert ran[2:] == ["bad"]


async def test_timers_of_other_kinds_are_not_its_affair(baton: Program, shop: Shop) -> None:
    """The timer worker ignores scheduled calls as well: a helpdesk that does not respond keeps no chat from closing."""
    ran: list[str] = []
    await due(baton, shop, "a")
    await baton.start(shop)
    baton.clock.move(timedelta(hours=49))
    assert await baton.baton.workers.timers.fire_due() == 1
    assert await baton.database["timers"].count_documents({"kind": "HELPDESK_SYNC"}) == 1
    await sync_due(sync_with(baton, answering(baton, ran, lambda _: None)))
    assert ran == ["a"]
