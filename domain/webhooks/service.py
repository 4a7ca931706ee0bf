"""Commands on webhook endpoints, for the staff roles OWNER, ADMIN and MANAGER."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from domain.audit.changes import changes_between
from domain.audit.recording import record
from domain.connected_services.ports import CannotOpen, Vault
from domain.connected_services.sealed_records import SealedRecords
from domain.delivery.errors import DeliveryError
from domain.events import EventType
from domain.forwarding import changes
from domain.forwarding.model import ReceiverKind
from domain.forwarding.ports import ForwardingStore
from domain.idempotency import Result, run_once
from domain.model.audit import AuditAction, AuditChange, AuditTarget, AuditTargetKind
from domain.principal import Permission, Principal
from domain.public_addresses import check_address
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, new_id
from domain.values.record import Record, replace
from domain.values.text import check_label
from domain.webhooks.model import (
    MAX_ENDPOINTS,
    ROTATION,
    CreateEndpoint,
    PingResult,
    UpdateEndpoint,
    WebhookEndpoint,
    sealing_place,
)
from domain.webhooks.ports import EndpointDirectory
from domain.webhooks.receiver import EndpointReceivers
from domain.webhooks.signature import new_secret

_ENDPOINT = "endpoint_id"
_TEST_SECONDS = 6.0  # the caller waits for it, and a request ends after 10 s


class EndpointWithSecret(Record):
    endpoint: WebhookEndpoint
    secret: str | None  # shown only once


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
        self.sealed = SealedRecords(
            WebhookEndpoint,
            storage=storage,
            vault=vault,
            page=endpoints.page,
            target=AuditTargetKind.WEBHOOK_ENDPOINT,
            place=sealing_place,
            save=lambda uow, endpoint, sealed: uow.save(replace(endpoint, sealed=sealed)),
        )

    async def list(self, principal: Principal) -> Sequence[WebhookEndpoint]:
        """Return the account's endpoints, the oldest first. Raises `Forbidden`."""
        principal.require(Permission.CHANGE_SETTINGS)
        return await self._endpoints.of(principal.account_id)

    async def create(self, principal: Principal, command: CreateEndpoint, key: str | None = None) -> EndpointWithSecret:
        """Create an endpoint, and return it with its secret. Idempotent under `key`: a repetition returns no secret.

        Raises `Invalid` for a URL that webhooks may not go to, `Conflict` if there are too many endpoints, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        url, topics = self._url(command.url), _topics(command.topics)
        description = _description(command.description)
        # Two concurrent calls may exceed the limit by one, which is harmless.
        if len(await self._endpoints.of(principal.account_id)) >= MAX_ENDPOINTS:
            raise Conflict(f"The account has {MAX_ENDPOINTS} endpoints, the limit: delete one that is not used.")
        secret, endpoint_id = new_secret(), new_id()
        sealed = self._seal(principal.account_id, endpoint_id, secret=secret)

        async def change(uow: UnitOfWork) -> WebhookEndpoint:
            async def make() -> Result:
                endpoint = WebhookEndpoint(
                    id=endpoint_id, url=url, topics=topics, description=description, created_at=uow.now, sealed=sealed
                )
                uow.save(endpoint)
                changes.begin(uow, endpoint.id, ReceiverKind.WEBHOOK, after=command.after)
                await record(uow, principal, AuditAction.WEBHOOK_CREATED, _target(endpoint), _audited(None, endpoint))
                return {"endpoint": endpoint.id}

            return await _endpoint(uow, (await run_once(uow, principal, key, command, make))["endpoint"])

        endpoint = await self._storage.write(principal.account_id, change)
        return EndpointWithSecret(endpoint=endpoint, secret=secret if endpoint.id == endpoint_id else None)

    async def update(self, principal: Principal, command: UpdateEndpoint) -> WebhookEndpoint:
        """Change an endpoint, and return it. Waiting events are sent to the new URL, filtered by the new topics.

        Raises `Invalid`, `NotFound`, `Forbidden`; `Conflict` if its version is not the expected one.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        url = None if command.url is None else self._url(command.url)
        topics = None if command.topics is None else _topics(command.topics)
        description = _description(command.description)

        async def change(uow: UnitOfWork) -> WebhookEndpoint:
            before = await _endpoint(uow, command.endpoint_id)
            if command.expected_version not in (None, before.version):
                raise Conflict(f"It was changed meanwhile: its version is {before.version}.", field="expected_version")
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
            await record(uow, principal, AuditAction.WEBHOOK_UPDATED, _target(after), _audited(before, after))
            if not enabled:
                await changes.pause(uow, after.id)
            elif not before.enabled or after.url != before.url:
                await changes.wake(uow, after.id)
            return after

        return await self._storage.write(principal.account_id, change)

    async def delete(self, principal: Principal, endpoint_id: str) -> None:
        """Delete an endpoint with its position and dead letters. Raises `NotFound`, `Forbidden`."""
        principal.require(Permission.CHANGE_SETTINGS)

        async def change(uow: UnitOfWork) -> None:
            endpoint = await _endpoint(uow, endpoint_id)
            await record(uow, principal, AuditAction.WEBHOOK_DELETED, _target(endpoint), _audited(endpoint, None))
            uow.delete(WebhookEndpoint, endpoint_id)
            changes.end(uow, endpoint_id)

        await self._storage.write(principal.account_id, change)
        await self._forwardings.forget_dead_letters(principal.account_id, endpoint_id, after=-1)

    async def rotate_secret(self, principal: Principal, endpoint_id: str) -> EndpointWithSecret:
        """Create a new secret, and return it. For a day, requests are signed with the previous one as well, and with
        the one before if it still signs: the response with the previous one may have been lost, and was never stored.

        Raises `NotFound`, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        secret = new_secret()

        async def change(uow: UnitOfWork) -> WebhookEndpoint:
            before = await _endpoint(uow, endpoint_id)
            try:
                known = self._open(uow.account_id, before)
                secrets = {"secret": secret, "previous": known["secret"]}
                if "previous" in known and before.previous_until and uow.now < before.previous_until:
                    secrets["older"] = known["previous"]
            except CannotOpen:
                secrets = {"secret": secret}  # the previous one is lost
            after = replace(
                before,
                sealed=self._seal(uow.account_id, before.id, **secrets),
                previous_until=uow.now + ROTATION if "previous" in secrets else None,
                version=before.version + 1,
            )
            uow.save(after)
            await record(uow, principal, AuditAction.WEBHOOK_SECRET_ROTATED, _target(after))
            return after

        return EndpointWithSecret(endpoint=await self._storage.write(principal.account_id, change), secret=secret)

    async def ping(self, principal: Principal, endpoint_id: str) -> PingResult:
        """Send a test that is signed like an event, also to an endpoint that is switched off.

        Returns the response, also if the attempt failed. Raises `NotFound`, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        endpoint = await self._storage.read(principal.account_id).get(WebhookEndpoint, endpoint_id)
        if endpoint is None:
            raise NotFound("There is no such webhook endpoint.", field=_ENDPOINT)
        began = time.monotonic()

        def took() -> timedelta:
            return timedelta(seconds=time.monotonic() - began)

        try:
            async with self._receivers.open_endpoint(principal.account_id, endpoint) as receiver:
                response = await receiver.test(seconds=_TEST_SECONDS)
        except DeliveryError as error:
            return PingResult(http_status=error.http_status, duration=took(), error=error.message)
        except CannotOpen:
            return PingResult(http_status=None, duration=took(), error="Its secret cannot be decrypted: rotate it.")
        return PingResult(http_status=response.http_status, duration=took())

    def _seal(self, account_id: AccountId, endpoint_id: str, **secrets: str) -> str:
        return self._vault.seal(secrets, place=sealing_place(account_id, endpoint_id))

    def _open(self, account_id: AccountId, endpoint: WebhookEndpoint) -> dict[str, str]:
        return self._vault.open(endpoint.sealed, place=sealing_place(account_id, endpoint.id))

    def _url(self, text: str) -> str:
        return check_address(text, private_networks=self._private_networks, field="url")


