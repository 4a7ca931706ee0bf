"""The refusal of a helpdesk that is not connected."""

from __future__ import annotations

from domain.model.handoff import Helpdesk
from domain.values.errors import ErrorCode, Field, Refusal


class NotConnected(Refusal):
    """The helpdesk was chosen before its credentials were verified, or its connection has stopped working."""

    code = ErrorCode.NOT_CONNECTED

    def __init__(self, message: str, *, helpdesk: Helpdesk, field: Field | None = None) -> None:
        super().__init__(message, field=field)
        self.helpdesk = helpdesk
