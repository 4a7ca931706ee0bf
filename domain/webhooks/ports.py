"""What webhooks need of the outside: a line to an endpoint, and the words that an event is told in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from domain.events import BusinessEvent
from domain.values.ids import AccountId
from domain.values.record import Record
from domain.webhooks.model import WebhookEndpoint


class WebhookResponse(Record):
    """What an endpoint said. Its body is read by nobody: it may be anything."""

    http_status: int
    retry_after: timedelta | None = None


class WebhookClient(Protocol):
    async def post(self, body: bytes, headers: Mapping[str, str], *, seconds: float) -> WebhookResponse:
        """Raises PassingFault where there was no answer within the time, or where it may not be connected to."""


class WebhookClients(Protocol):
    def to(self, url: str) -> AbstractAsyncContextManager[WebhookClient]:
        """What the name stands for is looked at once; connections to there are kept as long as it is open."""


class WebhookRequest(Record):
    id: str  # the event's, as it is known outside
    body: bytes


class PayloadSerializer(Protocol):
    def letter(self, event: BusinessEvent) -> WebhookRequest:
        """The same bytes for the same event."""

    def test(self, now: datetime) -> WebhookRequest:
        """Of a test: in the form of an event's, and none."""


class PayloadSerializers(Protocol):
    async def of(self, account_id: AccountId) -> PayloadSerializer: ...


class EndpointDirectory(Protocol):
    async def of(self, account_id: AccountId) -> Sequence[WebhookEndpoint]:
        """All of the account's, the oldest first."""

    async def page(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, WebhookEndpoint]]:
        """Of all accounts, in the order of their ids, behind that one: for the operator."""
