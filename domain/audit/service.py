"""Reads the audit log, and records what has no transaction of its own: exports."""

from __future__ import annotations

from domain.audit.changes import values
from domain.audit.recording import record
from domain.model.audit import AuditAction, AuditEntry, AuditTarget, AuditTargetKind
from domain.principal import Permission, Principal
from domain.storage import AuditQuery, Storage, UnitOfWork
from domain.values.paging import Page, Slice


class AuditService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def page(self, principal: Principal, query: AuditQuery, page: Slice) -> Page[AuditEntry]:
        """Return a page of the log. Keyset: (number,). Raises `Forbidden`."""
        principal.require(Permission.READ_AUDIT)
        return await self._storage.read(principal.account_id).audit_log(query, page)

    async def find(self, principal: Principal, entry_id: str) -> AuditEntry | None:
        """Return the entry with this id, or `None`. Raises `Forbidden`."""
        principal.require(Permission.READ_AUDIT)
        return await self._storage.read(principal.account_id).get(AuditEntry, entry_id)

    async def record_export(self, principal: Principal, what: str, **parameters: object) -> None:
        """Record an export before its first byte is sent, with what it contains and its filter. Raises `Unavailable`,
        and then the export must not begin."""

        async def change(uow: UnitOfWork) -> None:
            target = AuditTarget(kind=AuditTargetKind.ACCOUNT, id=uow.account_id)
            await record(uow, principal, AuditAction.EXPORTED, target, values(what=what, **parameters))

        await self._storage.write(principal.account_id, change)
