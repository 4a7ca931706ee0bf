"""Gives memory back to the system after a peak.

What a burst of requests leaves behind is free, but stays with the process: cyclic garbage until the collector's oldest
generation is due, which may take hours, and free blocks of the allocator. So when the process has grown and has little
to do, it collects the garbage and has glibc return free pages (`malloc_trim`). Without glibc it only collects.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_LOOK_SECONDS = 4.0  # between two looks at the size
_GROWN = 0.08  # of the smallest size since the last return: the growth from which on one is worth the pause
_MOST_GROWN = 0.2  # each return in vain doubles it up to this, since it visits all objects that are in use
_IN_VAIN = 0.04  # of the size: a return of less
_BUSY = 0.6  # of one processor: with more to do than this, the pause waits
_LATEST_LOOKS = 4  # for which the pause waits at most


class MemoryReturn:
    def __init__(
        self,
        *,
        size: Callable[[], int] | None = None,
        give_back: Callable[[], object] | None = None,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        self._size = size or resident_bytes
        self._give_back = give_back or collect_and_trim
        self._worked = worked
        self._smallest = 0
        self._grown = _GROWN
        self._before = 0.0  # seconds of the processor at the last look
        self._postponed = 0

    async def run(self) -> None:
        """Look at fixed intervals until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """Return memory if the process has grown, unless it is busy now."""
        worked, size = self._worked(), self._size()
        busy = worked - self._before > _BUSY * _LOOK_SECONDS
        self._before = worked
        self._smallest = min(self._smallest or size, size)
        if size < (1 + self._grown) * self._smallest:
            return
        if busy and self._postponed < _LATEST_LOOKS:
            self._postponed += 1
            return
        self._give_back()
        self._postponed = 0
        self._smallest = self._size()  # what is left is in use, and no reason for another pause
        in_vain = size - self._smallest < _IN_VAIN * size
        self._grown = min(self._grown * 2, _MOST_GROWN) if in_vain else _GROWN


def resident_bytes() -> int:
    """Return the size of the process in memory; 0 where the system has no /proc."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def collect_and_trim() -> None:
    """Collect all garbage, and return what is free to the system."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library has no `malloc_trim`
        ctypes.CDLL(None).malloc_trim(0)
