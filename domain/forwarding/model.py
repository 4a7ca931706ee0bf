"""A place in the account's business events, and how far a receiver has got from there.

The events are kept for ever, each with its number in the account's log. So what a receiver still has to get is not a
pile of rows but one number: `position`, moved behind each event that was taken. Order, once each, days of patience and
sending again from anywhere follow from it.

    next event ──▶ attempt ──┬─ taken ───────────▶ position moves behind it
        ▲                    ├─ passing fault ───▶ the same again, later ──┬─ for 3 days
        │                    │                                             ▼
        ├────────────────────┴─ permanent fault ─▶ a dead letter, and position moves behind it
        └── the receiver wants no more, or its credentials are void ─▶ it rests, and the position stays

A runner holds a lease while it works. `fence` grows with every lease and `generation` with every change by people, and
what the runner records names both: one that lost its lease, or works from a position that was moved, records nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from domain.events import BusinessEvent
from domain.values.record import Record

PATIENCE = timedelta(days=3)  # for one event: a receiver that is down over a weekend gets everything
TROUBLE_AFTER = timedelta(hours=1)  # of failing: then people are told
RESTING = timedelta(hours=1)  # between two looks whether credentials work again
LONGEST_WAIT = timedelta(hours=1)
ATTEMPTS_KEPT = 20
_WAITS = (5, 15, 60, 180, 600, 1_800)  # seconds after the first failures in a row; then the longest


class ReceiverKind(StrEnum):
    WEBHOOK = "WEBHOOK"
    KLAVIYO = "KLAVIYO"


class ForwardingOutcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    FAILED = "failed"
    DECLINED = "declined"


class ForwardingAttempt(Record):
    """One attempt at one event."""

    event_id: str
    at: datetime  # when it was over
    outcome: ForwardingOutcome
    http_status: int | None = None
    error: str | None = None  # without secrets


class ForwardingLease(Record):
    """Until when nobody else works on it. Should clocks disagree, an event is sent twice; nothing else follows."""

    holder: str
    until: datetime


class Forwarding(Record):
    """To one receiver. Its id is that of the endpoint or connection that it is for."""

    id: str
    kind: ReceiverKind
    position: int  # seq of the log up to which everything is done
    due_at: datetime | None  # not before; None: it rests until somebody wakes it
    generation: int = 1
    fence: int = 0
    lease: ForwardingLease | None = None
    failures: int = 0  # in a row, of whatever event
    failing_since: datetime | None = None  # the first of them
    trying_since: datetime | None = None  # when the present event was tried first
    attempts: tuple[ForwardingAttempt, ...] = ()  # the latest, oldest first

    def problem(self, now: datetime) -> str | None:
        """What is wrong for so long that somebody should look."""
        if self.failing_since is None or now - self.failing_since < TROUBLE_AFTER:
            return None
        last = self.attempts[-1].error if self.attempts else None
        return f"It takes no events since {self.failing_since:%Y-%m-%d %H:%M} UTC: {last or 'it does not answer'}"

    def gives_up(self, now: datetime) -> bool:
        """Whether the present event has had its time."""
        return self.trying_since is not None and now - self.trying_since >= PATIENCE


class DeadLetter(Record):
    """An event that a receiver did not take. It can be sent again by itself."""

    id: str  # see `dead_letter_id`
    forwarding_id: str
    event_id: str
    seq: int
    at: datetime  # when it was given up
    error: str
    http_status: int | None = None


def dead_letter_id(forwarding_id: str, event: BusinessEvent) -> str:
    """The same for the same event, so that to note it twice is to note it once."""
    return f"{forwarding_id}{event.id}"


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return timedelta(seconds=_WAITS[failures - 1]) if failures <= len(_WAITS) else LONGEST_WAIT
