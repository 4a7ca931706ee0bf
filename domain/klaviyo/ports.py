"""What forwarding to Klaviyo needs of the outside."""

from __future__ import annotations

from typing import Protocol

from domain.connection.model import OpenConnection
from domain.events import BusinessEvent
from domain.outbox.ports import Receipt


class Klaviyo(Protocol):
    async def record(self, connection: OpenConnection, event: BusinessEvent) -> Receipt:
        """One attempt, within its own time-out; the same event recorded twice counts once there. Raises PassingFault,
        PermanentFault."""
