"""The loop that delivers outbox rows: claim, call, record.

    queues with due rows ─▶ rate limit ─▶ claim a row ─▶ [ compose, freeze payload ] ─▶ call ─▶ record

A queue holds the rows of one account for one service. Each queue has a rate limit and a small number of concurrent
calls, so a slow or broken service delays nobody else. Any number of processes may run this loop at once: a row is
worked on under a lease. If the previous holder of a lease began a call and never recorded its outcome, the next holder
waits until that call must have timed out. It measures that wait with its own monotonic clock, because wall clocks of
two machines may differ.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta
from functools import partial

from api.workers.loop import Around, run_every, unobserved
from api.workers.outbox_delivery import OutboxDelivery
from domain.model.outbox import Destination, parse_queue_name
from domain.outbox.ports import OutboxQueues, RateLimit, Timeouts
from domain.outbox.retry import MAX_DELAY
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.record import Record, field

_POLL_SECONDS = 1.0  # the most that an idle loop adds to the delay of a row that another process wrote
_MAX_CLOSED = 10_000  # closed queues remembered; above that, the database is asked again

RATE_LIMITS: Mapping[Destination, RateLimit] = {
    # Three quarters of what the smallest plan allows, since other programs use the account's allowance as well.
    Destination.ZENDESK: RateLimit(interval=timedelta(seconds=60 / 150), burst=20),  # 200 a minute
    Destination.GORGIAS: RateLimit(interval=timedelta(seconds=20 / 15), burst=5),  # 40 in 20 s; a ticket takes two
    Destination.TWILIO: RateLimit(interval=timedelta(seconds=0.1), burst=20),  # Twilio queues what is faster
    Destination.EMAIL: RateLimit(interval=timedelta(seconds=0.2), burst=20),
    Destination.KLAVIYO: RateLimit(interval=timedelta(seconds=60 / 45), burst=2),  # 60 deletions a minute, 3 a second
}


class DispatchLimits(Record):
    max_calls: int = 128  # concurrent calls of this process
    max_calls_per_queue: int = 4  # of these, for one queue; one while its calls fail
    drain: timedelta = timedelta(seconds=10)  # for running calls after `stop`; then they are cancelled
    rate_limits: Mapping[Destination, RateLimit] = field(default_factory=lambda: RATE_LIMITS)
    timeouts: Timeouts = field(default_factory=Timeouts)


logger = logging.getLogger("baton.outbox")


class OutboxDispatcher:
    """Delivers outbox rows. `wake` is set when this process wrote a row."""

    def __init__(
        self,
        *,
        queues: OutboxQueues,
        wake: asyncio.Event,
        clock: Clock,
        delivery: OutboxDelivery,
        limits: DispatchLimits,
        around: Around = unobserved,
    ) -> None:
        self._queues = queues
        self._wake = wake
        self._clock = clock
        self.delivery = delivery
        self._limits = limits
        self._around = around
        self._calls: Counter[str] = Counter()  # running calls by queue
        self._closed: dict[str, datetime] = {}  # queues that admit no call, and until when
        self._call_ended = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures = 0  # number of rows that a bug kept from being delivered, for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; running calls have `limits.drain` to finish and are cancelled then."""
        async with asyncio.TaskGroup() as calls:
            if self.delivery.destinations:
                wake = (self._wake, self._call_ended)
                await run_every(_POLL_SECONDS, partial(self.start_due, calls), stop=stop, wake=wake)
            self.delivery.stopping.set()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._limits.drain.total_seconds())
            for task in self._tasks:
                task.cancel()

    async def start_due(self, calls: asyncio.TaskGroup) -> int:
        """Start calls for due rows, round robin over the queues, until each is empty, closed or at its limit.

        Returns the number of calls that were started. Raises `Unavailable` if the database does not respond.
        """
        now = self._clock.now()
        waiting = [queue for queue in await self._queues.waiting(now) if not self._is_closed(queue, now)]
        started = 0
        while waiting:
            still_waiting = []
            for queue in waiting:
                if self._calls.total() >= self._limits.max_calls:
                    return started
                if self._calls[queue] < self._limits.max_calls_per_queue and await self._start_one(queue, calls):
                    started += 1
                    still_waiting.append(queue)
            waiting = still_waiting
        return started

    async def _start_one(self, queue: str, calls: asyncio.TaskGroup) -> bool:
        account_id, destination = parse_queue_name(queue)
        now = self._clock.now()
        if destination not in self.delivery.destinations:
            return False
        row = await self._queues.claim(queue, secrets.token_hex(8), self._limits.timeouts, now)
        if row is None:
            return False
        decision = await self._queues.admit(queue, self._limits.rate_limits[destination], now)
        if decision.opens_at is not None or (decision.failing and self._calls[queue]):
            await self._queues.release(row)
            if decision.opens_at is not None:
                self._close(queue, decision.opens_at)
            return False
        self._calls[queue] += 1
        task = calls.create_task(self._call(queue, self.delivery.deliver(account_id, queue, row, decision)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _call(self, queue: str, call: Awaitable[object]) -> None:
        account_id, destination = parse_queue_name(queue)
        facts = {"baton.account": account_id, "baton.destination": destination}
        try:
            with self._around("delivery", facts):
                await call
        except Unavailable:
            logger.warning("The database cannot be reached; a row is retried when its lease expires.")
        except Exception:
            self.failures += 1
            logger.exception("A row of queue %s was left unchanged; it is retried when its lease expires.", queue)
        finally:
            self._calls[queue] -= 1
            if not self._calls[queue]:
                del self._calls[queue]
            self._closed.pop(queue, None)
            self._call_ended.set()

    def _is_closed(self, queue: str, now: datetime) -> bool:
        """Ignores an instant beyond the maximum back-off: it comes from a skewed clock."""
        return (until := self._closed.get(queue)) is not None and now < until <= now + MAX_DELAY

    def _close(self, queue: str, until: datetime) -> None:
        if len(self._closed) >= _MAX_CLOSED:
            self._closed.clear()
        self._closed[queue] = until
