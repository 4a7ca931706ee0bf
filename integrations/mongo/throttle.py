"""A throttle for the replies of the database to the questions of one account.

A question with lists within lists waits for hundreds of replies, and works on each for milliseconds. If all replies
that have come are handed back in the same round of the event loop, other accounts wait for that work in each of the
twenty rounds that one of their requests takes. So the replies of an account are handed back one at a time, and work
that takes long leaves the event loop to others for as long again.
"""

from __future__ import annotations

import asyncio
import time

_ROUNDS = 3  # of the event loop, in which the work on a reply is done: a loader wakes its callers, and they theirs
_SHORT = 0.004  # seconds of work that delay nobody
_LONGEST_PAUSE = 0.05  # seconds


class ReplyThrottle:
    """The throttle of one account."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def wait(self) -> None:
        """Wait until the caller may work on its reply."""
        await self._turn.acquire()
        asyncio.get_running_loop().call_soon(self._follow, time.monotonic(), _ROUNDS)

    def _follow(self, began: float, rounds: int) -> None:
        loop = asyncio.get_running_loop()
        if rounds:
            loop.call_soon(self._follow, began, rounds - 1)
            return
        took = time.monotonic() - began
        if took < _SHORT:
            self._turn.release()
        else:
            loop.call_later(min(took, _LONGEST_PAUSE), self._turn.release)