async def _endpoint(uow: UnitOfWork, endpoint_id: str) -> WebhookEndpoint:
    endpoint = await uow.get(WebhookEndpoint, endpoint_id)
    if endpoint is None:
        raise NotFound("There is no such webhook endpoint.", field=_ENDPOINT)
    return endpoint


def _target(endpoint: WebhookEndpoint) -> AuditTarget:
    name = endpoint.description or _origin(endpoint.url)
    return AuditTarget(kind=AuditTargetKind.WEBHOOK_ENDPOINT, id=endpoint.id, name=name)


def _audited(before: WebhookEndpoint | None, after: WebhookEndpoint | None) -> tuple[AuditChange, ...]:
    """Return what changed. Of a URL only its origin is shown: path and query often contain the receiver's secret."""
    changes = changes_between(before, after, ("url", "topics", "description", "enabled"))
    return tuple(
        replace(c, before=c.before and _origin(c.before), after=c.after and _origin(c.after)) if c.field == "url" else c
        for c in changes
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def _topics(topics: tuple[EventType, ...]) -> tuple[EventType, ...]:
    if not topics:
        raise Invalid("`topics` must not be empty: name the events to send.", field="topics")
    return tuple(topic for topic in EventType if topic in topics)


def _description(text: str | None) -> str | None:
    return None if text is None else check_label(text, field="description")
