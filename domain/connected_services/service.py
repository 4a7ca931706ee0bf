"""Connecting an account's services: proved first, sealed then, opened for a call, and found by who calls us.

connect ──▶ Prover (asks the service) ──▶ Vault (seals) ──▶ Connection
courier ──▶ opened() ──▶ a call ──▶ mark_failed() / mark_ok()
"""

from __future__ import annotations

import hashlib
import logging
import secrets as random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

from domain.connected_services.helpdesks import SERVICES
from domain.connected_services.ports import CannotOpen, ConnectedServiceDirectory, CredentialVerifier, Vault
from domain.events import ConnectionChanged
from domain.model.connected_services import (
    ConnectedService,
    Service,
    ServiceCredentials,
    UnsealedConnection,
    connected_service_id,
)
from domain.model.handoff import HandoffMethod, HandoffSettings
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, Field, Invalid, NotFound
from domain.values.ids import AccountId
from domain.values.record import Record, replace

_HOOK_TOKEN = "hook_token"  # noqa: S105 - the name under which it is sealed with the service's own secrets
_HOOK_BYTES = 24  # 192 bits: nobody guesses it
_PAGE = 100

Also = Callable[[UnitOfWork, ConnectedService], Awaitable[None]]

logger = logging.getLogger("baton.connections")


