"""Port of forwarding to Klaviyo."""

from __future__ import annotations

from typing import Protocol

from domain.delivery.model import DeliveryResult
from domain.events import BusinessEvent
from domain.model.connected_services import UnsealedConnection


class Klaviyo(Protocol):
    async def record(self, connection: UnsealedConnection, event: BusinessEvent) -> DeliveryResult:
        """Record an event, within a time-out of its own. Idempotent: Klaviyo keeps an event once.

        Raises `TransientError` if another attempt may succeed, `PermanentError` if not.
        """
