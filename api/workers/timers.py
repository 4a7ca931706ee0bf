"""What is to be done though nobody asks: timers that are due, and a log that is not to grow for ever.

Several at once are safe: a timer's handler looks at the state again inside its transaction, so that whoever comes
second finds nothing to do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from api.bootstrap.ports import Ports
from api.workers.helpdesk_sync import Errand, HelpdeskSync
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from domain.values.record import replace

_TIMERS_AT_ONCE = 100
_LOOK_EVERY = 1.0  # seconds: how late a timer may be, with nothing else to do
_COUNT_EVERY = 2.0  # seconds: until the days of a new time zone are begun; answers are right meanwhile
_TRIM_EVERY = 600.0  # seconds; the log is kept for days
_POSTPONED = timedelta(minutes=1)  # a timer whose handler failed, so that it holds up no other

Handle = Callable[[AccountId, Timer], Awaitable[None]]

logger = logging.getLogger("baton.worker")


class TimerWorker:
    def __init__(
        self,
        *,
        ports: Ports,
        handlers: Mapping[TimerKind, Handle],
        errands: Mapping[TimerKind, Errand],
        log_days: int,
    ) -> None:
        self._storage = ports.storage
        self._retention = ports.retention
        self._past = ports.past
        self._counters = ports.counters
        self._clock = ports.clock
        self._kept = timedelta(days=log_days)
        self._handlers = handlers
        self.errands = HelpdeskSync(storage=ports.storage, clock=ports.clock, errands=errands)
        self.failures = 0  # timers whose handler failed, for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Until asked to stop; what is under way then is finished."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._repeat(self.fire_due, _LOOK_EVERY, stop), name="timers")
            tasks.create_task(self.errands.run(stop), name="errands")
            tasks.create_task(self._repeat(self.trim, _TRIM_EVERY, stop), name="retention")
            tasks.create_task(self._repeat(self._counters.catch_up, _COUNT_EVERY, stop), name="counters")

    async def fire_due(self) -> int:
        """Handle what is due now, the most overdue first; answers how many timers that were."""
        fired = 0
        kinds = tuple(self._handlers)
        while due := await self._storage.due_timers(self._clock.now(), _TIMERS_AT_ONCE, kinds):
            fired += len(due)
            firing = (self._fire(account_id, timer) for account_id, timer in due)
            ends = await asyncio.gather(*firing, return_exceptions=True)  # each to its end, whatever becomes of others
            for end in ends:
                if end is not None:
                    raise end
        return fired

    async def trim(self) -> None:
        """Let go of events that are older than is promised to be replayed."""
        older_than = self._clock.now() - self._kept
        for account_id in await self._retention.accounts_with_events_before(older_than):
            await self._retention.trim(account_id, older_than)
        await self._past.forget(older_than)

    async def _fire(self, account_id: AccountId, timer: Timer) -> None:
        try:
            await self._handlers[timer.kind](account_id, timer)
        except Unavailable:
            raise
        except Exception:
            self.failures += 1
            logger.exception("Timer %s failed; it is tried again in a minute.", timer.id)
            await self._postpone(account_id, timer)

    async def _postpone(self, account_id: AccountId, timer: Timer) -> None:
        async def later(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is not None:
                uow.save(replace(held, due_at=uow.now + _POSTPONED))

        await self._storage.write(account_id, later)

    async def _repeat(self, work: Callable[[], Awaitable[object]], pause: float, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await work()
            except Unavailable:
                logger.warning("The database cannot be reached; what is due waits.")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()
