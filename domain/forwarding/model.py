"""A receiver's position in the account's business events.

The log keeps every business event under its sequence number, so what a receiver still has to get is no list of rows
but one number: `position`, advanced after each event that was delivered. That gives order, retries over days, and
redelivery from any position.

    next event ──▶ attempt ──┬─ success ─────────▶ advance the position
        ▲                    ├─ transient error ─▶ back-off, the same event again ──┬─ for 3 days
        │                    │                                                      ▼
        ├────────────────────┴─ permanent error ─▶ dead letter, and advance the position
        └── the receiver declines, or its credentials are invalid ─▶ pause; the position stays

A runner works under a lease. `fence` is incremented with every lease and `generation` with every change by a person.
Each write of a runner is conditional on both, so a runner that lost its lease, or that works from a position that was
moved meanwhile, writes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.delivery.model import Attempt, Lease
from domain.delivery.retry import RetryPolicy
from domain.values.record import Record, StoredEnum

RETRY_POLICY = RetryPolicy(
    delays=tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 180, 600, 1_800, 3_600)),
    jitter=(1.0, 1.1),  # never earlier than the delays above
    give_up_after=timedelta(days=3),  # per event: a receiver that is down over a weekend gets everything
    max_retry_after=timedelta(hours=6),
)
PROBLEM_AFTER = timedelta(hours=1)  # of failures in a row; then people are told
CREDENTIALS_RETRY = timedelta(hours=1)  # between two attempts with credentials that were refused
ATTEMPTS_KEPT = 20


class ReceiverKind(StoredEnum):
    WEBHOOK = "WEBHOOK"
    KLAVIYO = "KLAVIYO"


class Forwarding(Record):
    """The delivery of business events to one receiver. It has the id of the endpoint or connection that it serves."""

    id: str
    kind: ReceiverKind
    position: int  # sequence number of the last event that was processed
    due_at: datetime | None  # no attempt before this instant; None: paused until somebody wakes it
    generation: int = 1
    fence: int = 0
    lease: Lease | None = None  # by this machine's clock: with skewed clocks, an event may be sent twice
    failures: int = 0  # in a row, of any events
    failing_since: datetime | None = None  # the first of these failures
    trying_since: datetime | None = None  # the first attempt at the next event
    attempts: tuple[Attempt, ...] = ()  # the latest ones, oldest first

    def problem(self, now: datetime) -> str | None:
        """The problem that people should look at, or None while failures are recent."""
        if self.failing_since is None or now - self.failing_since < PROBLEM_AFTER:
            return None
        last = self.attempts[-1].error if self.attempts else None
        return f"Nothing was delivered since {self.failing_since:%Y-%m-%d %H:%M} UTC: {last or 'no response'}"

    def is_exhausted(self, now: datetime) -> bool:
        """Whether the retries of the next event are over."""
        if self.trying_since is None:
            return False
        return RETRY_POLICY.is_exhausted(self.trying_since, now, attempts=self.failures)


class DeadLetterReason(StoredEnum):
    """Why an event was given up."""

    REFUSED = "REFUSED"  # the receiver will never accept it
    EXHAUSTED = "EXHAUSTED"  # every attempt has failed until the retries were over
    NEWER = "NEWER"  # only a newer build knows its type, and none has come to send it
    UNREADABLE = "UNREADABLE"  # its stored form is damaged
    RESTORED = "RESTORED"  # it waited in a backup that was restored, and may have been delivered since


class DeadLetter(Record):
    """An event that was given up for a receiver. It can be sent again on its own."""

    id: str  # see `dead_letter_id`
    forwarding_id: str
    event_id: str
    seq: int
    at: datetime  # when it was given up
    error: str
    http_status: int | None = None
    reason: DeadLetterReason | None = None  # None: an earlier build wrote it


class UnreadableEvent(Record):
    """A business event whose stored form is no event's, so that no receiver can get it."""

    id: str
    seq: int


def dead_letter_id(forwarding_id: str, event_id: str) -> str:
    """Derived from the event, so that writing a dead letter is idempotent."""
    return f"{forwarding_id}{event_id}"
