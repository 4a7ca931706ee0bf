"""Reads that many callers share, after a restart for example, when thousands of clients reconnect at once.

A read is shared by the callers that came before it began: each gets a state that is at least as new as its call. Those
that come while a read runs, or soon after it, wait for the next one together.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
Q = TypeVar("Q")
R = TypeVar("R")


class GatheredReads(Generic[K, Q, R]):
    """`read` takes a key and the questions of all callers, and returns what they share. `pause` is the time between two
    reads of one key, in seconds."""

    def __init__(self, read: Callable[[K, list[Q]], Awaitable[R]], *, pause: float) -> None:
        self._read = read
        self._pause = pause
        self._lines: dict[K, _Callers[Q, R]] = {}

    async def ask(self, key: K, question: Q) -> R:
        """Return the result of a read that begins after this call. Raises what `read` raises."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Callers()
        batch = line.gathering
        batch.questions.append(question)
        line.callers += 1
        try:
            async with line.lock:  # the first of a batch reads, and the others find it done
                if not batch.done:
                    await self._run(key, line, batch)
            return batch.outcome()
        finally:
            line.callers -= 1
            if not line.callers:
                asyncio.get_running_loop().call_later(self._pause, self._forget, key, line)

    async def _run(self, key: K, line: _Callers[Q, R], batch: _Batch[Q, R]) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, line.earliest - loop.time()))
        if line.gathering is batch:
            line.gathering = _Batch()
        try:
            batch.result = [await self._read(key, batch.questions)]
        except Exception as error:  # noqa: BLE001 - raised to all who share the read
            batch.error = error
        batch.done = True
        line.earliest = loop.time() + self._pause

    def _forget(self, key: K, line: _Callers[Q, R]) -> None:
        if not line.callers and self._lines.get(key) is line:
            del self._lines[key]


class _Batch(Generic[Q, R]):
    def __init__(self) -> None:
        self.questions: list[Q] = []
        self.result: list[R] = []
        self.error: Exception | None = None
        self.done = False

    def outcome(self) -> R:
        if self.error is not None:
            raise self.error
        return self.result[0]


class _Callers(Generic[Q, R]):
    """The callers with one key."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.gathering: _Batch[Q, R] = _Batch()
        self.callers = 0
        self.earliest = -math.inf
