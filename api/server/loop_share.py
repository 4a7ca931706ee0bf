"""The share of the event loop that frames may take, so that requests do not wait behind a fan-out.

In each round of the event loop, frames are delivered for at most 2 ms. A caller with more to deliver waits for a later
round; waiting callers are woken first in, first out.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

_SECONDS = 0.002  # of delivering, in one round
_WOKEN = 20  # in one round; a delivery takes some 100 µs


class LoopShare:
    def __init__(self) -> None:
        self._open = False  # a round has begun
        self._ends = 0.0  # when it is used up
        self._waiting: deque[asyncio.Future[None]] = deque()

    def is_left(self) -> bool:
        """Whether something may be delivered in this round."""
        now = time.monotonic()
        if not self._open:
            self._open, self._ends = True, now + _SECONDS
            asyncio.get_running_loop().call_soon(self._next_round)
        return now < self._ends

    async def turn(self) -> None:
        """Wait for a round in which something may be delivered."""
        while not self.is_left():
            woken = asyncio.get_running_loop().create_future()
            self._waiting.append(woken)
            await woken

    def _next_round(self) -> None:
        self._open = False
        for _ in range(min(_WOKEN, len(self._waiting))):
            woken = self._waiting.popleft()
            if not woken.done():
                woken.set_result(None)
        if self._waiting:  # those who were woken may have been cancelled, and then open no round
            asyncio.get_running_loop().call_soon(self._next_round)
