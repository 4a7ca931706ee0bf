"""Gives memory back to the system after a peak.

What a burst of requests leaves behind is free, but stays with the process: cyclic garbage until the collector's oldest
generation is due, which may take hours, and free blocks of the allocator. So while the process is larger than it was at
its smallest, and has little to do, it collects the garbage and has glibc return free pages (`malloc_trim`). Where most
of the growth is in use, this is in vain, and the pauses between two attempts double (back-off), until the number of
allocated blocks falls: a peak has ended. Without glibc it only collects.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_LOOK_SECONDS = 4.0  # between two looks at the size
_GROWN = 1.08  # times the smallest size: the size from which on a return is worth the pause
_WORTH = 0.04  # of the size: a return of less was in vain
_ENDED = 0.9  # of the most blocks since the last return: a peak has ended
_LONGEST = 64  # looks between two returns at most; each visits all objects that are in use
_BUSY = 0.6  # of one processor: with more to do than this, the pause waits
_LATEST_LOOKS = 4  # for which the pause waits at most


class MemoryReturn:
    def __init__(
        self,
        *,
        size: Callable[[], int] | None = None,
        give_back: Callable[[], object] | None = None,
        worked: Callable[[], float] = time.process_time,
        blocks: Callable[[], int] = sys.getallocatedblocks,
    ) -> None:
        self._size = size or resident_bytes
        self._give_back = give_back or collect_and_trim
        self._worked = worked
        self._blocks = blocks
        self._most_blocks = 0
        self._smallest = 0
        self._back_off = 1  # looks from one return to the next
        self._waited = 1  # looks since the last one
        self._before = 0.0  # seconds of the processor at the last look
        self._postponed = 0

    async def run(self) -> None:
        """Look at fixed intervals until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """Return memory if the process has grown, unless it is busy now or the last return was in vain."""
        worked, size = self._worked(), self._size()
        busy = worked - self._before > _BUSY * _LOOK_SECONDS
        self._before = worked
        self._smallest = min(self._smallest or size, size)
        self._waited += 1
        blocks = self._blocks()
        self._most_blocks = max(self._most_blocks, blocks)
        is_due = self._waited >= self._back_off or blocks < _ENDED * self._most_blocks
        if size < _GROWN * self._smallest or not is_due:
            return
        if busy and self._postponed < _LATEST_LOOKS:
            self._postponed += 1
            return
        self._give_back()
        in_vain = size - self._size() < _WORTH * size
        self._back_off = min(self._back_off * 2, _LONGEST) if in_vain else 1
        self._waited = self._postponed = 0
        self._most_blocks = self._blocks()


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
