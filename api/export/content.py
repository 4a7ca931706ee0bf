"""The kinds of exports: what each contains, and who may have it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from api.export.request import ExportRequest
from domain.principal import Permission
from resolvers.context import Context

BEGIN = 1_000  # cost of an export, besides that of its rows


class Content(Protocol):
    """The rows of one export, of which the first page is read already."""

    def pieces(self) -> AsyncIterator[bytes]:
        """Yield the file in pieces, each page of rows read when the former one was taken. Raises `Unavailable`."""


class ExportKind(Protocol):
    name: str  # in the name of the file and in the audit log
    permission: Permission
    parameters: tuple[str, ...]  # known names

    async def begin(self, context: Context, asked: ExportRequest) -> Content:
        """Charge the beginning to the caller's budget, and read the first page. Raises `OverBudget`; `Invalid` with the
        field of the wrong value, `NotFound`, `Unavailable`."""
