"""The migrations, one for each schema version. `docs/operations.md` has the rules for a new one.

Only the latest is ever run, since a build works on databases of its own version and of the one before; the others are
there to be read.

    Migration(
        version=2,
        summary="every conversation has a priority",
        up=[SweepPass(database=database, sweep=Sweep(name="priority of conversations", ...))],
        down=[],
    )
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.versions.ports import Advance, Migration
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.search.reindex import Reindex, count_without_row, next_without_row

_PAGE = 20  # conversations of one step, with some hundred messages


def migrations(database: MongoDatabase) -> Sequence[Migration]:
    """Return the migrations of a database."""
    return [
        Migration(
            version=1,
            summary="the database has a version, and every conversation a search row",
            up=[_SearchRows(database=database)],
            down=[],  # builds before versions make missing rows when they start
        ),
    ]


class _SearchRows:
    """Makes the search rows of conversations that are older than the search index."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    @property
    def name(self) -> str:
        return "search rows of conversations"

    async def remaining(self) -> int:
        with driver_errors():
            return await count_without_row(self._database)

    async def advance(self, after: str) -> Advance | None:
        with driver_errors():
            page = (await next_without_row(self._database, after))[:_PAGE]
            for account_id in sorted({account for account, _ in page}):
                await Reindex(database=self._database).make(
                    account_id, [key for account, key in page if account == account_id]
                )
        return Advance(after=page[-1][1], seen=len(page)) if page else None
