"""The agent settings of an account: reads and changes."""

from __future__ import annotations

from domain.account.lookup import account_of
from domain.audit.changes import all_fields, changes_between
from domain.audit.recording import record
from domain.connected_services.models import ModelNotConnected
from domain.events import AgentSettingsChanged
from domain.model.account import Account
from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.principal import Actor, Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Conflict, NotFound
from domain.values.ids import AccountId
from domain.values.record import Record, replace


class AgentSettingsChange(Record):
    """A value of `None` is left unchanged."""

    answered_by: AgentKind | None = None
    expected_version: int | None = None


class AgentSettingsService:
    """Reads and changes the settings."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def of(self, account_id: AccountId) -> AgentSettings:
        """Return the agent settings of an account. Raises `NotFound`, `Unavailable`."""
        reader = self._storage.read(account_id)
        kept = await reader.get(AgentSettings, account_id)
        if kept is not None:
            return kept
        account = await reader.get(Account, account_id)
        if account is None:
            raise NotFound("No such account.")
        return _initial(account)

    async def update(self, principal: Principal, change: AgentSettingsChange) -> AgentSettings:
        """Change the settings. Returns them. Turns that wait are replied to by the new agent.

        Raises `Conflict` if the expected version is not the present one, `ModelNotConnected`, `Forbidden`,
        `Unavailable`.
        """
        principal.require(Permission.CHANGE_SETTINGS)

        async def act(uow: UnitOfWork) -> AgentSettings:
            return await change_settings(uow, principal, change)

        return await self._storage.write(principal.account_id, act)


async def change_settings(uow: UnitOfWork, by: Actor, change: AgentSettingsChange) -> AgentSettings:
    """Change the settings in a command's transaction, and return them. Raises `Conflict`, `ModelNotConnected`,
    `Forbidden`."""
    before = await uow.get(AgentSettings, uow.account_id) or _initial(await account_of(uow))
    if change.expected_version not in (None, before.version):
        raise Conflict(
            f"Somebody else has changed the settings. They have version {before.version} now: read them again.",
            field="expected_version",
        )
    if change.answered_by is AgentKind.MODEL:
        connection_id = connected_service_id(uow.account_id, Service.MODEL)
        if await uow.get(ConnectedService, connection_id) is None:
            raise ModelNotConnected("Connect a language model first, with `connectModel`.", field="answered_by")
    settings = replace(
        before,
        answered_by=change.answered_by or before.answered_by,
        version=before.version + 1,
        updated_at=uow.now,
    )
    uow.save(settings)
    uow.emit(AgentSettingsChanged(answered_by=settings.answered_by, version=settings.version))
    target = AuditTarget(kind=AuditTargetKind.AGENT_SETTINGS, id=settings.id)
    changes = changes_between(before, settings, all_fields(AgentSettings, without=["version", "updated_at"]))
    await record(uow, by, AuditAction.AGENT_SETTINGS_UPDATED, target, changes)
    return settings


def _initial(account: Account) -> AgentSettings:
    """The settings of an account that has not changed them."""
    return AgentSettings(id=account.id, updated_at=account.created_at)
