"""How many objects and bytes the process has, to see whether something stays behind after each round of a test."""

from __future__ import annotations

import asyncio
import gc
import os
import tracemalloc
from collections.abc import Awaitable, Callable

_LONG = int(os.environ.get("BATON_MEMORY_ROUNDS", "50000"))  # with BATON_LONG
ROUNDS = _LONG if "BATON_LONG" in os.environ else 240
_NOISE = 300  # objects: connections of clients, cancelled timers, caches that fill


async def objects_left_by(act: Callable[[int], Awaitable[object]], rounds: int = ROUNDS) -> float:
    """Return the objects that each round leaves, after a third of the rounds has filled all caches."""
    first = rounds // 3
    for number in range(first):
        await act(number)
    before = await _objects()
    for number in range(first, rounds):
        await act(number)
    grown = await _objects() - before
    return max(0.0, grown - _NOISE) / (rounds - first)


def bytes_left_by(act: Callable[[int], object], rounds: int) -> float:
    """Return the bytes of Python that each round leaves."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(rounds):
            act(number)
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / rounds
    finally:
        tracemalloc.stop()


async def _objects() -> int:
    await asyncio.sleep(0.3)  # what ends has ended
    gc.collect()
    return len(gc.get_objects())
