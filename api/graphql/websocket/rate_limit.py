"""How fast a client may talk. Beyond it reading slows down, which the client's own socket passes on to it."""

from __future__ import annotations

import asyncio


class MessageRateLimit:
    def __init__(self, *, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = asyncio.get_running_loop().time()

    async def admit(self) -> None:
        """One more; waits where it came too soon."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate) - 1
        self._at = now
        if self._left < 0:
            await asyncio.sleep(-self._left / self._rate)
