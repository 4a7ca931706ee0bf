"""Divides the event loop among accounts, so that the work of one delays the others by milliseconds.

The event loop runs everything that is ready before it looks at the network again. If thousands of operations of one
account are ready at once, everybody waits for all of them. So the work of an account waits in lanes:

    step      one synchronous piece, such as pricing an operation: one in each round of the event loop
    reading   parsing and validating a long document that is new: one at a time, in a thread (`documents/store.py`)
    beginning opening streams, each with a context of its own: 16 at once, so that thousands of subscriptions that come
              together take the memory of these
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
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from domain.principal import Principal, PrincipalKind

_RUNNING = 20_000  # cost of the operations of one lane at once: one of the largest that are allowed
_BEGINNING = 16  # subscriptions of one lane at once
_LEAST = 1_250  # which each of them counts at least, so that there are 16 at most
_LONG_STEP = 0.005  # seconds of the processor, from which on a step is followed by a rest
_STEP_REST = 3.0  # times as long as the step
_READING_REST = 1.0  # times as long as the reading, which is in a thread
_LONGEST_REST = 2.0  # seconds
_OLDEST = 2  # the generation of the garbage collector that a full run looks at
_BROWSERS = frozenset({PrincipalKind.WIDGET, PrincipalKind.SHOPPER, PrincipalKind.ANONYMOUS})


class Turns:
    """The lanes of one process."""

    def __init__(self, *, running: int = _RUNNING, least: int = _LEAST) -> None:
        self._running = running
        self._least = least
        self._lanes: dict[tuple[str, str, bool], _Lane] = {}

    def step(self, principal: Principal, *, followed: float = 0.0) -> AbstractAsyncContextManager[None]:
        """Wait for the turn of a synchronous piece of work. The next one begins in a later round of the event loop, and
        after a long piece of work later still. `followed`: so many times as long is the work that follows without a
        turn of its own."""
        return _Step(self._lane("step", principal, 1), 1, self._release, 1 + followed)

    def reading(self, principal: Principal) -> AbstractAsyncContextManager[None]:
        """Wait for the turn to parse a long document."""
        return _LongReading(self._lane("reading", principal, 1), 1, self._release)

    def beginning(self, principal: Principal) -> AbstractAsyncContextManager[None]:
        """Wait for the turn to open a stream. Steps and runs may be waited for within."""
        return _Place(self._lane("beginning", principal, _BEGINNING), 1, self._release)

    def running(self, principal: Principal, cost: int) -> AbstractAsyncContextManager[None]:
        """Wait until an operation of this cost may run. Do not take a second turn within."""
        lane = self._lane("running", principal, self._running)
        return _Place(lane, min(max(cost, self._least), lane.most), self._release)

    def has_room(self, principal: Principal, cost: int) -> bool:
        """Whether `running` would not wait now. An operation that awaits nothing then needs no place."""
        lane = self._lanes.get(("running", principal.account_id, principal.kind in _BROWSERS))
        return lane is None or lane.has_room(min(max(cost, self._least), lane.most))

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


class _Place:
    """One place in a lane for a block. A class, since thousands may wait, and a generator takes a kilobyte."""

    __slots__ = ("_lane", "_release", "_weight")

    def __init__(self, lane: _Lane, weight: int, release: Callable[[_Lane, int], None]) -> None:
        self._lane = lane
        self._weight = weight
        self._release = release

    async def __aenter__(self) -> None:
        await self._lane.acquire(self._weight)

    async def __aexit__(self, *error: object) -> None:
        self._release(self._lane, self._weight)


class _Step(_Place):
    __slots__ = ("_began", "_collections", "_times")

    def __init__(self, lane: _Lane, weight: int, release: Callable[[_Lane, int], None], times: float) -> None:
        super().__init__(lane, weight, release)
        self._times = times

    async def __aenter__(self) -> None:
        await self._lane.acquire(self._weight)
        self._began, self._collections = time.thread_time(), _collections.full

    async def __aexit__(self, *error: object) -> None:
        seconds, loop = (time.thread_time() - self._began) * self._times, asyncio.get_running_loop()
        if seconds > _LONG_STEP and self._collections == _collections.full:
            loop.call_later(min(seconds * _STEP_REST, _LONGEST_REST), self._release, self._lane, self._weight)
        else:
            loop.call_soon(self._release, self._lane, self._weight)


class _LongReading(_Place):
    __slots__ = ("_began",)

    async def __aenter__(self) -> None:
        await self._lane.acquire(self._weight)
        self._began = time.monotonic()

    async def __aexit__(self, *error: object) -> None:
        rest = min((time.monotonic() - self._began) * _READING_REST, _LONGEST_REST)
        asyncio.get_running_loop().call_later(rest, self._release, self._lane, self._weight)


class _Collections:
    """Counts the full runs of the garbage collector, which calls it."""

    def __init__(self) -> None:
        self.full = 0

    def __call__(self, phase: str, info: Mapping[str, int]) -> None:
        if phase == "stop" and info["generation"] == _OLDEST:
            self.full += 1


_collections = _Collections()
gc.callbacks.append(_collections)


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

    def has_room(self, weight: int) -> bool:
        return not self._waiting and self._used + weight <= self.most

    async def acquire(self, weight: int) -> None:
        if self.has_room(weight):
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
