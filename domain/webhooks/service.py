"""The commands of partners' endpoints. For OWNER, ADMIN and MANAGER."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial

from domain.connected_services.ports import CannotOpen, Vault
from domain.delivery.errors import DeliveryError
from domain.events import EventType
from domain.forwarding import changes
from domain.forwarding.model import ReceiverKind
from domain.forwarding.ports import ForwardingStore
from domain.idempotency import Result, once
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, new_id
from domain.values.record import Record, replace
from domain.values.text import check_label
from domain.webhooks.addresses import check_address
from domain.webhooks.model import (
    MOST_ENDPOINTS,
    ROTATION,
    CreateEndpoint,
    Pinged,
    UpdateEndpoint,
    WebhookEndpoint,
    sealing_place,
)
from domain.webhooks.ports import EndpointDirectory
from domain.webhooks.receiver import EndpointReceivers
from domain.webhooks.signature import new_secret

_ENDPOINT = "endpoint_id"
_PAGE = 100
_TEST_SECONDS = 6.0  # somebody waits for it, and a request ends after 10


class WithSecret(Record):
    endpoint: WebhookEndpoint
    secret: str | None  # shown once, now


class WebhookService:
    def __init__(
        self,
        *,
        storage: Storage,
        endpoints: EndpointDirectory,
        forwardings: ForwardingStore,
        receivers: EndpointReceivers,
        vault: Vault,
        private_networks: bool,
    ) -> None:
        self._storage = storage
        self._endpoints = endpoints
        self._forwardings = forwardings
        self._receivers = receivers
        self._vault = vault
        self._private_networks = private_networks

    async def list(self, principal: Principal) -> Sequence[WebhookEndpoint]:
        principal.require(Permission.CHANGE_SETTINGS)
        return await self._endpoints.of(principal.account_id)

    async def create(self, principal: Principal, command: CreateEndpoint, key: str | None = None) -> WithSecret:
        """Done before under this key, it is answered without its secret.

        Raises Invalid for an address that cannot be, Conflict where there are too many, Forbidden.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        url, topics = self._url(command.url), _topics(command.topics)
        description = _description(command.description)
        # Of two that come at the same moment one may be too many: that is no harm.
        if len(await self._endpoints.of(principal.account_id)) >= MOST_ENDPOINTS:
            raise Conflict(f"There are {MOST_ENDPOINTS} endpoints already: delete one that is not used.")
        secret, endpoint_id = new_secret(), new_id()
        sealed = self._seal(principal.account_id, endpoint_id, secret=secret)

        async def change(uow: UnitOfWork) -> WebhookEndpoint:
            async def make() -> Result:
                endpoint = WebhookEndpoint(
                    id=endpoint_id, url=url, topics=topics, description=description, created_at=uow.now, sealed=sealed
                )
                uow.save(endpoint)
                changes.begin(uow, endpoint.id, ReceiverKind.WEBHOOK, after=command.after)
                return {"endpoint": endpoint.id}

            return await _endpoint(uow, (await once(uow, principal, key, command, make))["endpoint"])

        endpoint = await self._storage.write(principal.account_id, change)
        return WithSecret(endpoint=endpoint, secret=secret if endpoint.id == endpoint_id else None)

    async def update(self, principal: Principal, command: UpdateEndpoint) -> WebhookEndpoint:
        """What waits goes to the new address, of the new topics. Raises Invalid, NotFound, Conflict, Forbidden."""
        principal.require(Permission.CHANGE_SETTINGS)
        url = None if command.url is None else self._url(command.url)
        topics = None if command.topics is None else _topics(command.topics)
        description = _description(command.description)

        async def change(uow: UnitOfWork) -> WebhookEndpoint:
            before = await _endpoint(uow, command.endpoint_id)
            if command.expected_version not in (None, before.version):
                raise Conflict(f"Somebody changed it: it is version {before.version}.", field="expected_version")
            enabled = before.enabled if command.enabled is None else command.enabled
            after = replace(
                before,
                url=url or before.url,
                topics=topics or before.topics,
                description=description or before.description,
                enabled=enabled,
                problem=None if enabled else before.problem,
            )
            if after == before:
                return before
            after = replace(after, version=before.version + 1)
            uow.save(after)
            if not enabled:
                await changes.pause(uow, after.id)
            elif not before.enabled or after.url != before.url:
                await changes.wake(uow, after.id)
            return after

        return await self._storage.write(principal.account_id, change)

    async def delete(self, principal: Principal, endpoint_id: str) -> None:
        principal.require(Permission.CHANGE_SETTINGS)

        async def change(uow: UnitOfWork) -> None:
            await _endpoint(uow, endpoint_id)
            uow.delete(WebhookEndpoint, endpoint_id)
            changes.end(uow, endpoint_id)

        await self._storage.write(principal.account_id, change)
        await self._forwardings.forget_dead_letters(principal.account_id, endpoint_id, after=-1)

    async def rotate_secret(self, principal: Principal, endpoint_id: str) -> WithSecret:
        """The one before signs as well for a day, so that the receiver can change over."""
        principal.require(Permission.CHANGE_SETTINGS)
        secret = new_secret()

        async def change(uow: UnitOfWork) -> WebhookEndpoint:
            before = await _endpoint(uow, endpoint_id)
            try:
                secrets = {"secret": secret, "previous": self._open(uow.account_id, before)["secret"]}
            except CannotOpen:
                secrets = {"secret": secret}  # the one before is lost: nothing is signed with it
            after = replace(
                before,
                sealed=self._seal(uow.account_id, before.id, **secrets),
                previous_until=uow.now + ROTATION if "previous" in secrets else None,
                version=before.version + 1,
            )
            uow.save(after)
            return after

        return WithSecret(endpoint=await self._storage.write(principal.account_id, change), secret=secret)

    async def ping(self, principal: Principal, endpoint_id: str) -> Pinged:
        """A test, signed like an event, whether or not it is switched on. Raises NotFound, Forbidden."""
        principal.require(Permission.CHANGE_SETTINGS)
        endpoint = await self._storage.read(principal.account_id).get(WebhookEndpoint, endpoint_id)
        if endpoint is None:
            raise NotFound("No such endpoint.", field=_ENDPOINT)
        began = time.monotonic()

        def took() -> timedelta:
            return timedelta(seconds=time.monotonic() - began)

        try:
            async with self._receivers.to(principal.account_id, endpoint) as receiver:
                answered = await receiver.test(seconds=_TEST_SECONDS)
        except DeliveryError as fault:
            return Pinged(http_status=fault.http_status, duration=took(), error=fault.message)
        except CannotOpen:
            return Pinged(http_status=None, duration=took(), error="Its secret cannot be opened: give it a new one.")
        return Pinged(http_status=answered.http_status, duration=took())

    async def reseal(self) -> AsyncIterator[tuple[AccountId, WebhookEndpoint, str | None]]:
        """Each endpoint's secrets, under the newest key when it is given; with the reason where it cannot be."""
        async for account_id, endpoint in self._all():
            if not self._vault.is_current(endpoint.sealed):
                problem = None
                try:
                    await self._storage.write(account_id, partial(self._resealed, endpoint.id))
                except CannotOpen as error:
                    problem = str(error)
                yield account_id, endpoint, problem

    async def unopenable(self) -> AsyncIterator[tuple[AccountId, WebhookEndpoint, str]]:
        """What no key opens, with the reason: for the doctor."""
        async for account_id, endpoint in self._all():
            try:
                self._open(account_id, endpoint)
            except CannotOpen as error:
                yield account_id, endpoint, str(error)

    async def _all(self) -> AsyncIterator[tuple[AccountId, WebhookEndpoint]]:
        last = ""
        while page := await self._endpoints.page(after=last, limit=_PAGE):
            for row in page:
                yield row
            last = page[-1][1].id

    async def _resealed(self, endpoint_id: str, uow: UnitOfWork) -> None:
        """As it is now: somebody may have given it a new secret meanwhile, or deleted it."""
        endpoint = await uow.get(WebhookEndpoint, endpoint_id)
        if endpoint is not None and not self._vault.is_current(endpoint.sealed):
            secrets = self._open(uow.account_id, endpoint)
            uow.save(replace(endpoint, sealed=self._seal(uow.account_id, endpoint.id, **secrets)))

    def _seal(self, account_id: AccountId, endpoint_id: str, **secrets: str) -> str:
        return self._vault.seal(secrets, place=sealing_place(account_id, endpoint_id))

    def _open(self, account_id: AccountId, endpoint: WebhookEndpoint) -> dict[str, str]:
        return self._vault.open(endpoint.sealed, place=sealing_place(account_id, endpoint.id))

    def _url(self, text: str) -> str:
        return check_address(text, private_networks=self._private_networks, field="url")


async def _endpoint(uow: UnitOfWork, endpoint_id: str) -> WebhookEndpoint:
    endpoint = await uow.get(WebhookEndpoint, endpoint_id)
    if endpoint is None:
        raise NotFound("No such endpoint.", field=_ENDPOINT)
    return endpoint


def _topics(topics: tuple[EventType, ...]) -> tuple[EventType, ...]:
    if not topics:
        raise Invalid("Say which events it is to get: an endpoint without any gets nothing.", field="topics")
    return tuple(topic for topic in EventType if topic in topics)


def _description(text: str | None) -> str | None:
    return None if text is None else check_label(text, field="description")
