"""The back-off of deliveries: delays, jitter, `Retry-After`, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.delivery.retry import RetryPolicy, exponential
from domain.forwarding.model import RETRY_POLICY as FORWARDING
from domain.outbox.retry import MAX_DELAY
from domain.outbox.retry import RETRY_POLICY as OUTBOX

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STEADY = RetryPolicy(
    delays=(timedelta(seconds=1), timedelta(seconds=10)),
    jitter=(1.0, 1.0),
    give_up_after=timedelta(days=1),
    max_retry_after=timedelta(minutes=5),
    min_attempts=2,
)


def test_exponential_delays_double_up_to_the_longest() -> None:
    seconds = [delay.total_seconds() for delay in OUTBOX.delays]
    assert seconds == [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_000]
    assert exponential(timedelta(seconds=4), timedelta(seconds=4)) == (timedelta(seconds=4),)


def test_the_last_delay_repeats() -> None:
    assert [STEADY.delay(failures).total_seconds() for failures in (0, 1, 2, 3, 1_000)] == [1, 1, 10, 10, 10]


def test_jitter_stays_within_its_range() -> None:
    for policy in (OUTBOX, FORWARDING):
        least, most = (policy.delays[-1] * factor for factor in policy.jitter)
        delays = [policy.delay(100) for _ in range(200)]
        assert least <= min(delays) < max(delays) <= most <= policy.max_delay
    assert timedelta(hours=1) == MAX_DELAY


def test_retry_after_lengthens_the_delay_up_to_a_limit() -> None:
    assert STEADY.delay(2, timedelta(seconds=3)) == timedelta(seconds=10)
    assert STEADY.delay(2, timedelta(minutes=2)) == timedelta(minutes=2)
    assert STEADY.delay(2, timedelta(days=2)) == timedelta(minutes=5)


def test_it_gives_up_after_its_time_and_no_sooner_than_the_fewest_attempts() -> None:
    assert not STEADY.is_exhausted(NOW, NOW + timedelta(hours=23), attempts=100)
    assert not STEADY.is_exhausted(NOW, NOW + timedelta(days=9), attempts=1)
    assert STEADY.is_exhausted(NOW, NOW + timedelta(days=1), attempts=2)
