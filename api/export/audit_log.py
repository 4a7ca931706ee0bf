"""The export of the audit log: NDJSON with the fields of `AuditEntry`, or CSV with one row per entry.

The oldest entry comes first unless asked otherwise. Later entries have later places, so that `after:` the last cursor
received continues an archive.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

from api.export.content import BEGIN
from api.export.request import ExportRequest, Format
from api.export.rows import BOM, cell
from api.graphql.cost.budget import Budgets
from domain.model.audit import AuditEntry
from domain.principal import Permission, Principal
from domain.values.paging import Page
from domain.values.record import Record
from resolvers.audit.export import AuditSource, row_of
from resolvers.context import Context

COLUMNS = (
    *("id", "number", "at", "actorKind", "actorName", "staffId", "keyId", "keyLabel", "address", "action"),
    *("targetKind", "targetId", "targetName", "changes", "cursor"),
)


class AuditContent(Record):
    budgets: Budgets
    principal: Principal
    asked: ExportRequest
    pages: AuditSource
    first: Page[AuditEntry]

    async def pieces(self) -> AsyncIterator[bytes]:
        page, is_csv = self.first, self.asked.format is Format.CSV
        if is_csv:
            yield (BOM if self.asked.bom else b"") + (",".join(COLUMNS) + "\r\n").encode()
        while True:
            for entry in page.items:
                row = row_of(entry, self.pages.cursor(entry))
                yield _csv(row) if is_csv else orjson.dumps(row) + b"\n"
            await self.budgets.spend(self.principal, self.principal.address or "", len(page.items))
            if not page.has_next:
                return
            page = await self.pages.next()


class AuditExport:
    name = "audit"
    permission = Permission.READ_AUDIT
    parameters: tuple[str, ...] = ("format", "filter", "order", "after", "bom")

    def __init__(self, *, budgets: Budgets) -> None:
        self._budgets = budgets

    async def begin(self, context: Context, asked: ExportRequest) -> AuditContent:
        pages, principal = AuditSource(context, asked.filter, asked.direction, asked.after), context.principal
        self._budgets.charge(principal, principal.address or "", BEGIN)
        return AuditContent(
            budgets=self._budgets, principal=principal, asked=asked, pages=pages, first=await pages.next()
        )


def _csv(row: Mapping[str, Any]) -> bytes:
    actor, target = row["actor"], row["target"]
    values = {
        **row,
        **actor,
        "actorKind": actor["kind"],
        "actorName": actor["name"],
        "targetKind": target["kind"],
        "targetId": target["targetId"],
        "targetName": target["name"],
        "changes": "\n".join(_line(change) for change in row["changes"]),
    }
    return (",".join(cell(values[name]) for name in COLUMNS) + "\r\n").encode()


def _line(change: Mapping[str, str | None]) -> str:
    before, after = change["before"], change["after"]
    if before is None and after is None:
        return f"{change['field']} (not shown)"
    return f"{change['field']}: {'' if before is None else before} → {'' if after is None else after}"
