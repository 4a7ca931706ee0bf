"""Timers: long jobs hold up no other timer, and end when the process is to end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from api.workers import timers
from api.workers.timers import TimerWorker
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.clock import SystemClock
from domain.values.ids import AccountId
from tests.harness.program import Program, Shop


@pytest.fixture
async def job(baton: Program, shop: Shop) -> Timer:
    """A timer that is due again as soon as it was handled."""
    timer = Timer(id="retention:job", kind=TimerKind.APPLY_RETENTION, subject=shop.id, due_at=baton.clock.now())

    async def save(uow: UnitOfWork) -> None:
        uow.save(timer)

    await baton.baton.ports.storage.write(shop.id, save)
    return timer


async def test_a_long_job_holds_up_no_timer_and_ends_in_time(
    baton: Program, shop: Shop, job: Timer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_POLL_SECONDS", 0.05)
    storage, stop, closed = baton.baton.ports.storage, asyncio.Event(), asyncio.Event()
    steps = 0

    async def step(account_id: AccountId, timer: Timer) -> None:
        nonlocal steps
        steps += 1
        await asyncio.sleep(0.2)

    async def close(account_id: AccountId, timer: Timer) -> None:
        async def delete(uow: UnitOfWork) -> None:
            uow.delete(Timer, timer.id)

        await storage.write(account_id, delete)
        closed.set()

    handlers = {TimerKind.APPLY_RETENTION: step, TimerKind.SNOOZE: close}
    worker = TimerWorker(storage=storage, clock=SystemClock(), handlers=handlers)
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(20):
        while steps < 2:  # noqa: ASYNC110 - the worker has no event for it
            await asyncio.sleep(0.01)

        async def snooze(uow: UnitOfWork) -> None:
            due = uow.now - timedelta(days=1)
            uow.save(Timer(id="snooze:x", kind=TimerKind.SNOOZE, subject="x", due_at=due))

        await storage.write(shop.id, snooze)
        await closed.wait()
        assert not running.done()
        stop.set()
        await running
    ended = steps
    await asyncio.sleep(0.3)
    assert steps == ended
