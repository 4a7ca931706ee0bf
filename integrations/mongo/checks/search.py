"""The integrity check of the search index: compares its rows with the stored conversations, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pymongo

from domain.doctor import Check, Finding, Progress, Severity
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document
from integrations.mongo.search.reindex import Reindex

_TIMEOUT = 600.0  # seconds for a page
_MAX_FINDINGS = 20  # per account: more of them say nothing new
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)  # a damaged document, which other checks report


class SearchIndexCheck:
    """Implements `IntegrityCheck` for the search index of all accounts."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._reindex = Reindex(database=database)

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        for account in await self._accounts():
            account_id, where = AccountId(account["_id"]), f"account {account.get('name')} ({account['_id']})"
            progress(f"{where}: search")
            reported = 0
            async for wrong in self._wrong(account_id):
                for key in wrong[: _MAX_FINDINGS - reported]:
                    yield Finding(
                        severity=Severity.ERROR,
                        check=Check.SEARCH,
                        where=f"{where}, conversation {key}",
                        problem="its row of the search index differs from what is stored",
                        advice="Run `baton doctor --repair`.",
                    )
                reported = min(_MAX_FINDINGS, reported + len(wrong))

    async def repair(self, progress: Progress) -> int:
        repaired = 0
        for account_id in [AccountId(account["_id"]) for account in await self._accounts()]:
            progress(f"account {account_id}: search")
            async for wrong in self._wrong(account_id):
                with pymongo.timeout(_TIMEOUT), driver_errors():
                    await self._reindex.make(account_id, wrong)
                repaired += len(wrong)
        return repaired

    async def _accounts(self) -> list[Document]:
        with driver_errors():
            cursor = self._database.collection("accounts").find({}, projection=["name"], sort=[("_id", 1)])
            return await cursor.to_list(None)

    async def _wrong(self, account_id: AccountId) -> AsyncIterator[list[str]]:
        after: str | None = ""
        while after is not None:
            with pymongo.timeout(_TIMEOUT), driver_errors():
                try:
                    comparison = await self._reindex.compare(account_id, after)
                except _UNREADABLE:
                    return
            after = None if comparison is None else comparison.last
            if comparison is not None and comparison.wrong:
                yield comparison.wrong
