"""An endpoint as a receiver of business events: each is written, signed, sent, and its answer judged."""

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

PATIENCE = 10.0  # seconds for connecting, sending and answering
_GONE = 410
_HEADERS = {"content-type": "application/json; charset=utf-8", "user-agent": "Baton-Webhooks/1"}


class EndpointReceiver:
    def __init__(
        self,
        *,
        endpoint: WebhookEndpoint,
        secrets: Mapping[str, str],
        line: WebhookClient,
        wording: PayloadSerializer,
        clock: Clock,
        seconds: float,
        switch_off: Callable[[str], Awaitable[None]],
    ) -> None:
        self._seconds = seconds
        self._switch_off = switch_off
        self._endpoint = endpoint
        self._secrets = secrets
        self._line = line
        self._wording = wording
        self._clock = clock

    def wants(self, event: BusinessEvent) -> bool:
        """History that came in from a file is nothing that happens."""
        return event.type in self._endpoint.topics and not event.imported

    async def deliver(self, event: BusinessEvent) -> DeliveryResult:
        answered = await self._post(self._wording.letter(event), seconds=self._seconds)
        return DeliveryResult(http_status=answered.http_status)

    async def report(self, problem: str | None) -> None:
        """It wants no more: it is switched off, and says why."""
        if problem is not None:
            await self._switch_off(problem)

    async def test(self, *, seconds: float) -> WebhookResponse:
        return await self._post(self._wording.test(self._clock.now()), seconds=seconds)

    async def _post(self, letter: WebhookRequest, *, seconds: float) -> WebhookResponse:
        """Raises PassingFault for all but a 2xx: an endpoint that is being put right may answer anything meanwhile.
        Raises Declined for 410, which says: no more of these."""
        now, secret = self._clock.now(), self._secrets["secret"]
        previous, until = self._secrets.get("previous"), self._endpoint.previous_until
        valid = [secret, previous] if previous and until and now < until else [secret]
        headers = {**_HEADERS, **signed_headers(valid, letter.id, now, letter.body)}
        answered = await self._line.post(letter.body, headers, seconds=seconds)
        status = answered.http_status
        if status == _GONE:
            raise Declined("It answered HTTP 410: it wants no more.", http_status=status)
        if not 200 <= status < 300:
            moved = " Redirects are not followed: give the address that it leads to." if 300 <= status < 400 else ""
            raise TransientError(
                f"It answered HTTP {status}.{moved}", http_status=status, retry_after=answered.retry_after
            )
        return answered


class EndpointReceivers:
    """All endpoints, by their ids."""

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        lines: WebhookClients,
        wordings: PayloadSerializers,
        clock: Clock,
        seconds: float = PATIENCE,
    ) -> None:
        self._seconds = min(seconds, PATIENCE)
        self._storage = storage
        self._vault = vault
        self._lines = lines
        self._wordings = wordings
        self._clock = clock

    @asynccontextmanager
    async def open(self, account_id: AccountId, forwarding_id: str) -> AsyncIterator[EndpointReceiver | None]:
        endpoint = await self._storage.read(account_id).get(WebhookEndpoint, forwarding_id)
        if endpoint is None or not endpoint.enabled:
            yield None
            return
        async with self.to(account_id, endpoint) as receiver:
            yield receiver

    @asynccontextmanager
    async def to(self, account_id: AccountId, endpoint: WebhookEndpoint) -> AsyncIterator[EndpointReceiver]:
        """Also to one that is switched off: for a test."""
        wording = await self._wordings.of(account_id)
        async with self._lines.to(endpoint.url) as line:
            yield EndpointReceiver(
                endpoint=endpoint,
                secrets=self._vault.open(endpoint.sealed, place=sealing_place(account_id, endpoint.id)),
                line=line,
                wording=wording,
                clock=self._clock,
                seconds=self._seconds,
                switch_off=partial(self._switched_off, account_id, endpoint.id),
            )

    async def _switched_off(self, account_id: AccountId, endpoint_id: str, problem: str) -> None:
        async def change(uow: UnitOfWork) -> None:
            endpoint = await uow.get(WebhookEndpoint, endpoint_id)
            if endpoint is not None and endpoint.enabled:
                uow.save(replace(endpoint, enabled=False, problem=problem, version=endpoint.version + 1))

        await self._storage.write(account_id, change)
