"""How long something takes, without the time in which the machine stands still.

    with Stopwatch() as watch:
        await server.end()
    assert watch.seconds < 8

A busy machine may give a process no time for ten seconds, at any moment. Such a pause says nothing about the product,
and a bound that has room for it would hold nothing. A thread counts ticks, and a tick that is late counts once.
"""

from __future__ import annotations

import threading
from typing import Self

_TICK = 0.05  # seconds


class Stopwatch:
    def __init__(self) -> None:
        self._ticks = 0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._count, name="stopwatch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    @property
    def seconds(self) -> float:
        """The time since the start, or until the end if it is over, in whole ticks."""
        return self._ticks * _TICK

    def _count(self) -> None:
        while not self._over.wait(_TICK):
            self._ticks += 1