class Caller(Record):
    """Who called us: the connection behind the token in the address."""

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

    async def connect(
        self, principal: Principal, credentials: ServiceCredentials, *, also: Also | None = None
    ) -> ConnectedService:
        """Prove them, and only then keep them; what was connected before is replaced, at the same hook address. `also`:
        what follows from it, in the same transaction.

        Raises Invalid where the service refuses them, Unavailable where it does not answer, Forbidden.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        service, place = credentials.service, connected_service_id(principal.account_id, credentials.service)
        verifier = self._verifiers.get(service)
        if verifier is None:
            raise Invalid(f"{service.spoken} cannot be connected on this server.", field=())
        proof = await verifier.verify(
            UnsealedConnection(service=service, settings=credentials.settings, secrets=credentials.secrets)
        )

        async def keep(uow: UnitOfWork) -> ConnectedService:
            before = await uow.get(ConnectedService, place)
            token = self._hook_token_of(before) or random.token_urlsafe(_HOOK_BYTES)
            connection = ConnectedService(
                id=place,
                service=service,
                settings={**credentials.settings, **proof.settings},
                sealed=self._vault.seal({**credentials.secrets, _HOOK_TOKEN: token}, place=place),
                connected_at=before.connected_at if before else uow.now,
                checked_at=uow.now,
                hook_hash=_hash(token),
                display_name=proof.display_name,
                version=before.version + 1 if before else 1,
            )
            uow.save(connection)
            uow.emit(_told(connection))
            if also is not None:
                await also(uow, connection)
            return connection

        return await self._storage.write(principal.account_id, keep)

    async def disconnect(
        self, principal: Principal, service: Service, *, field: Field, also: Also | None = None
    ) -> ConnectedService:
        """Forget it, secrets and all. The helpdesk that tickets go to stays until another is chosen: to fall back to
        the inbox unasked would send shoppers to a team that may not look there.

        Raises NotFound where it is not connected, Conflict while it is in use, Forbidden.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        place = connected_service_id(principal.account_id, service)

        async def forget(uow: UnitOfWork) -> ConnectedService:
            connection = await uow.get(ConnectedService, place)
            if connection is None:
                raise NotFound(f"{service.spoken} is not connected.", field=field)
            settings = await uow.get(HandoffSettings, uow.account_id)
            if settings and settings.method is HandoffMethod.HELPDESK and SERVICES.get(settings.helpdesk) is service:
                raise Conflict(
                    f"New tickets go to {service.spoken}. Choose another helpdesk, or the method MESSAGE, in the "
                    "handoff settings first.",
                    field=field,
                )
            uow.delete(ConnectedService, place)
            uow.emit(replace(_told(connection), connected=False))
            if also is not None:
                await also(uow, connection)
            return connection

        return await self._storage.write(principal.account_id, forget)

    async def of(self, account_id: AccountId) -> dict[Service, ConnectedService]:
        """What is connected."""
        ids = [connected_service_id(account_id, service) for service in Service]
        found = await self._storage.read(account_id).get_many(ConnectedService, ids)
        return {connection.service: connection for connection in found.values()}

    async def open(self, account_id: AccountId, service: Service) -> UnsealedConnection | None:
        """For a call. None where it is not connected. Raises CannotOpen."""
        connection = await self._storage.read(account_id).get(
            ConnectedService, connected_service_id(account_id, service)
        )
        return None if connection is None else self._open(connection)

    async def mark_failed(self, account_id: AccountId, service: Service, problem: str, *, version: int) -> None:
        """Its credentials do not work any more: shown until they do again, or it is connected anew."""
        logger.warning("%s of account %s does not work: %s", service.spoken, account_id, problem)
        await self._note(account_id, service, problem, version)

    async def mark_ok(self, account_id: AccountId, service: Service, *, version: int) -> None:
        """It worked. Costs a read unless there was a problem."""
        connection = await self._storage.read(account_id).get(
            ConnectedService, connected_service_id(account_id, service)
        )
        if connection is not None and connection.problem is not None:
            await self._note(account_id, service, None, version)

    async def find_by_webhook_token(self, service: Service, hook_token: str) -> Caller | None:
        """Who stands behind the token of a hook's address; None where nobody does. Raises CannotOpen."""
        found = await self._connections.find_by_token_hash(_hash(hook_token))
        if found is None or found[1].service is not service:
            return None
        account_id, connection = found
        return Caller(account_id=account_id, connection=connection, unsealed=self._open(connection))

    def problem_of(self, connection: ConnectedService) -> str | None:
        """Why it does not work at present, as far as is known."""
        try:
            self._open(connection)
        except CannotOpen:
            return "Its credentials cannot be opened here: connect it anew, or have the operator run `baton doctor`."
        return connection.problem

    def hook_url(self, principal: Principal, connection: ConnectedService) -> str | None:
        """Where the service is to call us, for who may change settings; None for others, and where it cannot be
        opened."""
        if not principal.has(Permission.CHANGE_SETTINGS):
            return None
        token = self._hook_token_of(connection)
        return None if token is None else self.hook_address(connection.service, token)

    def hook_address(self, service: Service, token: str) -> str:
        """The address as the world sees it, which some services sign."""
        return f"{self._public_url}/hooks/{service.value.lower()}/{token}"

    async def reseal(self) -> AsyncIterator[tuple[AccountId, ConnectedService, str | None]]:
        """Each connection, under the newest key when it is given; with the reason where it cannot be.

        What is under it already is passed by, so that it goes on where it was interrupted.
        """
        async for account_id, connection in self._all():
            if not self._vault.is_current(connection.sealed):
                problem = None
                try:
                    await self._storage.write(account_id, partial(self._resealed, connection.id))
                except CannotOpen as error:
                    problem = str(error)
                yield account_id, connection, problem

    async def unopenable(self) -> AsyncIterator[tuple[AccountId, ConnectedService, str]]:
        """What no key opens, with the reason: for the doctor."""
        async for account_id, connection in self._all():
            try:
                self._open(connection)
            except CannotOpen as error:
                yield account_id, connection, str(error)

    async def _all(self) -> AsyncIterator[tuple[AccountId, ConnectedService]]:
        last = ""
        while page := await self._connections.page(after=last, limit=_PAGE):
            for row in page:
                yield row
            last = page[-1][1].id

    async def _resealed(self, place: str, uow: UnitOfWork) -> None:
        """As it is now: somebody may have connected it anew meanwhile, or disconnected it."""
        connection = await uow.get(ConnectedService, place)
        if connection is not None and not self._vault.is_current(connection.sealed):
            secrets = self._vault.open(connection.sealed, place=connection.id)
            uow.save(replace(connection, sealed=self._vault.seal(secrets, place=connection.id)))
            uow.emit(_told(connection))  # holds the account's head, so that no other change of it is lost

    async def _note(self, account_id: AccountId, service: Service, problem: str | None, version: int) -> None:
        async def note(uow: UnitOfWork) -> None:
            connection = await uow.get(ConnectedService, connected_service_id(account_id, service))
            if connection is None or connection.version != version or connection.problem == problem:
                return
            checked_at = uow.now if problem is None else connection.checked_at
            noted = replace(connection, problem=problem, checked_at=checked_at)
            uow.save(noted)
            uow.emit(_told(noted))

        await self._storage.write(account_id, note)

    def _open(self, connection: ConnectedService) -> UnsealedConnection:
        return UnsealedConnection(
            service=connection.service,
            settings=connection.settings,
            secrets=self._vault.open(connection.sealed, place=connection.id),
            version=connection.version,
        )

    def _hook_token_of(self, connection: ConnectedService | None) -> str | None:
        if connection is None:
            return None
        try:
            return self._open(connection).secrets.get(_HOOK_TOKEN)
        except CannotOpen:
            return None


def _told(connection: ConnectedService) -> ConnectionChanged:
    return ConnectionChanged(
        service=connection.service,
        connected=True,
        display_name=connection.display_name,
        problem=connection.problem,
    )


def _hash(hook_token: str) -> str:
    return hashlib.sha256(hook_token.encode()).hexdigest()
