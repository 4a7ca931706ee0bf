"""The guidance of an account: reads and changes."""

from __future__ import annotations

from domain.account.lookup import account_of
from domain.audit.changes import all_fields, changes_between
from domain.audit.recording import record
from domain.events import AccountChanged, GuidanceChanged
from domain.guidance.settings import GuidanceChange, apply_change
from domain.model.account import Account
from domain.model.agent.guidance import Guidance
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.errors import NotFound
from domain.values.ids import AccountId
from domain.values.record import replace


class GuidanceService:
    """Reads and changes the guidance."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def of(self, account_id: AccountId) -> Guidance:
        """Return the guidance of an account. Raises `NotFound`, `Unavailable`."""
        reader = self._storage.read(account_id)
        kept = await reader.get(Guidance, account_id)
        if kept is not None:
            return kept
        account = await reader.get(Account, account_id)
        if account is None:
            raise NotFound("No such account.")
        return initial_guidance(account)

    async def update(self, principal: Principal, change: GuidanceChange) -> Guidance:
        """Change the guidance. Returns it. Raises `Invalid` with the field, `Conflict` if the expected version is not
        the present one, `Forbidden`."""
        principal.require(Permission.CHANGE_SETTINGS)

        async def act(uow: UnitOfWork) -> Guidance:
            account = await account_of(uow)
            before = await uow.get(Guidance, uow.account_id) or initial_guidance(account)
            guidance = apply_change(before, change, now=uow.now)
            uow.save(guidance)
            uow.emit(GuidanceChanged(guidance=guidance))
            if account.rules_at_work != guidance.is_at_work:
                account = replace(account, rules_at_work=guidance.is_at_work)
                uow.save(account)
                uow.emit(AccountChanged(account=account))
            target = AuditTarget(kind=AuditTargetKind.GUIDANCE, id=guidance.id)
            changes = changes_between(before, guidance, all_fields(Guidance, without=["version", "updated_at"]))
            await record(uow, principal, AuditAction.GUIDANCE_UPDATED, target, changes)
            return guidance

        return await self._storage.write(principal.account_id, act)


def initial_guidance(account: Account) -> Guidance:
    """The guidance of an account that has not changed it."""
    return Guidance(id=account.id, updated_at=account.created_at)
