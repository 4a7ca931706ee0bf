"""Back-off with jitter: when to try again, and when to give up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from domain.values.record import Record


class RetryPolicy(Record):
    delays: tuple[timedelta, ...]  # after the first, second, … failure; the last one repeats
    jitter: tuple[float, float]  # each delay is multiplied by a random factor from this range
    give_up_after: timedelta  # since the first attempt
    max_retry_after: timedelta  # a server that asks for a longer wait is tried earlier than it asks
    min_attempts: int = 1  # before giving up: a clock that jumps ahead is not an outage

    @property
    def max_delay(self) -> timedelta:
        """The longest time between two attempts."""
        return max(self.delays[-1] * self.jitter[1], self.max_retry_after)

    def delay(self, failures: int, retry_after: timedelta | None = None) -> timedelta:
        """How long to wait after the given number of failures in a row, the latest of which returned `retry_after`."""
        steady = self.delays[min(max(failures, 1), len(self.delays)) - 1]
        delay = steady * random.uniform(*self.jitter)  # noqa: S311 - spreads load, guards nothing
        return max(delay, min(retry_after or timedelta(0), self.max_retry_after))

    def is_exhausted(self, first_attempt_at: datetime, now: datetime, *, attempts: int) -> bool:
        """Whether the time for retries is over."""
        return now - first_attempt_at >= self.give_up_after and attempts >= self.min_attempts


def exponential(first: timedelta, longest: timedelta) -> tuple[timedelta, ...]:
    """Delays that double from `first` up to `longest`."""
    delays = [first]
    while delays[-1] < longest:
        delays.append(min(delays[-1] * 2, longest))
    return tuple(delays)
