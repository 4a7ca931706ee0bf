"""Looking after counters: made where they are missing, held against a recount, and put right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

from domain.doctor import Check, Finding, Progress, Severity
from domain.model.account import Account
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import DAYS
from integrations.mongo.stats.history import COUNTING
from integrations.mongo.stats.recount import CounterDifference, Recount
from integrations.mongo.stats.tag_dictionary import TagCache

_MOST = 20  # findings told of an account: more of them say nothing new


class _Counted(Record):
    account_id: AccountId
    zone: str
    where: str


class MongoCounterMaintenance:
    def __init__(self, *, database: MongoDatabase, clock: Clock, known: TagCache) -> None:
        self._database = database
        self._clock = clock
        self._known = known
        self._looked = False  # for accounts older than the counters

    async def catch_up(self) -> int:
        """Make what is missing, of accounts older than their counters and of new zones; answers of how many accounts.
        Whoever does the same meanwhile does no harm."""
        with driver_errors():
            if not self._looked:
                await self._begin_missing()
                self._looked = True
            counting = self._database.collection(COUNTING)
            behind = await counting.find({"$or": [{"hours": False}, {"days": False}]}).to_list(None)
            for state in behind:
                await self._make(state)
        return len(behind)

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        for counted in await self._accounts():
            state = await self._state(counted.account_id)
            if not state.get("hours") or not state.get("days") or state.get("zone") != counted.zone:
                yield _unfinished(counted)
            findings = 0
            recount = self._recount(counted, repair=False)
            passes = ([recount.hours()] if state.get("hours") else []) + ([recount.days()] if state.get("days") else [])
            for slices in passes:
                async for difference in self._differences(slices, counted, progress):
                    findings += 1
                    if findings <= _MOST:
                        yield _wrong(counted, difference)

    async def repair(self, progress: Progress) -> int:
        """Answers how many documents were put right."""
        with driver_errors():
            await self._begin_missing()
        repaired = 0
        for counted in await self._accounts():
            recount = self._recount(counted, repair=True)
            for slices in (recount.hours(), recount.days()):
                async for _ in self._differences(slices, counted, progress):
                    repaired += 1
            await self._finish(await self._state(counted.account_id), counted.zone)
        return repaired

    async def _differences(
        self, slices: AsyncIterator[tuple[date, list[CounterDifference]]], counted: _Counted, progress: Progress
    ) -> AsyncIterator[CounterDifference]:
        while True:
            with driver_errors():
                found = await anext(slices, None)
            if found is None:
                return
            day, differences = found
            progress(f"{counted.where}: counters of {day}")
            for difference in differences:
                yield difference

    async def _begin_missing(self) -> None:
        """Nothing is known of what was before."""
        pipeline: list[Document] = [
            {"$lookup": {"from": COUNTING, "localField": "_id", "foreignField": "_id", "as": "counting"}},
            {"$match": {"counting": []}},
            {"$project": {"time_zone": True}},
        ]
        cursor = await self._database.collection(COLLECTIONS[Account]).aggregate(pipeline)
        for account in await cursor.to_list(None):
            born = {
                "zone": account["time_zone"],
                "generation": 1,
                "hours": False,
                "days": False,
                "reaches": self._clock.now(),
            }
            await self._database.collection(COUNTING).update_one(
                {"_id": account["_id"]}, {"$setOnInsert": born}, upsert=True
            )

    async def _make(self, state: Document) -> None:
        account_id = AccountId(state["_id"])
        recount = Recount(
            database=self._database, account_id=account_id, zone=state["zone"], known=self._known, repair=True
        )
        if not state["hours"]:
            async for _ in recount.hours():
                pass
            await self._database.collection(COUNTING).update_one({"_id": account_id}, {"$set": {"hours": True}})
        async for _ in recount.days():
            pass
        await self._finish(state, state["zone"])

    async def _finish(self, state: Document, zone: str) -> None:
        """The days are there, unless the zone is another by now; then those of other zones are done with."""
        async with self._database.start_session() as session:
            await session.start_transaction()
            done = await self._database.collection(COUNTING).update_one(
                {"_id": state["_id"], "generation": state["generation"], "zone": zone},
                {"$set": {"hours": True, "days": True}},
                session=session,
            )
            if done.matched_count:
                prefix = f"{state['_id']}|"
                others = {"_id": {"$gte": prefix, "$lt": prefix + "~"}, "zone": {"$ne": zone}}
                await self._database.collection(DAYS).delete_many(others, session=session)
            await session.commit_transaction()

    async def _accounts(self) -> list[_Counted]:
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[Account]).find(
                {}, sort=[("_id", 1)], projection=["name", "time_zone"]
            )
            return [
                _Counted(
                    account_id=AccountId(row["_id"]),
                    zone=row["time_zone"],
                    where=f"account {row.get('name')} ({row['_id']})",
                )
                for row in await cursor.to_list(None)
            ]

    async def _state(self, account_id: AccountId) -> Document:
        with driver_errors():
            return await self._database.collection(COUNTING).find_one({"_id": account_id}) or {}

    def _recount(self, counted: _Counted, *, repair: bool) -> Recount:
        return Recount(
            database=self._database,
            account_id=counted.account_id,
            zone=counted.zone,
            known=self._known,
            repair=repair,
        )


def _unfinished(counted: _Counted) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        check=Check.COUNTERS,
        where=counted.where,
        problem="they are not made yet; reports are right, and slower",
        advice="Run a worker: `baton worker`, or `baton serve`.",
    )


def _wrong(counted: _Counted, difference: CounterDifference) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        check=Check.COUNTERS,
        where=f"{counted.where}, counters {difference.document_id.partition('|')[2]}",
        problem=f"cells that differ: {difference.cells}",
        advice="Run `baton doctor --repair`; servers may go on.",
    )
