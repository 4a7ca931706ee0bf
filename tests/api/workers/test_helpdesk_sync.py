"""Errands: each account's by itself, one after the other, and left alone for as long as it asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.workers.helpdesk_sync import Errand, HelpdeskSync
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.ids import AccountId
from tests.harness.program import Program, Shop
from tests.resolvers.conftest import baton, rival, shop

__all__ = ["baton", "rival", "shop"]


async def due(baton: Program, shop: Shop, *names: str) -> None:
    async def write(uow: UnitOfWork) -> None:
        for place, name in enumerate(names):
            due_at = uow.now - timedelta(seconds=len(names) - place)
            uow.save(Timer(id=f"{name}:{shop.id}", kind=TimerKind.HELPDESK_NEWS, subject=name, due_at=due_at))

    await baton.baton.ports.storage.write(shop.id, write)


async def done(baton: Program, account_id: AccountId, timer: Timer) -> None:
    async def delete(uow: UnitOfWork) -> None:
        uow.delete(Timer, timer.id)

    await baton.baton.ports.storage.write(account_id, delete)


def errands(baton: Program, errand: Errand) -> HelpdeskSync:
    storage, clock = baton.baton.ports.storage, baton.clock
    return HelpdeskSync(storage=storage, clock=clock, errands={TimerKind.HELPDESK_NEWS: errand})


def answering(baton: Program, ran: list[str], answer: Callable[[Timer], timedelta | None]) -> Errand:
    async def errand(account_id: AccountId, timer: Timer) -> timedelta | None:
        ran.append(timer.subject)
        pause = answer(timer)
        if pause is None:
            await done(baton, account_id, timer)
        return pause

    return errand


async def test_an_account_that_asks_for_a_pause_gets_it_and_no_other(baton: Program, shop: Shop, rival: Shop) -> None:
    ran: list[str] = []
    asks = {"b": timedelta(seconds=90)}
    worker = errands(baton, answering(baton, ran, lambda timer: asks.get(timer.subject)))
    await due(baton, shop, "a", "b", "c")
    await due(baton, rival, "d", "e")
    await worker.run_due()
    assert sorted(ran) == ["a", "b", "d", "e"]
    asks.clear()
    ran.clear()
    baton.clock.move(timedelta(seconds=89))
    await worker.run_due()
    assert ran == []
    baton.clock.move(timedelta(seconds=1))
    await worker.run_due()
    assert ran == ["b", "c"]
    assert await baton.database["timers"].count_documents({"kind": "HELPDESK_NEWS"}) == 0


async def test_a_mistake_of_ours_is_told_and_harms_no_other_account(
    baton: Program, shop: Shop, rival: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def answer(timer: Timer) -> timedelta | None:
        if timer.subject == "bad":
            raise ValueError("a mistake")
        return None

    worker = errands(baton, answering(baton, ran, answer))
    await due(baton, shop, "bad", "behind it")
    await due(baton, rival, "good")
    with caplog.at_level(logging.ERROR, logger="baton"):
        await worker.run_due()
    assert (sorted(ran), worker.failures) == (["bad", "good"], 1)
    assert [record.getMessage() for record in caplog.records] == [
        f"An errand of account {shop.id} failed; it is tried again in a minute."
    ]
    await worker.run_due()
    assert len(ran) == 2
    baton.clock.move(timedelta(minutes=1))
    await worker.run_due()
    assert ran[2:] == ["bad"]


async def test_timers_of_other_kinds_are_not_its_affair(baton: Program, shop: Shop) -> None:
    """Nor are errands the affair of who handles those: a helpdesk that does not answer keeps no chat from closing."""
    ran: list[str] = []
    await due(baton, shop, "a")
    await baton.start(shop)
    baton.clock.move(timedelta(hours=49))
    assert await baton.baton.worker.fire_due() == 1
    assert await baton.database["timers"].count_documents({"kind": "HELPDESK_NEWS"}) == 1
    await errands(baton, answering(baton, ran, lambda _: None)).run_due()
    assert ran == ["a"]
