"""Divides long work into slices of some milliseconds, so that one large response does not hold up the event loop.

The event loop runs all tasks that are ready before it looks at the network again. So the tasks share one allowance for
each round of the loop. A task that finds it used up continues in the next round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from time import perf_counter
from typing import Any

CHECKED = 15  # the time is looked at after each 16 items of a list: a bit mask
_SECONDS = 0.005  # of each round of the event loop


class Slices:
    """The allowance of one event loop."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._ends: float | None = None  # of the present round; None until somebody asks in it

    def is_over(self) -> bool:
        """Return whether the caller should go on in a later round of the event loop."""
        now = perf_counter()
        if self._ends is None:
            self._ends = now + self._seconds
            asyncio.get_running_loop().call_soon(self._begin)
            return False
        return now >= self._ends

    async def wait(self) -> None:
        """Return in a round of the event loop that has time left."""
        while True:
            ends = self._ends
            await asyncio.sleep(0)
            if self._ends == ends:  # that was the round of another event loop, which has ended
                self._ends = None
            if not self.is_over():
                return

    def _begin(self) -> None:
        self._ends = None


async def settled(slices: Slices, container: Any, keys: list[Any]) -> Any:
    """Await the coroutines at these keys of a dict or list at once, put their results in place, and return it.

    Thousands may begin in one round of the event loop, each with a task and a read, so they begin in slices too. The
    first error is raised, after the other coroutines were cancelled and have ended.
    """
    if len(keys) == 1:
        container[keys[0]] = await container[keys[0]]
        return container
    tasks: list[asyncio.Future[Any]] = []
    gathering: list[asyncio.Future[Any]] = []
    try:
        for key in keys:
            if tasks and not len(tasks) & CHECKED and slices.is_over():
                await slices.wait()
            tasks.append(asyncio.ensure_future(container[key]))
        gathering = [asyncio.gather(*tasks)]
        # With the shield, a cancellation comes here first, one round later, when all tasks have begun (see `cancel`).
        results = await asyncio.shield(gathering[0])
    except BaseException:
        for task in tasks:
            task.cancel()
        try:
            await cancel(slices, [container[key] for key in keys[len(tasks) :]])
        finally:
            await asyncio.gather(*tasks, *gathering, return_exceptions=True)
        raise
    for key, result in zip(keys, results, strict=True):
        container[key] = result
    return container


async def cancel(slices: Slices, coroutines: list[Awaitable[Any]]) -> None:
    """End coroutines that have not begun, because the execution was cancelled.

    Each begins first: one that is cancelled before leaves the coroutines that it was given unawaited, which Python
    reports as a mistake of the program. If this is cancelled as well, the rest begins at once.
    """
    tasks: list[asyncio.Future[Any]] = []
    again: asyncio.CancelledError | None = None
    for coroutine in coroutines:
        tasks.append(asyncio.ensure_future(coroutine))
        if again is None and not len(tasks) & CHECKED and slices.is_over():
            again = await _cancellation_of(slices.wait())
    again = await _cancellation_of(asyncio.sleep(0)) or again
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if again is not None:
        raise again


async def _cancellation_of(pause: Awaitable[None]) -> asyncio.CancelledError | None:
    """Wait, and return the cancellation that ended it."""
    try:
        await pause
    except asyncio.CancelledError as error:
        return error
    return None


_abandoned: set[asyncio.Future[Any]] = set()  # the event loop itself keeps no strong reference


def abandon(coroutines: list[Awaitable[Any]]) -> None:
    """Run coroutines whose results nobody needs any more, because an error has made a parent null."""
    if not coroutines:
        return
    ending = asyncio.gather(*coroutines, return_exceptions=True)
    _abandoned.add(ending)
    ending.add_done_callback(_abandoned.discard)
