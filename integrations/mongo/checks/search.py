"""Whether conversations are found by their words: looked at page by page, and put right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pymongo

from domain.doctor import Check, Finding, Progress, Severity
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document
from integrations.mongo.search.reindex import Reindex

_LONG = 600.0  # seconds for a page
_SHOWN = 20  # findings told of an account: more of them say nothing new
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)  # a damaged document: other checks tell of it


class SearchIndexCheck:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._rebuild = Reindex(database=database)

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        for account in await self._accounts():
            account_id, where = AccountId(account["_id"]), f"account {account.get('name')} ({account['_id']})"
            progress(f"{where}: search")
            told = 0
            async for wrong in self._wrong(account_id):
                for key in wrong[: _SHOWN - told]:
                    yield Finding(
                        severity=Severity.ERROR,
                        check=Check.SEARCH,
                        where=f"{where}, conversation {key}",
                        problem="what it is found by is not what it says",
                        advice="Run `baton doctor --repair`.",
                    )
                told = min(_SHOWN, told + len(wrong))

    async def repair(self, progress: Progress) -> int:
        """How many conversations are found rightly again."""
        made = 0
        for account_id in [AccountId(account["_id"]) for account in await self._accounts()]:
            progress(f"account {account_id}: search")
            async for wrong in self._wrong(account_id):
                with pymongo.timeout(_LONG), driver_errors():
                    await self._rebuild.make(account_id, wrong)
                made += len(wrong)
        return made

    async def _accounts(self) -> list[Document]:
        with driver_errors():
            cursor = self._database.collection("accounts").find({}, projection=["name"], sort=[("_id", 1)])
            return await cursor.to_list(None)

    async def _wrong(self, account_id: AccountId) -> AsyncIterator[list[str]]:
        after: str | None = ""
        while after is not None:
            with pymongo.timeout(_LONG), driver_errors():
                try:
                    compared = await self._rebuild.compare(account_id, after)
                except _UNREADABLE:
                    return
            after = None if compared is None else compared.last
            if compared is not None and compared.wrong:
                yield compared.wrong
