"""The audit log for the export: the filter and cursors of `auditLog`, read page after page."""

from collections.abc import Mapping
from typing import Any

from domain.model import audit as model
from domain.values.paging import Page, Slice
from domain.values.record import replace
from resolvers.audit.queries import AuditLogFilter, audit_query
from resolvers.audit.types import AuditEntry, audit_listing
from resolvers.context import Context
from resolvers.enums import OrderDirection
from resolvers.scalars import write_instant
from resolvers.value_input import read_input

_ROWS = 100  # of a page


class AuditSource:
    """The pages of the log. Raises `Invalid` with the field of the wrong value."""

    def __init__(self, context: Context, filter_by: object, direction: OrderDirection, after: str | None) -> None:
        given = None if filter_by is None else read_input(AuditLogFilter, filter_by, field="filter")
        self._context = context
        self._query = replace(audit_query(given), descending=direction is OrderDirection.DESC)
        self._listing = audit_listing(context)
        self._after = self._listing.slice(None, after).after

    async def next(self) -> Page[model.AuditEntry]:
        page = Slice(limit=_ROWS, after=self._after)
        found = await self._context.services.audit.page(self._context.principal, self._query, page)
        if found.items:
            self._after = (found.items[-1].number,)
        return found

    def cursor(self, entry: model.AuditEntry) -> str:
        return self._listing.cursor(entry)


def row_of(entry: model.AuditEntry, cursor: str) -> Mapping[str, Any]:
    """Return the fields of the entry as the API names them, with its cursor."""
    shown = AuditEntry.of(entry)
    return {
        "cursor": cursor,
        "id": shown.id,
        "number": shown.number,
        "at": write_instant(shown.at),
        "actor": {
            "kind": shown.actor.kind.value,
            "name": shown.actor.name,
            "staffId": shown.actor.staff_id,
            "keyId": shown.actor.key_id,
            "keyLabel": shown.actor.key_label,
            "address": shown.actor.address,
        },
        "action": shown.action.value,
        "target": {"kind": shown.target.kind.value, "targetId": shown.target.target_id, "name": shown.target.name},
        "changes": [{"field": c.field, "before": c.before, "after": c.after} for c in shown.changes],
    }
