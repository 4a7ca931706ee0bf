"""The integrity check of shoppers' activity: compares its rows with the events and orders that they follow from.

It runs beside traffic. So a difference between two reads is compared again in one snapshot before it is reported or
repaired.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pymongo
from pymongo import DeleteOne, ReplaceOne
from pymongo.errors import PyMongoError

from domain.doctor import Check, Finding, Progress, Severity
from domain.events import EventType
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.activity.activity_index import (
    ACTIVITY,
    event_counts_id,
    last_events,
    last_orders,
    order_keys,
)
from integrations.mongo.checks.damage import all_in_spite_of_damage, repaired
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.stats.counters import COUNTERS

_PAGE = 500  # profiles
_MAX_FINDINGS = 20  # per account: more of them say nothing new
_TIMEOUT = 3_600.0  # seconds for an account: it may have a million shoppers
_PAUSE = 0.05  # seconds between two attempts: longer than a command takes
_ADVICE = "`baton doctor --repair` recomputes it from the events and orders."


class ActivityDifference(Record):
    """A row as it is stored and as it should be; None stands for no row."""

    id: str
    stored: Document | None
    expected: Document | None


class ActivityCheck:
    """Implements `IntegrityCheck` for the activity of all accounts."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        for examination in await self._accounts(progress):
            with pymongo.timeout(_TIMEOUT), driver_errors():
                found = await all_in_spite_of_damage(examination.examine(), Check.ACTIVITY, examination.where)
            for finding in found:
                yield finding

    async def repair(self, progress: Progress) -> int:
        count = 0
        for examination in await self._accounts(progress):
            with pymongo.timeout(_TIMEOUT), driver_errors():
                count += await repaired(examination.repair(), f"{examination.where}: activity")
        return count

    async def _accounts(self, progress: Progress) -> list[ActivityExamination]:
        progress("shoppers' activity")
        with driver_errors():
            cursor = self._database.collection("accounts").find({}, projection=["name"], sort=[("_id", 1)])
            accounts = await cursor.to_list(None)
        return [
            ActivityExamination(
                database=self._database,
                account_id=AccountId(account["_id"]),
                where=f"account {account.get('name')} ({account['_id']})",
            )
            for account in accounts
        ]


