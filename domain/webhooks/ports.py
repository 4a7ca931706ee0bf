"""Ports of webhooks: HTTP clients for endpoints, serializers of events, and reads of endpoints."""

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
    """The response of an endpoint. Its body is ignored."""

    http_status: int
    retry_after: timedelta | None = None


class WebhookClient(Protocol):
    async def post(self, body: bytes, headers: Mapping[str, str], *, seconds: float) -> WebhookResponse:
        """Send one request and return the response, whatever its status.

        Raises `TransientError` if there was no response within `seconds`, or if the URL's host resolves to an address
        that may not be connected to.
        """


class WebhookClients(Protocol):
    def open(self, url: str) -> AbstractAsyncContextManager[WebhookClient]:
        """Open a client for one URL. Its host is resolved once, and connections are reused until it is closed."""


class WebhookRequest(Record):
    id: str  # the event's id in the API
    body: bytes


class PayloadSerializer(Protocol):
    async def serialize(self, event: BusinessEvent) -> WebhookRequest:
        """Return the request for an event: the same bytes each time. Raises `Unavailable`."""

    def serialize_test(self, now: datetime) -> WebhookRequest:
        """Return the request for a test. It has the form of an event."""


class PayloadSerializers(Protocol):
    async def open(self, account_id: AccountId) -> PayloadSerializer:
        """Return the serializer of an account. Raises `Unavailable` if the database does not respond."""


class EndpointDirectory(Protocol):
    """Reads of endpoints. Every method raises `Unavailable` if the database does not respond."""

    async def of(self, account_id: AccountId) -> Sequence[WebhookEndpoint]:
        """Return all endpoints of the account, the oldest first."""

    async def page(self, *, after: str, limit: int) -> Sequence[tuple[AccountId, WebhookEndpoint]]:
        """Return endpoints of all accounts in the order of their ids, after the id `after`: for the operator."""
