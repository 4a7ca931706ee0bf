"""A time limit that costs nothing where nothing is waited for.

`asyncio.timeout` sets a timer at the event loop and cancels it again. Most requests come with their whole body, and
with a credential that the process knows: they have what they need at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@coroutine
def within(seconds: float, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Return the result of the work, which may wait for so many seconds. Raises `TimeoutError`, and what it raises."""
    try:
        first = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    return (yield from _limited(seconds, _Rest(work, first)).__await__())


async def _limited(seconds: float, rest: _Rest[T]) -> T:
    async with asyncio.timeout(seconds):
        return await rest


class _Rest(Generic[T]):
    """The rest of a coroutine that has been started. `first` is the future that it waits for."""

    def __init__(self, work: Coroutine[Any, Any, T], first: Any) -> None:
        self._work = work
        self._first = first

    def __await__(self) -> Generator[Any, Any, T]:
        waits_for = self._first
        try:
            while True:
                try:
                    sent = yield waits_for
                except BaseException as error:  # noqa: BLE001 - a cancellation, which is the work's too
                    waits_for = self._work.throw(error)
                else:
                    waits_for = self._work.send(sent)
        except StopIteration as done:
            result: T = done.value
            return result