class ActivityExamination:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, where: str) -> None:
        self._database = database
        self._account_id = account_id
        self.where = where

    async def examine(self) -> list[Finding]:
        found = []
        if await self._right_counts(None) and await self._counts_differ():
            found.append(self._finding(f"{self.where}: event counts", "they differ from the stored events"))
        async for span in self._spans():
            if not await self._differences(span, None):
                continue
            async with self._transaction() as session:
                confirmed = await self._differences(span, session)
            found += [self._finding(f"{self.where}, profile {d.id}", _problem(d)) for d in confirmed]
            if len(found) >= _MAX_FINDINGS:
                return found[:_MAX_FINDINGS]
        return found

    async def repair(self) -> int:
        count = await self._retry(self._repair_counts)
        async for span in self._spans():
            if await self._differences(span, None):
                count += await self._retry(partial(self._repair_span, span))
        return count

    async def _retry(self, repair: Callable[[], Awaitable[int]]) -> int:
        """Repeat the repair while commands write the same rows."""
        while True:
            try:
                return await repair()
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError"):
                    raise
            await asyncio.sleep(_PAUSE)

    async def _spans(self) -> AsyncIterator[tuple[str, str]]:
        """Yield ranges of profile ids, (after, upto]; the last one is open-ended."""
        after = ""
        while True:
            cursor = self._database.collection("profiles").find(
                scoped(self._account_id, {"_id": {"$gt": after}}), projection={"_id": True}, sort=[("_id", 1)]
            )
            ids = [document["_id"] for document in await cursor.limit(_PAGE).to_list()]
            upto = ids[-1] if len(ids) == _PAGE else "~"
            yield after, upto
            if upto == "~":
                return
            after = upto

    async def _differences(self, span: tuple[str, str], session: Session | None) -> list[ActivityDifference]:
        within = scoped(self._account_id, {"_id": {"$gt": span[0], "$lte": span[1]}})
        profiles = await self._find("profiles", {**within, "merged_into": {"$exists": False}}, session)
        stored = {row["_id"]: row for row in await self._find(ACTIVITY, within, session)}
        expected = {row["_id"]: row for row in await self._expected(profiles, session)}
        return [
            ActivityDifference(id=row_id, stored=stored.get(row_id), expected=expected.get(row_id))
            for row_id in sorted(stored.keys() | expected.keys())
            if stored.get(row_id) != expected.get(row_id)
        ]

    async def _expected(self, profiles: Sequence[Document], session: Session | None) -> list[Document]:
        parts = {p["_id"]: (p["_id"], *p.get("merged_ids", ())) for p in profiles}
        last = await last_events(self._database, session, self._account_id, parts)
        keys = sorted({key for p in profiles for key in order_keys(p)})
        bought = await last_orders(self._database, session, self._account_id, keys) if keys else {}
        return [
            self._row(p["_id"], last.get(p["_id"], {}), [bought[key] for key in order_keys(p) if key in bought])
            for p in profiles
        ]

    def _row(self, profile_id: str, last: Mapping[str, Any], orders: Sequence[Any]) -> Document:
        bought = max(orders, default=None)
        unbought = [k.value for k in EventType if k.value in last and (bought is None or last[k.value] > bought)]
        return {
            "_id": profile_id,
            "account": self._account_id,
            **({"last_event_at": last} if last else {}),
            **({} if bought is None else {"last_order_at": bought}),
            "not_bought_since": unbought,
        }

    async def _repair_span(self, span: tuple[str, str]) -> int:
        async with self._transaction() as session:
            differences = await self._differences(span, session)
            writes = [
                DeleteOne({"_id": d.id}) if d.expected is None else ReplaceOne({"_id": d.id}, d.expected, upsert=True)
                for d in differences
            ]
            if writes:
                await self._database.collection(ACTIVITY).bulk_write(writes, session=session)
                await session.commit_transaction()
        return len(differences)

    async def _right_counts(self, session: Session | None) -> Document | None:
        """Return the counts as they should be, or None where they are."""
        own = {"_id": event_counts_id(self._account_id)}
        [stored] = await self._find(COUNTERS, own, session) or [{}]
        by_type: dict[str, Any] = {}
        for row in await self._aggregate(_counts(self._account_id), session):
            counted = by_type.setdefault(row["_id"]["type"], {"count": 0, "by_channel": {}, "last_at": row["at"]})
            counted["count"] += row["count"]
            counted["by_channel"][row["_id"]["channel"]] = row["count"]
            counted["last_at"] = max(counted["last_at"], row["at"])
        return None if stored.get("by_type", {}) == by_type else own | {"by_type": by_type}

    async def _counts_differ(self) -> bool:
        async with self._transaction() as session:
            return await self._right_counts(session) is not None

    async def _repair_counts(self) -> int:
        if await self._right_counts(None) is None:
            return 0
        async with self._transaction() as session:
            right = await self._right_counts(session)
            if right is None:
                return 0
            await self._database.collection(COUNTERS).replace_one(
                {"_id": right["_id"]}, right, upsert=True, session=session
            )
            await session.commit_transaction()
        return 1

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Session]:
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                yield session
            finally:
                if session.in_transaction:
                    await session.abort_transaction()

    async def _find(self, name: str, query: Document, session: Session | None) -> list[Document]:
        return await self._database.collection(name).find(query, session=session).to_list()

    async def _aggregate(self, pipeline: list[Document], session: Session | None) -> list[Document]:
        cursor = await self._database.collection("business_events").aggregate(pipeline, session=session)
        return await cursor.to_list()

    def _finding(self, where: str, problem: str) -> Finding:
        return Finding(severity=Severity.ERROR, check=Check.ACTIVITY, where=where, problem=problem, advice=_ADVICE)


def _problem(difference: ActivityDifference) -> str:
    if difference.expected is None:
        return "it is part of another profile, but has activity of its own"
    return "its activity is missing" if difference.stored is None else "its activity differs from its events and orders"


def _counts(account_id: AccountId) -> list[Document]:
    by = {"type": "$type", "channel": "$conversation.channel"}
    return [
        {"$match": {"account": account_id}},
        {"$group": {"_id": by, "count": {"$sum": 1}, "at": {"$max": "$at"}}},
    ]
