"""Counters made anew, from conversations: hours from them, days from hours. Beside running servers, a slice at a time.

A slice is one transaction: what is there is read with what should be there, and what differs is replaced. Whoever
writes to the same hour meanwhile meets the transaction, and one of the two is run again. Where that happens often the
account's head is claimed first, as its writers do among each other, so that a busy account is not too busy to be
counted. Stopped anywhere, it has done so much, and can begin again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pymongo
from pymongo import DeleteOne, ReplaceOne
from pymongo.errors import PyMongoError

from domain.metrics.model import ReportingFacts, sold_in
from domain.model.conversation import Conversation, ConversationStatus
from domain.values.calendar import DayRange, day_of, starts_of
from domain.values.channel import Channel
from domain.values.ids import AccountId
from domain.values.money import Money
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document, Session
from integrations.mongo.event_log.log import claim, release
from integrations.mongo.stats.aggregation import in_hours, sold_of
from integrations.mongo.stats.counters import (
    CHANNELS,
    DAY_FIELDS,
    DAYS,
    HOUR_FIELDS,
    HOURS,
    STATUSES,
    Cells,
    day_cells,
    day_id,
    day_sold,
    flat,
    hour_cells,
    hour_id,
    merge,
    nested,
)
from integrations.mongo.stats.history import COUNTING
from integrations.mongo.stats.report_source import on_quarters
from integrations.mongo.stats.tag_dictionary import LABELS, TagCache, TagEncoder, TagSet

_DAY = timedelta(days=1)
_FIELDS = ("started_at", "channel", "status", "tags", "final_skill", "sales")
_FREE_TRIES = 2  # before the head is claimed
_MOST_TRIES = 200
_PAUSE = 0.02  # seconds between two tries
_PAGE = 2_000
_LONG = 60.0  # seconds a slice may take: MongoDB gives a transaction no longer


class CounterDifference(Record):
    """A document of counters that is not what a recount makes."""

    document_id: str
    cells: int  # that differ


Slice = Callable[[Session], Awaitable[list[CounterDifference]]]


class Recount:
    """Of one account, in one zone. Without `repair` nothing is written."""

    def __init__(
        self, *, database: MongoDatabase, account_id: AccountId, zone: str, known: TagCache, repair: bool
    ) -> None:
        self._database = database
        self._account_id = account_id
        self._zone = zone
        self._known = known
        self._repair = repair

    async def hours(self) -> AsyncIterator[tuple[date, list[CounterDifference]]]:
        """One day of UTC after the other, of those that have conversations or hours."""
        day = await self._next_day(datetime(1, 1, 1, tzinfo=UTC))
        while day is not None:
            start = day
            yield start.date(), await self._transacted(partial(self._hours_of, start))
            day = await self._next_day(start + _DAY)

    async def days(self) -> AsyncIterator[tuple[date, list[CounterDifference]]]:
        """One day of the zone after the other, of those that have hours or are there."""
        hours = self._database.collection(HOURS).find(self._all(), projection=["hour"], batch_size=_PAGE)
        days = set()
        async for hour in hours:
            days |= {day_of(hour["hour"] + timedelta(minutes=minutes), self._zone) for minutes in (0, 59)}
        present = self._database.collection(DAYS).find(self._all(self._zone), projection=["day"], batch_size=_PAGE)
        async for document in present:
            days.add(date.fromisoformat(document["day"]))
        for day in sorted(days):
            yield day, await self._transacted(partial(self._day, day))

    async def _next_day(self, start: datetime) -> datetime | None:
        """The first day of UTC from this one on that has anything."""
        conversation = await self._database.collection(COLLECTIONS[Conversation]).find_one(
            scoped(self._account_id, {"started_at": {"$gte": start}}),
            sort=[("started_at", 1), ("_id", 1)],
            projection=["started_at"],
        )
        first = hour_id(self._account_id, start)
        hour = await self._database.collection(HOURS).find_one(
            {"_id": {"$gte": first, "$lt": f"{self._account_id}|~"}}, sort=[("_id", 1)], projection=["hour"]
        )
        found = [conversation["started_at"]] if conversation else []
        found += [hour["hour"]] if hour else []
        return min(found).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) if found else None

    async def _hours_of(self, start: datetime, session: Session) -> list[CounterDifference]:
        wanted: dict[str, tuple[Document, defaultdict[str, int | Decimal]]] = {}
        standings = await self._standings(session, start, start + _DAY)
        labelling = self._labelling(session)
        classes = await labelling.classes({(s.tags, s.skill) for s in standings})
        for standing in standings:
            hour = standing.started_at.replace(minute=0, second=0, microsecond=0)
            born = {"account": self._account_id, "hour": hour}
            _, cells = wanted.setdefault(hour_id(self._account_id, hour), (born, defaultdict(int)))
            merge(cells, hour_cells(standing, classes[standing.tags, standing.skill], 1))
        among = {"_id": {"$gte": hour_id(self._account_id, start), "$lt": hour_id(self._account_id, start + _DAY)}}
        differences = await self._settle(session, HOURS, among, HOUR_FIELDS, wanted)
        if labelling.rows:
            differences.append(CounterDifference(document_id=f"{self._account_id}|labels", cells=len(labelling.rows)))
            if self._repair:
                await self._database.collection(LABELS).bulk_write(labelling.writes, session=session)
        return differences

    async def _day(self, day: date, session: Session) -> list[CounterDifference]:
        starts = starts_of(DayRange(start=day, end=day), self._zone)
        cells: defaultdict[str, int | Decimal] = defaultdict(int)
        for part in await self._parts(session, starts):
            merge(cells, part)
        document_id = day_id(self._account_id, self._zone, day)
        born = {"account": self._account_id, "zone": self._zone, "day": day.isoformat()}
        wanted = {document_id: (born, cells)} if any(cells.values()) else {}
        return await self._settle(session, DAYS, {"_id": document_id}, DAY_FIELDS, wanted)

    async def _parts(self, session: Session, starts: list[datetime]) -> Iterable[Cells]:
        if not on_quarters(starts):
            standings = await self._standings(session, starts[0], starts[-1])
            classes = await self._labelling(session).classes({(s.tags, s.skill) for s in standings})
            return [day_cells(standing, classes[standing.tags, standing.skill], 1) for standing in standings]
        among = {"_id": {"$gte": hour_id(self._account_id, starts[0]), "$lte": hour_id(self._account_id, starts[-1])}}
        found = await self._database.collection(HOURS).find(among, session=session).to_list(None)
        cells = in_hours(found, starts)
        known = await self._known.classes(self._database, self._account_id, cells.classes)
        parts = [
            day_cells(_standing(key[:2], known[key[2:]], starts[0]), known[key[2:]], sum(count for _, count in counts))
            for (_, key), counts in cells.counts.items()
        ]
        sold = [(letter, known[name], part) for letter, name, cell in cells.sold for part in sold_of(cell)]
        return [*parts, *(day_sold(letter, kind, part, 1) for letter, kind, part in sold)]

    async def _standings(self, session: Session, start: datetime, before: datetime) -> list[ReportingFacts]:
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(self._account_id, {"started_at": {"$gte": start, "$lt": before}}),
            projection=_FIELDS,
            batch_size=_PAGE,
            session=session,
        )
        return [facts_in(document) async for document in cursor]

    def _labelling(self, session: Session) -> TagEncoder:
        return TagEncoder(database=self._database, session=session, account_id=self._account_id, known=self._known)

    async def _settle(
        self,
        session: Session,
        name: str,
        among: Document,
        fields: Iterable[str],
        wanted: Mapping[str, tuple[Document, Cells]],
    ) -> list[CounterDifference]:
        found = await self._database.collection(name).find(among, session=session).to_list(None)
        present = {document["_id"]: flat(document, fields) for document in found}
        differences, writes = [], []
        for document_id in sorted({*present, *wanted}):
            born, cells = wanted.get(document_id, ({}, {}))
            right = {path: count for path, count in cells.items() if count}
            is_so = present.get(document_id, {})
            if right != is_so:
                differing = sum(right.get(path, 0) != is_so.get(path, 0) for path in {*right, *is_so})
                differences.append(CounterDifference(document_id=document_id, cells=differing))
                replacement = ReplaceOne({"_id": document_id}, {**born, **nested(right)}, upsert=True)
                writes.append(replacement if right else DeleteOne({"_id": document_id}))
        if self._repair and writes:
            await self._database.collection(name).bulk_write(writes, session=session, ordered=False)
        return differences

    async def _transacted(self, work: Slice) -> list[CounterDifference]:
        for attempt in range(_MOST_TRIES):
            try:
                with pymongo.timeout(_LONG):
                    return await self._attempt(work, claimed=self._repair and attempt >= _FREE_TRIES)
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError") or attempt == _MOST_TRIES - 1:
                    raise
            await asyncio.sleep(_PAUSE)
        raise AssertionError("the last attempt answers or raises")

    async def _attempt(self, work: Slice, *, claimed: bool) -> list[CounterDifference]:
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                if claimed:
                    await claim(session, self._database, self._account_id)
                differences = await work(session)
                if claimed:
                    await release(session, self._database, self._account_id)
                if self._repair and differences:
                    await self._database.collection(COUNTING).update_one(
                        {"_id": self._account_id}, {"$inc": {"repairs": 1}}, session=session
                    )
                    await session.commit_transaction()
            finally:
                if session.in_transaction:
                    await session.abort_transaction()
        return differences

    def _all(self, *parts: str) -> Document:
        prefix = "|".join((self._account_id, *parts)) + "|"
        return {"_id": {"$gte": prefix, "$lt": prefix + "~"}}


def facts_in(document: Mapping[str, Any]) -> ReportingFacts:
    """`standing_of` the conversation of a document, from the fields it takes."""
    amounts = (sale["amount"] for sale in document.get("sales", ()))
    return ReportingFacts(
        started_at=document["started_at"],
        channel=Channel(document["channel"]),
        status=ConversationStatus(document["status"]),
        tags=tuple(sorted(set(document.get("tags", ())))),
        skill=document.get("final_skill"),
        sold=sold_in(Money(amount=Decimal(money["amount"]), currency=money["currency"]) for money in amounts),
    )


def _standing(place: str, kind: TagSet, day: datetime) -> ReportingFacts:
    return ReportingFacts(
        started_at=day, channel=CHANNELS[place[0]], status=STATUSES[place[1]], tags=kind.tags, skill=kind.skill
    )
