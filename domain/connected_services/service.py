"""The services that an account connects: verify and seal credentials, unseal them for a call, find a webhook's caller.

connect() ──▶ CredentialVerifier (calls the service) ──▶ Vault (seals) ──▶ ConnectedService
sender ──▶ open() ──▶ a call ──▶ mark_failed() / mark_ok()
webhook ──▶ find_by_webhook_token() ──▶ Caller
"""

from __future__ import annotations

import hashlib
import logging
import secrets as random
from collections.abc import Awaitable, Callable, Mapping

from domain.audit.changes import changes_between
from domain.audit.recording import connection_target, record
from domain.connected_services.helpdesks import SERVICES
from domain.connected_services.ports import CannotOpen, ConnectedServiceDirectory, CredentialVerifier, Vault
from domain.connected_services.sealed_records import SealedRecords
from domain.events import ConnectionChanged
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.audit import AuditAction, AuditChange, AuditTargetKind
from domain.model.connected_services import (
    ConnectedService,
    Service,
    ServiceCredentials,
    UnsealedConnection,
    VerificationResult,
    connected_service_id,
)
from domain.model.handoff import HandoffMethod, HandoffSettings
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Field, Invalid, NotFound
from domain.values.ids import AccountId
from domain.values.record import Record, replace
from domain.values.text import LABEL_LIMIT, one_line

_HOOK_TOKEN = "hook_token"  # noqa: S105 - its name among the sealed secrets
_HOOK_BYTES = 24  # 192 bits, so that it cannot be guessed

_HELPDESK = (AuditAction.HELPDESK_CONNECTED, AuditAction.HELPDESK_DISCONNECTED)
_CHANNEL = (AuditAction.CHANNEL_CONNECTED, AuditAction.CHANNEL_DISCONNECTED)
_ACTIONS = {
    Service.ZENDESK: _HELPDESK,
    Service.GORGIAS: _HELPDESK,
    Service.TWILIO: _CHANNEL,
    Service.EMAIL: _CHANNEL,
    Service.KLAVIYO: (AuditAction.KLAVIYO_CONNECTED, AuditAction.KLAVIYO_DISCONNECTED),
    Service.SHOPIFY: (AuditAction.SHOPIFY_CONNECTED, AuditAction.SHOPIFY_DISCONNECTED),
    Service.OIDC: (AuditAction.SIGN_IN_CONNECTED, AuditAction.SIGN_IN_DISCONNECTED),
    Service.MODEL: (AuditAction.MODEL_CONNECTED, AuditAction.MODEL_DISCONNECTED),
}
_AUDITED = ("settings", "display_name")

# Runs in the transaction that connects or disconnects a service.
Then = Callable[[UnitOfWork, ConnectedService], Awaitable[None]]

logger = logging.getLogger("baton.connections")


class Caller(Record):
    """The account and connection that a webhook call belongs to."""

    account_id: AccountId
    connection: ConnectedService
    unsealed: UnsealedConnection


