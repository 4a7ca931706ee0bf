"""What forwarding to Klaviyo needs of the outside."""

from __future__ import annotations

from typing import Protocol

from domain.delivery.model import DeliveryResult
from domain.events import BusinessEvent
from domain.model.connected_services import UnsealedConnection


class Klaviyo(Protocol):
    async def record(self, connection: UnsealedConnection, event: BusinessEvent) -> DeliveryResult:
        """One attempt, within its own time-out; the same event recorded twice counts once there. Raises PassingFault,
        PermanentFault."""
