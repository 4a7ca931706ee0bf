"""When to try again, and when no more: the waits between two attempts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from domain.model.outbox import Outgoing

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(minutes=50)
FURTHEST = timedelta(hours=1)  # nothing is put off for longer, whatever the other side says
GIVE_UP_AFTER = timedelta(days=4)  # a helpdesk that is down from Friday to Tuesday is found again
_FEWEST = 3  # tries before giving up: a clock that leaps ahead is no outage
_SPREAD = 0.2  # so that what failed together does not come again together


def next_try(row: Outgoing, now: datetime, retry_after: timedelta | None) -> datetime | None:
    """After another try that failed, and is counted in the row; None: it was the last."""
    since = row.tried_since or now
    if now - since >= GIVE_UP_AFTER and row.tries >= _FEWEST:
        return None
    return now + max(wait(row.tries), min(retry_after or timedelta(0), FURTHEST))


def wait(tries: int) -> timedelta:
    """Twice as long each time, up to about an hour, and a fifth more or less."""
    doublings: int = min(max(tries, 1) - 1, 30)
    steady = min(_FIRST * (1 << doublings), _LONGEST)
    return steady * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
