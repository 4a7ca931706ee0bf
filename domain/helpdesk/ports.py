"""What is needed of a helpdesk to look at a ticket again."""

from __future__ import annotations

from typing import Protocol

from domain.connection.model import OpenConnection
from domain.helpdesk.model import News


class HelpdeskReader(Protocol):
    async def news(self, connection: OpenConnection, ticket_external_id: str) -> News | None:
        """All of it as it is now; None where there is no such ticket. Raises Unavailable where it cannot be had now."""
