"""A watchdog: it notices when the process can no longer work, says so, and ends the process as a last resort.

    loop task      every `BEAT_SECONDS`: ping the database. A ping that returns or fails is a beat; one that does
                   neither within its own deadline is none
    thread         counts its own ticks since the last beat, so that a stopped or suspended process is not blamed:
                   STALE_TICKS   `/healthz` is 503, and the log has an error
                   FATAL_TICKS   the process ends with exit code 70 (EX_SOFTWARE), for its supervisor to start anew

A database that is down or slow is not the process's fault: the driver then fails within its time limit, which is a
beat. Therefore the ping must not wait for other calls, which wait for the database as well. The rest is a blocked event
loop, or a driver that has stopped by itself. The log tells when the database stops responding, and when it does again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

from api.server.last_resort import end_process
from domain.values.errors import Unavailable

BEAT_SECONDS = 5.0
PING_SECONDS = 15.0  # three times the driver's own time limit
STALE_TICKS = 6  # of `BEAT_SECONDS` each
FATAL_TICKS = 36

_logger = logging.getLogger("baton.server")


class Watchdog:
    def __init__(
        self,
        *,
        ping: Callable[[], Awaitable[None]],
        beat_seconds: float = BEAT_SECONDS,
        ping_seconds: float = PING_SECONDS,
        end: Callable[[str], object] = end_process,
    ) -> None:
        self._ping = ping
        self._beat_seconds = beat_seconds
        self._ping_seconds = ping_seconds
        self._end = end
        self._ticks = 0  # of the thread, since the last beat
        self._database_responds = True
        self._over = threading.Event()

    @property
    def is_healthy(self) -> bool:
        return self._ticks < STALE_TICKS

    async def run(self) -> None:
        """Beat and watch until cancelled."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            while True:
                if await self._responds():
                    self._ticks = 0
                await asyncio.sleep(self._beat_seconds)
        finally:
            self._over.set()

    async def _responds(self) -> bool:
        try:
            async with asyncio.timeout(self._ping_seconds) as deadline:
                await self._ping()
        except Exception as error:  # noqa: BLE001 - the driver works, and the database does not respond or refuses us
            if deadline.expired():
                return False
            self._tell(error)
        else:
            self._tell(None)
        return True

    def _tell(self, error: Exception | None) -> None:
        """Log a change, and not every ping."""
        if self._database_responds == (error is None):
            return
        self._database_responds = error is None
        if error is None:
            _logger.warning("The database responds again.")
        else:
            reason = (
                str(error) if isinstance(error, Unavailable) else type(error).__name__
            )  # a driver's text may be long
            _logger.error("The database does not respond, and requests fail: %s", reason)

    def _watch(self) -> None:
        while not self._over.wait(self._beat_seconds):
            self._ticks += 1
            seconds = self._ticks * self._beat_seconds
            if self._ticks == STALE_TICKS:
                _logger.error("Nothing has worked for %g seconds: the event loop is blocked, or the driver.", seconds)
            elif self._ticks >= FATAL_TICKS:
                self._end(f"Nothing has worked for {seconds:g} seconds.")
                return
