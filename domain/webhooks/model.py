"""A partner's endpoint. Where it stands in the events is its forwarding's (`domain/forwarding`), of the same id."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from domain.events import EventType
from domain.values.ids import AccountId
from domain.values.record import Record, SecretRecord

MOST_ENDPOINTS = 20  # of an account
ROTATION = timedelta(hours=24)  # for which the secret before is good as well


class WebhookEndpoint(SecretRecord):
    hidden: ClassVar[tuple[str, ...]] = ("sealed",)

    id: str
    url: str
    topics: tuple[EventType, ...]
    created_at: datetime
    sealed: str  # the secrets, as the vault encrypted them: `secret`, and `previous` in a rotation
    description: str | None = None
    enabled: bool = True
    problem: str | None = None  # why it was switched off, where nobody did it by hand
    previous_until: datetime | None = None  # the secret before signs as well, until then
    version: int = 1


def sealing_place(account_id: AccountId, endpoint_id: str) -> str:
    """What its secrets are sealed for: they open nowhere else."""
    return f"{account_id}webhook{endpoint_id}"


class Pinged(Record):
    """What an endpoint said to a test."""

    http_status: int | None
    duration: timedelta
    error: str | None = None  # why it does not count as taken


class CreateEndpoint(Record):
    url: str
    topics: tuple[EventType, ...]
    description: str | None = None
    after: int | None = None  # seq of the log behind which it starts; None: now


class UpdateEndpoint(Record):
    """None: as it is."""

    endpoint_id: str
    url: str | None = None
    topics: tuple[EventType, ...] | None = None
    description: str | None = None
    enabled: bool | None = None
    expected_version: int | None = None