class ConnectionService:
    def __init__(
        self,
        *,
        storage: Storage,
        connections: ConnectedServiceDirectory,
        vault: Vault,
        verifiers: Mapping[Service, CredentialVerifier],
        public_url: str,
    ) -> None:
        self._storage = storage
        self._connections = connections
        self._vault = vault
        self._verifiers = verifiers
        self._public_url = public_url
        self.sealed = SealedRecords(
            ConnectedService,
            storage=storage,
            vault=vault,
            page=connections.page,
            target=AuditTargetKind.CONNECTION,
            place=lambda _, connection_id: connection_id,
            save=_save_resealed,
        )

    async def connect(
        self, principal: Principal, credentials: ServiceCredentials, *, then: Then | None = None
    ) -> ConnectedService:
        """Verify credentials with the service and store them, and return the connection.

        An existing connection is replaced and keeps its webhook URL. Raises `Invalid` if the service refuses the
        credentials, `Unavailable` if it does not respond, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        service = credentials.service
        connection_id = connected_service_id(principal.account_id, service)
        verified = await self._verified(credentials)

        async def save(uow: UnitOfWork) -> ConnectedService:
            before = await uow.get(ConnectedService, connection_id)
            token = self._hook_token_of(before) or random.token_urlsafe(_HOOK_BYTES)
            secrets = {**credentials.secrets, **self._kept(before, credentials), _HOOK_TOKEN: token}
            connection = ConnectedService(
                id=connection_id,
                service=service,
                settings={**credentials.settings, **verified.settings},
                sealed=self._vault.seal(secrets, place=connection_id),
                connected_at=before.connected_at if before else uow.now,
                checked_at=uow.now,
                hook_hash=_hash(token),
                display_name=verified.display_name,
                erases=principal.has(Permission.ERASE_PROFILES),
                version=before.version + 1 if before else 1,
            )
            uow.save(connection)
            uow.emit(_changed(connection))
            changes = (*changes_between(before, connection, _AUDITED), AuditChange(field="credentials"))
            await record(uow, principal, _ACTIONS[service][0], connection_target(uow.account_id, service), changes)
            if then is not None:
                await then(uow, connection)
            return connection

        return await self._storage.write(principal.account_id, save)

    async def disconnect(
        self, principal: Principal, service: Service, *, field: Field, then: Then | None = None
    ) -> ConnectedService:
        """Delete a connection with its secrets, and return it.

        The helpdesk that receives new tickets cannot be disconnected: a silent fallback to the inbox would send
        shoppers to a team that may not look there. Nor can the language model that replies to shoppers. Raises
        `NotFound` if the service is not connected, `Conflict` if it is used, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        connection_id = connected_service_id(principal.account_id, service)

        async def delete(uow: UnitOfWork) -> ConnectedService:
            connection = await uow.get(ConnectedService, connection_id)
            if connection is None:
                raise NotFound(f"{service.spoken} is not connected.", field=field)
            await _check_unused(uow, service, field)
            uow.delete(ConnectedService, connection_id)
            uow.emit(replace(_changed(connection), connected=False))
            changes = changes_between(connection, None, _AUDITED)
            await record(uow, principal, _ACTIONS[service][1], connection_target(uow.account_id, service), changes)
            if then is not None:
                await then(uow, connection)
            return connection

        return await self._storage.write(principal.account_id, delete)

    async def of(self, account_id: AccountId) -> dict[Service, ConnectedService]:
        """Return the connected services."""
        ids = [connected_service_id(account_id, service) for service in Service]
        found = await self._storage.read(account_id).get_many(ConnectedService, ids)
        return {connection.service: connection for connection in found.values()}

    async def open(self, account_id: AccountId, service: Service) -> UnsealedConnection | None:
        """Return the connection with decrypted secrets, or None if the service is not connected.

        Raises `CannotOpen` if no key decrypts them.
        """
        connection = await self._storage.read(account_id).get(
            ConnectedService, connected_service_id(account_id, service)
        )
        return None if connection is None else self._open(connection)

    async def mark_failed(self, account_id: AccountId, service: Service, problem: str, *, version: int) -> None:
        """Record that the credentials of this version no longer work: shown until they do, or are replaced."""
        # Not the service's own words, which may quote what was sent to it; whoever manages the account sees them.
        logger.warning("%s of account %s does not work; its `problem` says why.", service.spoken, account_id)
        await self._note(account_id, service, problem, version)

    async def mark_ok(self, account_id: AccountId, service: Service, *, version: int) -> None:
        """Record that the credentials of this version work. Writes only if there was a problem."""
        connection = await self._storage.read(account_id).get(
            ConnectedService, connected_service_id(account_id, service)
        )
        if connection is not None and connection.problem is not None:
            await self._note(account_id, service, None, version)

    async def find_by_webhook_token(self, service: Service, hook_token: str) -> Caller | None:
        """Return the connection that owns the token of a webhook URL, or None. Raises `CannotOpen`."""
        found = await self._connections.find_by_token_hash(_hash(hook_token))
        if found is None or found[1].service is not service:
            return None
        account_id, connection = found
        return Caller(account_id=account_id, connection=connection, unsealed=self._open(connection))

    def problem_of(self, connection: ConnectedService) -> str | None:
        """Return why a connection does not work, or None as far as is known."""
        try:
            self._open(connection)
        except CannotOpen:
            return "Its credentials cannot be decrypted: connect it again, or ask the operator to run `baton doctor`."
        return connection.problem

    def hook_url(self, principal: Principal, connection: ConnectedService) -> str | None:
        """Return the URL that the service must call.

        None if the principal may not change settings, or if the secrets cannot be decrypted.
        """
        if not principal.has(Permission.CHANGE_SETTINGS):
            return None
        token = self._hook_token_of(connection)
        return None if token is None else self.hook_address(connection.service, token)

    def hook_address(self, service: Service, token: str) -> str:
        """Return a webhook URL as the service sees it: some services sign it."""
        return f"{self._public_url}/hooks/{service.value.lower()}/{token}"

    async def _verified(self, credentials: ServiceCredentials) -> VerificationResult:
        verifier = self._verifiers.get(credentials.service)
        if verifier is None:
            raise Invalid(f"{credentials.service.spoken} cannot be connected on this server.", field=())
        verified = await verifier.verify(_unsealed(credentials))
        if verified.display_name is None:
            return verified
        return replace(verified, display_name=one_line(verified.display_name, limit=LABEL_LIMIT))

    async def _note(self, account_id: AccountId, service: Service, problem: str | None, version: int) -> None:
        async def note(uow: UnitOfWork) -> None:
            connection = await uow.get(ConnectedService, connected_service_id(account_id, service))
            if connection is None or connection.version != version or connection.problem == problem:
                return
            checked_at = uow.now if problem is None else connection.checked_at
            noted = replace(connection, problem=problem, checked_at=checked_at)
            uow.save(noted)
            uow.emit(_changed(noted))

        await self._storage.write(account_id, note)

    def _open(self, connection: ConnectedService) -> UnsealedConnection:
        return UnsealedConnection(
            service=connection.service,
            settings=connection.settings,
            secrets=self._vault.open(connection.sealed, place=connection.id),
            version=connection.version,
        )

    def _hook_token_of(self, connection: ConnectedService | None) -> str | None:
        return self._secrets_of(connection).get(_HOOK_TOKEN)

    def _kept(self, before: ConnectedService | None, credentials: ServiceCredentials) -> dict[str, str]:
        """The secrets of the present connection that the new one keeps."""
        name = credentials.account
        if before is None or not name or before.settings.get(name) != credentials.settings[name]:
            return {}
        return {secret: text for secret, text in self._secrets_of(before).items() if secret in credentials.kept}

    def _secrets_of(self, connection: ConnectedService | None) -> dict[str, str]:
        """The secrets; none if they cannot be decrypted."""
        if connection is None:
            return {}
        try:
            return self._open(connection).secrets
        except CannotOpen:
            return {}


