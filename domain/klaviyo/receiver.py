"""An account's Klaviyo as a receiver of business events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.connected_services.service import ConnectionService
from domain.delivery.model import DeliveryResult
from domain.events import BusinessEvent
from domain.klaviyo.ports import Klaviyo
from domain.model.connected_services import Service, UnsealedConnection
from domain.values.ids import AccountId


class KlaviyoReceiver:
    def __init__(
        self, *, account_id: AccountId, connection: UnsealedConnection, klaviyo: Klaviyo, connections: ConnectionService
    ) -> None:
        self._account_id = account_id
        self._connection = connection
        self._klaviyo = klaviyo
        self._connections = connections

    def wants(self, event: BusinessEvent) -> bool:
        """Return whether the visitor has an identifier, since Klaviyo keeps events by profile.

        Imported history is sent too: Klaviyo records it as backfill, which triggers no flow.
        """
        visitor = event.conversation.visitor
        return any((visitor.email, visitor.phone, visitor.external_id, visitor.anonymous_id))

    async def deliver(self, event: BusinessEvent) -> DeliveryResult:
        return await self._klaviyo.record(self._connection, event)

    async def report(self, problem: str | None) -> None:
        version = self._connection.version
        if problem is None:
            await self._connections.mark_ok(self._account_id, Service.KLAVIYO, version=version)
        else:
            await self._connections.mark_failed(self._account_id, Service.KLAVIYO, problem, version=version)


class KlaviyoReceivers:
    def __init__(self, *, klaviyo: Klaviyo, connections: ConnectionService) -> None:
        self._klaviyo = klaviyo
        self._connections = connections

    @asynccontextmanager
    async def open(self, account_id: AccountId, _: str) -> AsyncIterator[KlaviyoReceiver | None]:
        connection = await self._connections.open(account_id, Service.KLAVIYO)
        if connection is None:
            yield None
            return
        yield KlaviyoReceiver(
            account_id=account_id, connection=connection, klaviyo=self._klaviyo, connections=self._connections
        )
