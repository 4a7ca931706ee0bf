"""The rate limit of inbound messages: a token bucket. Beyond it reading slows down, and TCP slows the client down."""

from __future__ import annotations

import asyncio


class MessageRateLimit:
    def __init__(self, *, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = asyncio.get_running_loop().time()

    async def admit(self) -> None:
        """Count one message; waits if it came too early."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate) - 1
        self._at = now
        if self._left < 0:
            await asyncio.sleep(-self._left / self._rate)