async def _check_unused(uow: UnitOfWork, service: Service, field: Field) -> None:
    settings = await uow.get(HandoffSettings, uow.account_id)
    if settings and settings.method is HandoffMethod.HELPDESK and SERVICES.get(settings.helpdesk) is service:
        raise Conflict(
            f"New tickets go to {service.spoken}. Choose another helpdesk, or the method MESSAGE, in the handoff "
            "settings first.",
            field=field,
        )
    agent = await uow.get(AgentSettings, uow.account_id) if service is Service.MODEL else None
    if agent is not None and agent.answered_by is AgentKind.MODEL:
        raise Conflict(
            "The language model replies to shoppers. Choose another agent in the agent settings first.", field=field
        )


def _unsealed(credentials: ServiceCredentials) -> UnsealedConnection:
    return UnsealedConnection(service=credentials.service, settings=credentials.settings, secrets=credentials.secrets)


def _save_resealed(uow: UnitOfWork, connection: ConnectedService, sealed: str) -> None:
    uow.save(replace(connection, sealed=sealed))
    uow.emit(_changed(connection))  # an event serializes the write with the account's others, so that none is lost


def _changed(connection: ConnectedService) -> ConnectionChanged:
    return ConnectionChanged(
        service=connection.service,
        connected=True,
        display_name=connection.display_name,
        problem=connection.problem,
    )


def _hash(hook_token: str) -> str:
    return hashlib.sha256(hook_token.encode()).hexdigest()
