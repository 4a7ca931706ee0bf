"""The loop that hands over what leaves Baton: claim, call, record. Several at once, in any number of processes, are
safe.

    waiting queues ─▶ admitted? ─▶ claim a row ─▶ [ compose, freeze ] ─▶ call ─▶ record

A queue is one account's way to one service. Each has its pace, and few calls under way, so that one that is slow or
broken takes nobody else's time. Of a row that somebody else began and never finished, nothing is done before that call
must be over: waited for by this process's own steady clock, since no other can be trusted with it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta

from api.workers.outbox_delivery import OutboxDelivery
from domain.model.outbox import Destination, of_queue
from domain.outbox.backoff import FURTHEST
from domain.outbox.ports import OutboxQueues, RateLimit, Timeouts
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.record import Record, field

_LOOK_EVERY = 1.0  # seconds: how late another process's row may be
_TROUBLE = 1.0  # seconds to wait for a database that does not answer
_IDLE_QUEUES = 10_000  # that are remembered to be closed; beyond, they are asked again

PACES: Mapping[Destination, RateLimit] = {
    # Three quarters of what the smallest plan allows: others use the account's allowance as well.
    Destination.ZENDESK: RateLimit(interval=timedelta(seconds=60 / 150), burst=20),  # 200 a minute
    Destination.GORGIAS: RateLimit(interval=timedelta(seconds=20 / 15), burst=5),  # 40 in 20 s, and a ticket takes two
    Destination.TWILIO: RateLimit(interval=timedelta(seconds=0.1), burst=20),  # what is faster waits there, not here
    Destination.EMAIL: RateLimit(interval=timedelta(seconds=0.2), burst=20),
}


class DispatchLimits(Record):
    at_once: int = 128  # calls under way in this process
    of_a_queue: int = 4  # of them for one account's service; one where calls fail
    finish: timedelta = timedelta(seconds=10)  # for what is under way at the end; what is cut off is looked up later
    paces: Mapping[Destination, RateLimit] = field(default_factory=lambda: PACES)
    patience: Timeouts = field(default_factory=Timeouts)


logger = logging.getLogger("baton.outbox")


class OutboxDispatcher:
    """Hands over what leaves Baton. `news` is set where this process wrote something that is to leave."""

    def __init__(
        self,
        *,
        queues: OutboxQueues,
        news: asyncio.Event,
        clock: Clock,
        handover: OutboxDelivery,
        limits: DispatchLimits,
    ) -> None:
        self._queues = queues
        self._news = news
        self._clock = clock
        self.handover = handover
        self._limits = limits
        self._under_way: Counter[str] = Counter()  # calls, by queue
        self._closed: dict[str, datetime] = {}  # queues that refused, and until when
        self._freed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures = 0  # rows that a mistake of ours kept from being handed over, for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Until asked to stop; what is under way then is finished."""
        async with asyncio.TaskGroup() as calls:
            while not stop.is_set() and self.handover.destinations:
                self._news.clear()
                self._freed.clear()
                try:
                    await self._start_what_is_due(calls)
                except Unavailable:
                    logger.warning("The database cannot be reached; what is to leave waits.")
                    await _first_of(_TROUBLE, stop.wait())
                await _first_of(_LOOK_EVERY, stop.wait(), self._news.wait(), self._freed.wait())
            self.handover.stopping.set()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._limits.finish.total_seconds())
            for task in self._tasks:
                task.cancel()

    async def deliver_due(self) -> int:
        """Hand over what is due now, and what that makes due; answers how many attempts that were."""
        attempts = 0
        while True:
            async with asyncio.TaskGroup() as calls:
                started = await self._start_what_is_due(calls)
            if not started:
                return attempts
            attempts += started

    async def _start_what_is_due(self, calls: asyncio.TaskGroup) -> int:
        """One of each queue in turn, until each is empty, closed, or has enough under way."""
        now = self._clock.now()
        waiting = [queue for queue in await self._queues.waiting(now) if not self._is_closed(queue, now)]
        started = 0
        while waiting:
            still = []
            for queue in waiting:
                if self._under_way.total() >= self._limits.at_once:
                    return started
                if self._under_way[queue] < self._limits.of_a_queue and await self._start_one(queue, calls):
                    started += 1
                    still.append(queue)
            waiting = still
        return started

    async def _start_one(self, queue: str, calls: asyncio.TaskGroup) -> bool:
        account_id, destination = of_queue(queue)
        now = self._clock.now()
        if destination not in self.handover.destinations:
            return False
        row = await self._queues.claim(queue, secrets.token_hex(8), self._limits.patience, now)
        if row is None:
            return False
        admission = await self._queues.admit(queue, self._limits.paces[destination], now)
        if admission.opens_at is not None or (admission.troubled and self._under_way[queue]):
            await self._queues.let_go(row)
            if admission.opens_at is not None:
                self._close(queue, admission.opens_at)
            return False
        self._under_way[queue] += 1
        task = calls.create_task(self._call(queue, self.handover.carry_out(account_id, queue, row, admission)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _call(self, queue: str, call: Awaitable[object]) -> None:
        try:
            await call
        except Unavailable:
            logger.warning("The database cannot be reached; a row is taken up again once its lease is over.")
        except Exception:
            self.failures += 1
            logger.exception("A row of queue %s was left as it was; it is taken up again after its lease.", queue)
        finally:
            self._under_way[queue] -= 1
            if not self._under_way[queue]:
                del self._under_way[queue]
            self._closed.pop(queue, None)
            self._freed.set()

    def _is_closed(self, queue: str, now: datetime) -> bool:
        """What is further ahead than anything is put off was written by a clock that was wrong."""
        return (until := self._closed.get(queue)) is not None and now < until <= now + FURTHEST

    def _close(self, queue: str, until: datetime) -> None:
        if len(self._closed) >= _IDLE_QUEUES:
            self._closed.clear()
        self._closed[queue] = until


async def _first_of(seconds: float, *waits: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
