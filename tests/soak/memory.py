"""The memory of processes that live for long: it fills its caches, and is level from then on."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from pathlib import Path

from tests.e2e.processes import Process

_EVERY = 2.0  # seconds between two looks
_LIFE = 240.0  # seconds; a shorter one says nothing
_FULL = 0.4  # part of a life in which caches fill
_GROWTH = 1.15  # of the rest: its last fifth, over its first
_ALLOWANCE = 16  # MiB, of a process that has hardly any


class MemoryWatch:
    def __init__(self, *processes: Process) -> None:
        self._processes = processes
        self._lives: dict[int, list[tuple[float, float]]] = defaultdict(list)  # seconds, MiB; by process id

    async def run(self) -> None:
        while True:
            for process in self._processes:
                if process.running and (used := _resident(process.pid)):
                    self._lives[process.pid].append((time.monotonic(), used))
            await asyncio.sleep(_EVERY)

    def growth(self) -> list[tuple[float, float, float]]:
        """Return the seconds of each long life, and its MiB after the caches were full and at the end."""
        found = []
        for samples in self._lives.values():
            began, ended = samples[0][0], samples[-1][0]
            if ended - began < _LIFE:
                continue
            full = [used for at, used in samples if at >= began + _FULL * (ended - began)]
            fifth = max(1, len(full) // 5)
            found.append((ended - began, statistics.median(full[:fifth]), statistics.median(full[-fifth:])))
        return found

    def check(self) -> None:
        for seconds, before, after in self.growth():
            assert after <= max(before * _GROWTH, before + _ALLOWANCE), (seconds, before, after)


def _resident(pid: int) -> float:
    """Return MiB, 0 if the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = status.partition("VmRSS:")[2].split()
    return int(found[0]) / 1024 if found else 0.0
