"""The integrity check of the search index: compares its rows with the stored conversations, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pymongo

from domain.doctor import Check, Finding, Progress, Severity
from domain.values.ids import AccountId
from integrations.mongo.checks.damage import in_spite_of_damage, repaired
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document
from integrations.mongo.search.reindex import Reindex

_TIMEOUT = 600.0  # seconds for a page
_MAX_FINDINGS = 20  # per account: more of them say nothing new


class SearchIndexCheck:
    """Implements `IntegrityCheck` for the search index of all accounts."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._reindex = Reindex(database=database)

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        for account in await self._accounts():
            account_id, where = AccountId(account["_id"]), f"account {account.get('name')} ({account['_id']})"
            progress(f"{where}: search")
            async for finding in in_spite_of_damage(self._findings(account_id, where), Check.SEARCH, where):
                yield finding

    async def repair(self, progress: Progress) -> int:
        count = 0
        for account_id in [AccountId(account["_id"]) for account in await self._accounts()]:
            progress(f"account {account_id}: search")
            count += await repaired(self._repair(account_id), f"account {account_id}: search")
        return count

    async def _findings(self, account_id: AccountId, where: str) -> AsyncIterator[Finding]:
        reported = 0
        async for differing in self._wrong(account_id):
            wrong = await self._at_rest(account_id, differing)
            for key in wrong[: _MAX_FINDINGS - reported]:
                yield Finding(
                    severity=Severity.ERROR,
                    check=Check.SEARCH,
                    where=f"{where}, conversation {key}",
                    problem="its row of the search index differs from what is stored",
                    advice="Run `baton doctor --repair`.",
                )
            reported = min(_MAX_FINDINGS, reported + len(wrong))

    async def _repair(self, account_id: AccountId) -> int:
        count = 0
        async for wrong in self._wrong(account_id):
            with pymongo.timeout(_TIMEOUT), driver_errors():
                await self._reindex.make(account_id, wrong)
            count += len(wrong)
        return count

    async def _accounts(self) -> list[Document]:
        with driver_errors():
            cursor = self._database.collection("accounts").find({}, projection=["name"], sort=[("_id", 1)])
            return await cursor.to_list(None)

    async def _at_rest(self, account_id: AccountId, keys: list[str]) -> list[str]:
        """Return the conversations whose shopper is not being erased: an erasure makes their rows anew at its end."""
        with driver_errors():
            running = self._database.collection("erasures").find(
                {"account": account_id, "scope": {"$exists": True}}, projection=["scope.profile_ids"]
            )
            profiles = [profile for each in await running.to_list(None) for profile in each["scope"]["profile_ids"]]
            erased = self._database.collection("conversations").find(
                {"account": account_id, "_id": {"$in": keys}, "profile_id": {"$in": profiles}}, projection=["_id"]
            )
            ignored = {each["_id"] for each in await erased.to_list(None)}
        return [key for key in keys if key not in ignored]

    async def _wrong(self, account_id: AccountId) -> AsyncIterator[list[str]]:
        after: str | None = ""
        while after is not None:
            with pymongo.timeout(_TIMEOUT), driver_errors():
                comparison = await self._reindex.compare(account_id, after)
            after = None if comparison is None else comparison.last
            if comparison is not None and comparison.wrong:
                yield comparison.wrong
