"""The retry policy of the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.delivery.retry import RetryPolicy, exponential
from domain.model.outbox import Outgoing

RETRY_POLICY = RetryPolicy(
    delays=exponential(timedelta(seconds=5), timedelta(minutes=50)),
    jitter=(0.8, 1.2),  # rows that failed together do not come back together
    give_up_after=timedelta(days=4),  # a helpdesk that is down from Friday to Tuesday still gets its tickets
    max_retry_after=timedelta(hours=1),
    min_attempts=3,
)
MAX_DELAY = RETRY_POLICY.max_delay  # a `due_at` further ahead than this was written by a wrong clock


def next_attempt_at(row: Outgoing, now: datetime, retry_after: timedelta | None) -> datetime | None:
    """When to try a row again after a transient error that its attempts include, or None to give up."""
    if RETRY_POLICY.is_exhausted(row.trying_since or now, now, attempts=row.attempt_count):
        return None
    return now + RETRY_POLICY.delay(row.attempt_count, retry_after)
