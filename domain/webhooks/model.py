"""A webhook endpoint. Its position in the events is in the forwarding with the same id (`domain/forwarding`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from domain.events import EventType
from domain.values.ids import AccountId
from domain.values.record import Record, SecretRecord

MAX_ENDPOINTS = 20  # per account
ROTATION = timedelta(hours=24)  # during which the previous secret signs as well


class WebhookEndpoint(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("sealed",)

    id: str
    url: str
    topics: tuple[EventType, ...]
    created_at: datetime
    sealed: str  # encrypted secrets: `secret`, and during a rotation `previous`, and `older` after two of them
    description: str | None = None
    enabled: bool = True
    problem: str | None = None  # why Baton switched it off
    previous_until: datetime | None = None  # until then the previous secrets sign as well
    version: int = 1


def sealing_place(account_id: AccountId, endpoint_id: str) -> str:
    """The place that an endpoint's secrets are bound to."""
    return f"{account_id}webhook{endpoint_id}"


class PingResult(Record):
    """The response of an endpoint to a test."""

    http_status: int | None
    duration: timedelta
    error: str | None = None  # why the test failed


class CreateEndpoint(Record):
    url: str
    topics: tuple[EventType, ...]
    description: str | None = None
    after: int | None = None  # send the events after this sequence number of the log; None: future events


class UpdateEndpoint(Record):
    """A field of None is left unchanged."""

    endpoint_id: str
    url: str | None = None
    topics: tuple[EventType, ...] | None = None
    description: str | None = None
    enabled: bool | None = None
    expected_version: int | None = None
