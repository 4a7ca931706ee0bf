"""Runs the timers that call another server (today: reading a changed helpdesk ticket), account by account.

Accounts run concurrently and the timers of one account in sequence, so an unresponsive server delays only its own
account, and a server that asks for a pause gets it. Any number of processes may run this loop at once: in the worst
case they read the same ticket twice, and importing it is idempotent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from api.workers.loop import Around, run_every, unobserved
from domain.storage import Storage, Timer, TimerKind
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId

_POLL_SECONDS = 1.0  # the most that an idle loop adds to the delay of a helpdesk reply
_BATCH = 500  # timers read at once, of all accounts
_PAUSE_AFTER_BUG = timedelta(minutes=1)

# Returns for how long the account's other timers of these kinds must wait, or None to go on at once.
ScheduledCall = Callable[[AccountId, Timer], Awaitable[timedelta | None]]

logger = logging.getLogger("baton.helpdesk_sync")


class HelpdeskSync:
    def __init__(
        self, *, storage: Storage, clock: Clock, calls: Mapping[TimerKind, ScheduledCall], around: Around = unobserved
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._around = around
        self._calls = calls
        self._running: dict[AccountId, asyncio.Task[None]] = {}
        self._pauses: dict[AccountId, datetime] = {}
        self.failures = 0  # number of calls that failed because of a bug, for the operator

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; calls that are running then are cancelled, and another process repeats them."""
        async with asyncio.TaskGroup() as tasks:
            await run_every(_POLL_SECONDS, partial(self.start_due, tasks), stop=stop)
            for task in self._running.values():
                task.cancel()

    async def start_due(self, tasks: asyncio.TaskGroup) -> None:
        """Start one task per account that has due timers and no task yet.

        Raises `Unavailable` if the database does not respond.
        """
        for account_id, timers in (await self._due()).items():
            if account_id not in self._running:
                task = tasks.create_task(self._run_account(account_id, timers), name=f"helpdesk sync {account_id}")
                self._running[account_id] = task

    async def _due(self) -> dict[AccountId, list[Timer]]:
        now = self._clock.now()
        self._pauses = {account_id: until for account_id, until in self._pauses.items() if until > now}
        due: dict[AccountId, list[Timer]] = {}
        for account_id, timer in await self._storage.due_timers(now, _BATCH, tuple(self._calls)):
            if account_id not in self._pauses:
                due.setdefault(account_id, []).append(timer)
        return due

    async def _run_account(self, account_id: AccountId, timers: Sequence[Timer]) -> None:
        """Run the timers in sequence, until one asks for a pause."""
        try:
            for timer in timers:
                with self._around(f"timer {timer.kind}", {"baton.account": account_id}):
                    pause = await self._calls[timer.kind](account_id, timer)
                if pause is not None:
                    self._pauses[account_id] = self._clock.now() + pause
                    return
        except Unavailable:
            logger.warning("The database cannot be reached; due timers wait.")
        except Exception:
            self.failures += 1
            self._pauses[account_id] = self._clock.now() + _PAUSE_AFTER_BUG
            logger.exception("The helpdesk sync of account %s failed; it is tried again in a minute.", account_id)
        finally:
            self._running.pop(account_id, None)
