"""A webhook endpoint as a receiver of business events: serialize, sign, send, and interpret the response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

from domain.connected_services.ports import Vault
from domain.delivery.errors import Declined, TransientError
from domain.delivery.model import DeliveryResult
from domain.events import BusinessEvent
from domain.storage import Storage, UnitOfWork
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import replace
from domain.webhooks.model import WebhookEndpoint, sealing_place
from domain.webhooks.ports import (
    PayloadSerializer,
    PayloadSerializers,
    WebhookClient,
    WebhookClients,
    WebhookRequest,
    WebhookResponse,
)
from domain.webhooks.signature import signed_headers

MAX_SECONDS = 10.0  # for connecting, sending and receiving
_GONE = 410
_HEADERS = {"content-type": "application/json; charset=utf-8", "user-agent": "Baton-Webhooks/1"}


class EndpointReceiver:
    def __init__(
        self,
        *,
        endpoint: WebhookEndpoint,
        secrets: Mapping[str, str],
        client: WebhookClient,
        serializer: PayloadSerializer,
        clock: Clock,
        seconds: float,
        switch_off: Callable[[str], Awaitable[None]],
    ) -> None:
        self._endpoint = endpoint
        self._secrets = secrets
        self._client = client
        self._serializer = serializer
        self._clock = clock
        self._seconds = seconds
        self._switch_off = switch_off

    def wants(self, event: BusinessEvent) -> bool:
        """Return whether the endpoint subscribed to the event. Imported history is never sent."""
        return event.type in self._endpoint.topics and not event.imported

    async def deliver(self, event: BusinessEvent) -> DeliveryResult:
        """Send the event. Raises `TransientError` for every status but 2xx and 410, `Declined` for 410."""
        response = await self._post(await self._serializer.serialize(event), seconds=self._seconds)
        return DeliveryResult(http_status=response.http_status)

    async def report(self, problem: str | None) -> None:
        """Switch the endpoint off, and record why."""
        if problem is not None:
            await self._switch_off(problem)

    async def test(self, *, seconds: float) -> WebhookResponse:
        """Send a test. Returns and raises like `deliver`."""
        return await self._post(self._serializer.serialize_test(self._clock.now()), seconds=seconds)

    async def _post(self, request: WebhookRequest, *, seconds: float) -> WebhookResponse:
        """A 4xx is transient as well: an endpoint may return anything while its owner repairs it."""
        now, secret = self._clock.now(), self._secrets["secret"]
        until = self._endpoint.previous_until
        before = [self._secrets[name] for name in ("previous", "older") if name in self._secrets]
        valid = [secret, *before] if until and now < until else [secret]
        headers = {**_HEADERS, **signed_headers(valid, request.id, now, request.body)}
        response = await self._client.post(request.body, headers, seconds=seconds)
        status = response.http_status
        if status == _GONE:
            raise Declined("It returned HTTP 410: it wants no more events.", http_status=status)
        if not 200 <= status < 300:
            hint = " Redirects are not followed: enter the URL that it redirects to." if 300 <= status < 400 else ""
            raise TransientError(
                f"It returned HTTP {status}.{hint}", http_status=status, retry_after=response.retry_after
            )
        return response


class EndpointReceivers:
    """All endpoints, by id."""

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clients: WebhookClients,
        serializers: PayloadSerializers,
        clock: Clock,
        seconds: float = MAX_SECONDS,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clients = clients
        self._serializers = serializers
        self._clock = clock
        self._seconds = min(seconds, MAX_SECONDS)

    @asynccontextmanager
    async def open(self, account_id: AccountId, forwarding_id: str) -> AsyncIterator[EndpointReceiver | None]:
        endpoint = await self._storage.read(account_id).get(WebhookEndpoint, forwarding_id)
        if endpoint is None or not endpoint.enabled:
            yield None
            return
        async with self.open_endpoint(account_id, endpoint) as receiver:
            yield receiver

    @asynccontextmanager
    async def open_endpoint(self, account_id: AccountId, endpoint: WebhookEndpoint) -> AsyncIterator[EndpointReceiver]:
        """Open an endpoint that may be switched off: for a test. Raises `CannotOpen`."""
        serializer = await self._serializers.open(account_id)
        async with self._clients.open(endpoint.url) as client:
            yield EndpointReceiver(
                endpoint=endpoint,
                secrets=self._vault.open(endpoint.sealed, place=sealing_place(account_id, endpoint.id)),
                client=client,
                serializer=serializer,
                clock=self._clock,
                seconds=self._seconds,
                switch_off=partial(self._switch_off, account_id, endpoint.id),
            )

    async def _switch_off(self, account_id: AccountId, endpoint_id: str, problem: str) -> None:
        async def change(uow: UnitOfWork) -> None:
            endpoint = await uow.get(WebhookEndpoint, endpoint_id)
            if endpoint is not None and endpoint.enabled:
                uow.save(replace(endpoint, enabled=False, problem=problem, version=endpoint.version + 1))

        await self._storage.write(account_id, change)
