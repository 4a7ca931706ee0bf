"""Token buckets by key. They are in an LRU cache, so a bucket that is forgotten is full again."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import LRUCache

from domain.values.record import Record

_BUCKETS = 100_000  # some 200 bytes each


class Rate(Record):
    """How fast a bucket fills, and how much it holds."""

    per_second: float
    burst: float

    @classmethod
    def per_minute(cls, number: float) -> Rate:
        """Return the rate of a bucket that holds the number of one minute."""
        return cls(per_second=number / 60, burst=number)


class TokenBuckets:
    """The buckets of one process. A full bucket lends: it may be overdrawn once, by an amount above its burst."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left: LRUCache[str, tuple[float, float]] = LRUCache(_BUCKETS)  # tokens left, and when

    def left(self, key: str, rate: Rate) -> float:
        """Return the number of tokens in the bucket; it is negative for one that was overdrawn."""
        left, at = self._left.get(key, (rate.burst, 0.0))
        return min(rate.burst, left + (self._now() - at) * rate.per_second)

    def wait(self, key: str, rate: Rate, amount: float) -> float:
        """Return the seconds until the amount can be taken; 0 if it can be taken now."""
        left = self.left(key, rate)
        return max(0.0, min(amount, rate.burst) - left) / rate.per_second

    def take(self, key: str, rate: Rate, amount: float) -> None:
        """Take the amount, whatever is left."""
        self._left[key] = (self.left(key, rate) - amount, self._now())
