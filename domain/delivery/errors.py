"""Why a delivery failed, and whether another attempt may help.

DeliveryError
├── TransientError    try again later
└── PermanentError    another attempt would fail as well
    └── Declined      the receiver wants no more deliveries at all
"""

from __future__ import annotations

from datetime import timedelta

from domain.values.text import printable


class DeliveryError(Exception):
    """Base class. `message` is stored and shown to people: the other system's words, without secrets. It may send any
    character; half of a surrogate pair cannot be stored, and others would act on a terminal."""

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        self.message = printable(message)
        super().__init__(self.message)
        self.http_status = http_status


class TransientError(DeliveryError):
    """A failure that another attempt may not meet: a time-out, a lost connection, an overloaded server.

    `outcome_unknown`: the other system may have carried out the request nevertheless.
    `retry_after`: how long the other system asks to wait before any other request of this account.
    """

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        retry_after: timedelta | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message, http_status=http_status)
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown


class PermanentError(DeliveryError):
    """A failure that another attempt would meet again.

    `credentials`: the cause is the connection's credentials, so every other delivery over it fails as well.
    """

    def __init__(self, message: str, *, http_status: int | None = None, credentials: bool = False) -> None:
        super().__init__(message, http_status=http_status)
        self.credentials = credentials


class Declined(PermanentError):
    """The receiver wants no more deliveries (HTTP 410): stop until somebody switches it on again."""
