"""Watches how much room is left on the disk of the embedded MongoDB, which ends when it cannot write.

room = DiskRoom(folder=Path(".baton"), warn_below=1 << 30)
watch = asyncio.create_task(room.watch())       # logs a warning when the room falls below, once until it is back
room.free                                       # bytes, as last measured
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from contextlib import suppress
from pathlib import Path

_SECONDS = 10.0  # between two looks; at 100 MB a second a disk loses the default threshold in as long
_REARMED = 1.1  # times the threshold: room that goes up and down around it must not fill the log
_MB = 1_000_000

_logger = logging.getLogger("baton.mongo")


class DiskRoom:
    def __init__(self, *, folder: Path, warn_below: int, seconds: float = _SECONDS) -> None:
        self._folder = folder
        self._warn_below = warn_below
        self._seconds = seconds
        self._warned = False
        self._free: int | None = None

    @property
    def free(self) -> int | None:
        """The bytes that were free at the last look; None if they are not known."""
        return self._free

    async def watch(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            self._free = await asyncio.to_thread(self._measure)  # a hanging network disk holds up a thread only
            if self._free is not None:
                self._tell(self._free)
            await asyncio.sleep(self._seconds)

    def _measure(self) -> int | None:
        with suppress(OSError):
            return shutil.disk_usage(self._folder).free
        return None

    def _tell(self, free: int) -> None:
        if free < self._warn_below and not self._warned:
            self._warned = True
            _logger.warning(
                "The disk of %s has %d MB left (BATON_DISK_WARNING_MB is %d). When it is full, writes are refused.",
                *(self._folder, free // _MB, self._warn_below // _MB),
            )
        elif free > self._warn_below * _REARMED and self._warned:
            self._warned = False
            _logger.warning("The disk of %s has room again: %d MB.", self._folder, free // _MB)
