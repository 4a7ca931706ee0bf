"""Reads the backlog for scrapes: at most every few seconds, and the less often the longer it takes."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

from domain.backlog import Backlog, Backlogs
from domain.values.clock import Clock
from domain.values.errors import Unavailable

_LEAST_PAUSE = 10.0  # seconds between two reads; Prometheus asks every 15 to 60
_SHARE = 20.0  # times as long as a read took: with a large backlog, at most a twentieth of the time is spent on it
_SECONDS = 4.0  # for a scrape to wait: Prometheus gives up after 10


class BacklogReads:
    """`backlog` is the latest one that was read. A database that does not respond makes it old (`age`), and no scrape
    fails for it."""

    def __init__(self, backlogs: Backlogs, clock: Clock, *, now: Callable[[], float] = time.monotonic) -> None:
        self.backlog = Backlog()
        self._backlogs = backlogs
        self._clock = clock
        self._now = now
        self._read_at = -math.inf
        self._next = -math.inf  # when it is read again
        self._reading = asyncio.Lock()  # two scrapers share a read

    def age(self) -> float:
        """Return the seconds since `backlog` was read; infinite before the first time."""
        return self._now() - self._read_at

    async def refresh(self) -> None:
        """Read the backlog again if that is due."""
        try:
            async with asyncio.timeout(_SECONDS), self._reading:
                began = self._now()
                if began < self._next:
                    return
                self.backlog = await self._backlogs.read(self._clock.now())
                self._read_at = self._now()
                self._next = self._read_at + max(_LEAST_PAUSE, _SHARE * (self._read_at - began))
        except (Unavailable, TimeoutError):
            return
