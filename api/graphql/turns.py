"""Divides the event loop among accounts, so that the work of one delays the others by milliseconds.

The event loop runs everything that is ready before it looks at the network again. If thousands of operations of one
account are ready at once, everybody waits for all of them. So the work of an account waits in lanes:

    step      one synchronous piece, such as pricing an operation: one in each round of the event loop
    reading   parsing and validating a long document that is new: one at a time, in a thread (`documents/store.py`)
    running   executing queries and preparing events: at once up to a number and a sum of costs, the others first in,
              first out. Mutations are not queued: they wait for one another in the commit, which takes many at once

A step or a reading that took long is followed by a rest in proportion, so that an account that sends one after another
gets a share of the processor and not all of it. A rest is bounded, and a full run of the garbage collector is nobody's
work: it takes some tenths of a second in a large process, at a moment that has nothing to do with the account.

An account has two of each, one for browsers (publishable keys, visitor tokens) and one for everything else, so that a
stranger does not hold up the team.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.principal import Principal, PrincipalKind

_RUNNING = 40_000  # cost of the operations of one lane at once
_LEAST = 2_500  # which each of them counts at least, so that there are 16 at most
_LONG_STEP = 0.005  # seconds of the processor, from which on a step is followed by a rest
_STEP_REST = 3.0  # times as long as the step
_READING_REST = 1.0  # times as long as the reading, which is in a thread
_LONGEST_REST = 2.0  # seconds
_BROWSERS = frozenset({PrincipalKind.WIDGET, PrincipalKind.SHOPPER, PrincipalKind.ANONYMOUS})


class Turns:
    """The lanes of one process."""

    def __init__(self, *, running: int = _RUNNING, least: int = _LEAST) -> None:
        self._running = running
        self._least = least
        self._lanes: dict[tuple[str, str, bool], _Lane] = {}

    @asynccontextmanager
    async def step(self, principal: Principal, *, followed: float = 0.0) -> AsyncIterator[None]:
        """Wait for the turn of a synchronous piece of work. The next one begins in a later round of the event loop, and
        after a long piece of work later still. `followed`: so many times as long is the work that follows without a
        turn of its own."""
        lane, loop = self._lane("step", principal, 1), asyncio.get_running_loop()
        await lane.acquire(1)
        began, collections = time.thread_time(), _full_collections()
        try:
            yield
        finally:
            seconds = (time.thread_time() - began) * (1 + followed)
            if seconds > _LONG_STEP and collections == _full_collections():
                loop.call_later(min(seconds * _STEP_REST, _LONGEST_REST), self._release, lane, 1)
            else:
                loop.call_soon(self._release, lane, 1)

    @asynccontextmanager
    async def reading(self, principal: Principal) -> AsyncIterator[None]:
        """Wait for the turn to parse a long document."""
        lane, loop = self._lane("reading", principal, 1), asyncio.get_running_loop()
        await lane.acquire(1)
        began = loop.time()
        try:
            yield
        finally:
            rest = min((loop.time() - began) * _READING_REST, _LONGEST_REST)
            loop.call_later(rest, self._release, lane, 1)

    @asynccontextmanager
    async def running(self, principal: Principal, cost: int) -> AsyncIterator[None]:
        """Wait until an operation of this cost may run. Do not take a second turn within."""
        lane = self._lane("running", principal, self._running)
        weight = min(max(cost, self._least), lane.most)
        await lane.acquire(weight)
        try:
            yield
        finally:
            self._release(lane, weight)

    def _lane(self, kind: str, principal: Principal, most: int) -> _Lane:
        key = (kind, principal.account_id, principal.kind in _BROWSERS)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane(key, most)
        return lane

    def _release(self, lane: _Lane, weight: int) -> None:
        lane.release(weight)
        if lane.is_idle and self._lanes.get(lane.key) is lane:
            del self._lanes[lane.key]


def _full_collections() -> int:
    collections: int = gc.get_stats()[-1]["collections"]
    return collections


class _Lane:
    """A weighted semaphore, first in, first out."""

    def __init__(self, key: tuple[str, str, bool], most: int) -> None:
        self.key = key
        self.most = most
        self._used = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def is_idle(self) -> bool:
        return not self._used and not self._waiting

    async def acquire(self, weight: int) -> None:
        if not self._waiting and self._used + weight <= self.most:
            self._used += weight
            return
        granted = asyncio.get_running_loop().create_future()
        self._waiting.append((weight, granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.cancelled():
                self._grant()  # this may have been the head of the queue, and too heavy for what is free
            else:
                self.release(weight)
            raise

    def release(self, weight: int) -> None:
        self._used -= weight
        self._grant()

    def _grant(self) -> None:
        while self._waiting:
            weight, granted = self._waiting[0]
            if not granted.done():
                if self._used + weight > self.most:
                    return
                self._used += weight
                granted.set_result(None)
            self._waiting.popleft()
