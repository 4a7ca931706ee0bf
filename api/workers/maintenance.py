"""Housekeeping: trims the event log to its retention period and keeps the counters of new time zones current.

Any number of processes may run it at once; each step is idempotent.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from api.workers.loop import run_every
from domain.events import Retention
from domain.metrics.ports import CounterMaintenance, HistoryRetention
from domain.values.clock import Clock

_COUNTERS_SECONDS = 2.0  # between two passes; until a new time zone's days are counted, reports read the rows instead
_TRIM_SECONDS = 600.0  # between two passes; the log is kept for days, so minutes do not matter


class MaintenanceWorker:
    def __init__(
        self,
        *,
        retention: Retention,
        history: HistoryRetention,
        counters: CounterMaintenance,
        clock: Clock,
        log_days: int,
    ) -> None:
        self._retention = retention
        self._history = history
        self._counters = counters
        self._clock = clock
        self._kept = timedelta(days=log_days)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; a pass that is running then finishes."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run_every(_TRIM_SECONDS, self.trim, stop=stop), name="retention")
            tasks.create_task(run_every(_COUNTERS_SECONDS, self._counters.catch_up, stop=stop), name="counters")

    async def trim(self) -> None:
        """Delete events older than the retention period. Raises `Unavailable` if the database does not respond."""
        older_than = self._clock.now() - self._kept
        await self._history.begin_at(older_than)  # before the events are deleted, which carry it
        for account_id in await self._retention.accounts_with_events_before(older_than):
            await self._retention.trim(account_id, older_than)
