"""Connects an account's Klaviyo: from then on, its business events are recorded there."""

from __future__ import annotations

from domain.connected_services.service import ConnectionService
from domain.forwarding import changes
from domain.forwarding.model import Forwarding, ReceiverKind
from domain.forwarding.ports import ForwardingStore
from domain.model.connected_services import ConnectedService, Service, ServiceCredentials
from domain.principal import Permission, Principal
from domain.storage import UnitOfWork
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.text import check_label

_KEY = "api_key"
_LONGEST_KEY = 200  # characters


class KlaviyoService:
    def __init__(self, *, connections: ConnectionService, forwardings: ForwardingStore) -> None:
        self._connections = connections
        self._forwardings = forwardings

    async def connect(self, principal: Principal, api_key: str) -> ConnectedService:
        """Connect Klaviyo, and return the connection. Forwarding starts now, or continues at a position that was kept.

        Raises `Invalid` if Klaviyo refuses the key, `Unavailable` if it does not respond, `Forbidden`.
        """
        principal.require(Permission.CHANGE_SETTINGS)
        credentials = ServiceCredentials(service=Service.KLAVIYO, settings={}, secrets={"api_key": _checked(api_key)})

        async def forward(uow: UnitOfWork, connection: ConnectedService) -> None:
            if await uow.get(Forwarding, connection.id) is None:
                changes.begin(uow, connection.id, ReceiverKind.KLAVIYO)
            else:
                await changes.wake(uow, connection.id)

        return await self._connections.connect(principal, credentials, then=forward)

    async def disconnect(self, principal: Principal, *, keep_place: bool) -> None:
        """Disconnect Klaviyo. `keep_place`: keep the position, so that reconnecting sends the events in between.

        Raises `NotFound` if it is not connected, `Forbidden`.
        """

        async def stop(uow: UnitOfWork, connection: ConnectedService) -> None:
            if keep_place:
                await changes.pause(uow, connection.id)
            else:
                changes.end(uow, connection.id)

        connection = await self._connections.disconnect(principal, Service.KLAVIYO, field=(), then=stop)
        if not keep_place:
            await self._forwardings.forget_dead_letters(principal.account_id, connection.id, after=-1)

    async def of(self, account_id: AccountId) -> ConnectedService | None:
        """Return the connection, or None. Raises `Unavailable` if the database does not respond."""
        return (await self._connections.of(account_id)).get(Service.KLAVIYO)


def _checked(text: str) -> str:
    key = check_label(text, field=_KEY, limit=_LONGEST_KEY)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise Invalid("A key is ASCII letters, digits and punctuation without spaces: copy it again.", field=_KEY)
    if not key.startswith("pk_"):
        raise Invalid("Enter a private key, which starts with pk_. The public key is the short site id.", field=_KEY)
    return key
