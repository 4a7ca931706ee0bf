"""Values of a delivery: lease, attempt, result."""

from __future__ import annotations

from datetime import datetime

from domain.values.record import Record, StoredEnum


class Lease(Record):
    """The exclusive right to work on something until an instant, after which anybody may take it over."""

    token: str  # identifies the holder
    until: datetime


class AttemptOutcome(StoredEnum):
    """The result of one attempt. The API shows these values as they are."""

    DELIVERED = "delivered"
    RETRYING = "retrying"  # it failed and is tried again
    FAILED = "failed"  # it failed and is not tried again
    INTERRUPTED = "interrupted"  # the process stopped before it recorded the outcome
    DECLINED = "declined"  # the receiver wants no more events


class Attempt(Record):
    """One finished attempt. Attempts are append-only."""

    at: datetime  # when it finished
    outcome: AttemptOutcome
    event_id: str | None = None  # forwarding: the event that was delivered
    http_status: int | None = None
    error: str | None = None  # the other system's words, without secrets
    outcome_unknown: bool = False  # it failed, and the other system may have carried it out nevertheless


class DeliveryResult(Record):
    """The response of the other system to a delivery that succeeded."""

    external_id: str | None = None  # the other system's id of what it created
    external_url: str | None = None
    http_status: int | None = None
