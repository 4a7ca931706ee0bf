"""Timers for which somebody else's server is asked, each account's by itself: one that does not answer holds up only
its own, and one that asks for a pause gets it.

Several processes at once are safe: they ask the same twice at worst, and what follows happens once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from domain.storage import Storage, Timer, TimerKind
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId

_LOOK_EVERY = 1.0  # seconds: how late a reply from a helpdesk may be shown for want of a look
_AT_ONCE = 500  # timers of all accounts that are looked at together
_AFTER_A_BUG = timedelta(minutes=1)

# Answers how long the account's other errands of this kind are to wait; None: they need not.
Errand = Callable[[AccountId, Timer], Awaitable[timedelta | None]]

logger = logging.getLogger("baton.errands")


class HelpdeskSync:
    def __init__(self, *, storage: Storage, clock: Clock, errands: Mapping[TimerKind, Errand]) -> None:
        self._storage = storage
        self._clock = clock
        self._errands = errands
        self._running: dict[AccountId, asyncio.Task[None]] = {}
        self._pauses: dict[AccountId, datetime] = {}
        self.failures = 0  # for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Until asked to stop; what is under way then is cut off, and taken up again by whoever comes next."""
        async with asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                with suppress(Unavailable):
                    for account_id, timers in (await self._due()).items():
                        if account_id not in self._running:
                            task = tasks.create_task(self._of_account(account_id, timers), name=f"errands {account_id}")
                            self._running[account_id] = task
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_EVERY):
                        await stop.wait()
            for task in self._running.values():
                task.cancel()

    async def run_due(self) -> None:
        """What is due now, once."""
        due = await self._due()
        await asyncio.gather(*(self._of_account(account_id, timers) for account_id, timers in due.items()))

    async def _due(self) -> dict[AccountId, list[Timer]]:
        now = self._clock.now()
        self._pauses = {account_id: until for account_id, until in self._pauses.items() if until > now}
        due: dict[AccountId, list[Timer]] = {}
        for account_id, timer in await self._storage.due_timers(now, _AT_ONCE, tuple(self._errands)):
            if account_id not in self._pauses:
                due.setdefault(account_id, []).append(timer)
        return due

    async def _of_account(self, account_id: AccountId, timers: Sequence[Timer]) -> None:
        """One after the other, until it is told to wait."""
        try:
            for timer in timers:
                pause = await self._errands[timer.kind](account_id, timer)
                if pause is not None:
                    self._pauses[account_id] = self._clock.now() + pause
                    return
        except Unavailable:
            logger.warning("The database cannot be reached; what is due waits.")
        except Exception:
            self.failures += 1
            self._pauses[account_id] = self._clock.now() + _AFTER_A_BUG
            logger.exception("An errand of account %s failed; it is tried again in a minute.", account_id)
        finally:
            self._running.pop(account_id, None)
