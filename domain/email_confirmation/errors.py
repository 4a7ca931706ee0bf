"""Refusals of a mail that confirms an address."""

from __future__ import annotations

from datetime import datetime

from domain.values.errors import ErrorCode, Field, Refusal


class EmailNotConnected(Refusal):
    """The account has no mail server that could send it."""

    code = ErrorCode.NOT_CONNECTED


class TooManyMails(Refusal):
    """A limit of such mails is reached until `retry_at`."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, message: str, *, retry_at: datetime, field: Field | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_at = retry_at
