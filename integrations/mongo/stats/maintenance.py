"""Implements `CounterMaintenance`: makes missing counters, checks them against a recount, and repairs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

from domain.doctor import Check, Finding, Progress, Severity
from domain.model.account import Account
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.checks.damage import in_spite_of_damage, repaired
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import COUNTERS, days_of
from integrations.mongo.stats.history import COUNTER_STATE, counter_state_document
from integrations.mongo.stats.recount import CounterDifference, Recount
from integrations.mongo.stats.tag_dictionary import TagCache

_MAX_FINDINGS = 20  # per account: more of them say nothing new


class _CountedAccount(Record):
    account_id: AccountId
    time_zone: str
    where: str  # as findings name it


class MongoCounterMaintenance:
    def __init__(self, *, database: MongoDatabase, clock: Clock, tags: TagCache) -> None:
        self._database = database
        self._clock = clock
        self._tags = tags
        self._has_begun_missing = False  # whether accounts older than the counters were looked for

    async def catch_up(self) -> int:
        """Two processes that do this at the same time do each other no harm."""
        with driver_errors():
            if not self._has_begun_missing:
                await self._begin_missing()
                self._has_begun_missing = True
            states = self._database.collection(COUNTER_STATE)
            incomplete = await states.find({"$or": [{"hours_complete": False}, {"days_complete": False}]}).to_list(None)
            for state in incomplete:
                await self._make(state)
        return len(incomplete)

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        for account in await self._accounts():
            async for finding in in_spite_of_damage(self._findings(account, progress), Check.COUNTERS, account.where):
                yield finding

    async def repair(self, progress: Progress) -> int:
        with driver_errors():
            await self._begin_missing()
        return sum(
            [
                await repaired(self._repair(account, progress), f"{account.where}: counters")
                for account in await self._accounts()
            ]
        )

    async def _findings(self, account: _CountedAccount, progress: Progress) -> AsyncIterator[Finding]:
        state = await self._state(account.account_id)
        hours, days = bool(state.get("hours_complete")), bool(state.get("days_complete"))
        if not hours or not days or state.get("time_zone") != account.time_zone:
            yield _incomplete(account)
        findings = 0
        recount = self._recount(account, repair=False)
        passes = ([recount.hours()] if hours else []) + ([recount.days()] if days else [])
        for slices in passes:
            async for difference in self._differences(slices, account, progress):
                findings += 1
                if findings <= _MAX_FINDINGS:
                    yield _wrong(account, difference)

    async def _repair(self, account: _CountedAccount, progress: Progress) -> int:
        count, recount = 0, self._recount(account, repair=True)
        for slices in (recount.hours(), recount.days()):
            async for _ in self._differences(slices, account, progress):
                count += 1
        await self._finish(await self._state(account.account_id), account.time_zone)
        return count

    async def _differences(
        self,
        slices: AsyncIterator[tuple[date, list[CounterDifference]]],
        account: _CountedAccount,
        progress: Progress,
    ) -> AsyncIterator[CounterDifference]:
        while True:
            with driver_errors():
                found = await anext(slices, None)
            if found is None:
                return
            day, differences = found
            progress(f"{account.where}: counters of {day}")
            for difference in differences:
                yield difference

    async def _begin_missing(self) -> None:
        """Give accounts older than the counters a counter state. Their history begins now."""
        pipeline: list[Document] = [
            {"$lookup": {"from": COUNTER_STATE, "localField": "_id", "foreignField": "_id", "as": "state"}},
            {"$match": {"state": []}},
            {"$project": {"time_zone": True}},
        ]
        cursor = await self._database.collection(COLLECTIONS[Account]).aggregate(pipeline)
        for account in await cursor.to_list(None):
            state = counter_state_document(account["time_zone"], complete=False, history_since=self._clock.now())
            await self._database.collection(COUNTER_STATE).update_one(
                {"_id": account["_id"]}, {"$setOnInsert": state}, upsert=True
            )

    async def _make(self, state: Document) -> None:
        account_id, time_zone = AccountId(state["_id"]), state["time_zone"]
        recount = Recount(
            database=self._database, account_id=account_id, time_zone=time_zone, tags=self._tags, repair=True
        )
        if not state["hours_complete"]:
            async for _ in recount.hours():
                pass
            await self._database.collection(COUNTER_STATE).update_one(
                {"_id": account_id}, {"$set": {"hours_complete": True}}
            )
        async for _ in recount.days():
            pass
        await self._finish(state, time_zone)

    async def _finish(self, state: Document, time_zone: str) -> None:
        """Mark the counters as complete and delete the days of other zones, unless the zone has changed meanwhile."""
        async with self._database.start_session() as session:
            await session.start_transaction()
            done = await self._database.collection(COUNTER_STATE).update_one(
                {"_id": state["_id"], "days_generation": state["days_generation"], "time_zone": time_zone},
                {"$set": {"hours_complete": True, "days_complete": True}},
                session=session,
            )
            if done.matched_count:
                others = days_of(state["_id"]) | {"time_zone": {"$ne": time_zone}}
                await self._database.collection(COUNTERS).delete_many(others, session=session)
            await session.commit_transaction()

    async def _accounts(self) -> list[_CountedAccount]:
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[Account]).find(
                {}, sort=[("_id", 1)], projection=["name", "time_zone"]
            )
            return [
                _CountedAccount(
                    account_id=AccountId(row["_id"]),
                    time_zone=row["time_zone"],
                    where=f"account {row.get('name')} ({row['_id']})",
                )
                for row in await cursor.to_list(None)
            ]

    async def _state(self, account_id: AccountId) -> Document:
        with driver_errors():
            return await self._database.collection(COUNTER_STATE).find_one({"_id": account_id}) or {}

    def _recount(self, account: _CountedAccount, *, repair: bool) -> Recount:
        return Recount(
            database=self._database,
            account_id=account.account_id,
            time_zone=account.time_zone,
            tags=self._tags,
            repair=repair,
        )


def _incomplete(account: _CountedAccount) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        check=Check.COUNTERS,
        where=account.where,
        problem="the counters are not complete yet; reports are correct, but slower",
        advice="Run a worker: `baton worker`, or `baton serve`.",
    )


def _wrong(account: _CountedAccount, difference: CounterDifference) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        check=Check.COUNTERS,
        where=f"{account.where}, counters {difference.document_id.partition('|')[2]}",
        problem=f"cells that differ: {difference.cells}",
        advice="Run `baton doctor --repair`; servers may keep running.",
    )
