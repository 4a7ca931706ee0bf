"""Handles due timers: auto-close, agent silence, snoozes, unassigned tickets; and, in a loop of their own, the steps of
long jobs: erasures, redactions, and retention.

Any number of processes may run these loops at once: a handler checks the state again inside its transaction, so the
second process to handle a timer finds nothing to do. A step of a job is due again as soon as it is done. In a loop of
its own, a job of any length holds up no other timer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from functools import partial

from api.workers.loop import Around, run_every, unobserved
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import NewerValue, Unavailable
from domain.values.ids import AccountId
from domain.values.record import replace

_BATCH = 100  # timers read at once
_POLL_SECONDS = 1.0  # the most that an idle loop adds to a timer's delay
_STEPS = 4  # steps of jobs at once: each takes about a second of the database
_POSTPONE = timedelta(minutes=1)  # after a handler failed or refused, so that its timer does not block the others

JOBS = frozenset({TimerKind.APPLY_RETENTION, TimerKind.ERASE_PROFILE, TimerKind.REDACT_MESSAGE})
"""The timers whose handler takes one step of many."""

Handle = Callable[[AccountId, Timer], Awaitable[None]]

logger = logging.getLogger("baton.worker")


class TimerWorker:
    def __init__(
        self, *, storage: Storage, clock: Clock, handlers: Mapping[TimerKind, Handle], around: Around = unobserved
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._around = around
        self._handlers = handlers
        self.failures = 0  # number of timers whose handler failed, for the operator
        self._newer = set[str]()  # kinds of values that were logged: any number of records may have one

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; handlers that are running then finish, and no other begins."""
        short = tuple(kind for kind in self._handlers if kind not in JOBS)
        jobs = tuple(kind for kind in self._handlers if kind in JOBS)
        async with asyncio.TaskGroup() as tasks:
            for kinds, limit in ((short, _BATCH), (jobs, _STEPS)):
                fire = partial(self._fire_all, kinds, limit, stop)
                tasks.create_task(run_every(_POLL_SECONDS, fire, stop=stop), name="timers")

    async def fire_due(self, kinds: Collection[TimerKind] | None = None) -> int:
        """Handle all due timers, or those of these kinds, the most overdue first, and return their number.

        Raises `Unavailable` if the database does not respond.
        """
        return await self._fire_all(tuple(self._handlers) if kinds is None else tuple(kinds), _BATCH, asyncio.Event())

    async def _fire_all(self, kinds: Collection[TimerKind], limit: int, stop: asyncio.Event) -> int:
        fired = 0
        while not stop.is_set() and (due := await self._storage.due_timers(self._clock.now(), limit, kinds)):
            fired += len(due)
            firing = (self._fire(account_id, timer) for account_id, timer in due)
            results = await asyncio.gather(*firing, return_exceptions=True)  # one failure must not cancel the others
            for result in results:
                if result is not None:
                    raise result
        return fired

    async def _fire(self, account_id: AccountId, timer: Timer) -> None:
        try:
            with self._around(f"timer {timer.kind}", {"baton.account": account_id}):
                await self._handlers[timer.kind](account_id, timer)
        except Unavailable:
            raise
        except NewerValue as error:
            if error.kind not in self._newer:
                self._newer.add(error.kind)
                logger.warning("Timers are left to a process of a newer build, which has stored a %s.", error.kind)
            await self._postpone(account_id, timer)
        except Exception:
            self.failures += 1
            logger.exception("Timer %s failed; it is tried again in a minute.", timer.id)
            await self._postpone(account_id, timer)

    async def _postpone(self, account_id: AccountId, timer: Timer) -> None:
        async def change(uow: UnitOfWork) -> None:
            current = await uow.get(Timer, timer.id)
            if current is not None:
                uow.save(replace(current, due_at=uow.now + _POSTPONE))

        await self._storage.write(account_id, change)
