"""Recounts an account's counters beside running servers: hours from the conversations, days from the hours.

The work is cut into slices (a day of hours; a day), each in its own transaction: the slice reads the documents together
with what they should be, and replaces what differs. A command that writes to the same documents meanwhile conflicts
with the transaction, and one of the two is run again. After a few conflicts the slice claims the account's log head
first, as writers do among each other, so that even a busy account can be counted. A recount that is stopped has
finished some of its slices, and can simply be started again.
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
from integrations.mongo.stats.aggregation import by_tag_set_in_hours, facts_of, sold_of
from integrations.mongo.stats.counters import (
    COUNTERS,
    DAY_FIELDS,
    HOUR_FIELDS,
    Cells,
    day_cells,
    day_id,
    day_keys,
    day_sales_cells,
    days_of,
    flat,
    hour_cells,
    hour_id,
    hour_keys,
    hours_of,
    merge,
    nested,
)
from integrations.mongo.stats.history import COUNTER_STATE
from integrations.mongo.stats.report_source import on_quarters
from integrations.mongo.stats.tag_dictionary import TAG_DICTIONARY, TagCache, TagEncoder

_DAY = timedelta(days=1)
_FIELDS = ("started_at", "channel", "status", "tags", "final_skill", "sales")
_UNCLAIMED_ATTEMPTS = 2  # before a slice claims the log head
_MAX_ATTEMPTS = 200
_PAUSE = 0.02  # seconds between two attempts
_BATCH = 2_000  # documents a round trip
_TIMEOUT = 60.0  # seconds for a slice: MongoDB gives a transaction no longer


class CounterDifference(Record):
    """A document of counters that is not what the recount makes."""

    document_id: str
    cells: int  # that differ


Slice = Callable[[Session], Awaitable[list[CounterDifference]]]


class Recount:
    """Recounts one account, with days of one time zone. Without `repair`, nothing is written."""

    def __init__(
        self, *, database: MongoDatabase, account_id: AccountId, time_zone: str, tags: TagCache, repair: bool
    ) -> None:
        self._database = database
        self._counters = database.collection(COUNTERS)
        self._account_id = account_id
        self._time_zone = time_zone
        self._tags = tags
        self._repair = repair

    async def hours(self) -> AsyncIterator[tuple[date, list[CounterDifference]]]:
        """Recount hours, one UTC day after the other, of those that have conversations or counters."""
        day = await self._next_day(datetime(1, 1, 1, tzinfo=UTC))
        while day is not None:
            start = day
            yield start.date(), await self._transacted(partial(self._hours_of, start))
            day = await self._next_day(start + _DAY)

    async def days(self) -> AsyncIterator[tuple[date, list[CounterDifference]]]:
        """Recount days of the zone, one after the other, of those that have hours or counters."""
        hours = self._counters.find(hours_of(self._account_id), projection=["hour"], batch_size=_BATCH)
        days = set()
        async for hour in hours:
            days |= {day_of(hour["hour"] + timedelta(minutes=minutes), self._time_zone) for minutes in (0, 59)}
        own = days_of(self._account_id, self._time_zone)
        present = self._counters.find(own, projection=["day"], batch_size=_BATCH)
        async for document in present:
            days.add(date.fromisoformat(document["day"]))
        for day in sorted(days):
            yield day, await self._transacted(partial(self._day, day))

    async def _next_day(self, start: datetime) -> datetime | None:
        """Return the first UTC day, not before `start`, that has a conversation or a counter."""
        conversation = await self._database.collection(COLLECTIONS[Conversation]).find_one(
            scoped(self._account_id, {"started_at": {"$gte": start}}),
            sort=[("started_at", 1), ("_id", 1)],
            projection=["started_at"],
        )
        first = hour_id(self._account_id, start)
        wanted = {"$and": [hours_of(self._account_id), {"_id": {"$gte": first}}]}
        hour = await self._counters.find_one(wanted, sort=[("_id", 1)], projection=["hour"])
        found = [conversation["started_at"]] if conversation else []
        found += [hour["hour"]] if hour else []
        return min(found).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) if found else None

    async def _hours_of(self, start: datetime, session: Session) -> list[CounterDifference]:
        expected: dict[str, tuple[Document, defaultdict[str, int | Decimal]]] = {}
        counted = await self._facts(session, start, start + _DAY)
        encoder = self._encoder(session)
        tag_sets = await encoder.encode({(facts.tags, facts.skill) for facts in counted})
        for facts in counted:
            hour = facts.started_at.replace(minute=0, second=0, microsecond=0)
            keys = hour_keys(hour)
            _, cells = expected.setdefault(hour_id(self._account_id, hour), (keys, defaultdict(int)))
            merge(cells, hour_cells(facts, tag_sets[facts.tags, facts.skill], 1))
        among = {"_id": {"$gte": hour_id(self._account_id, start), "$lt": hour_id(self._account_id, start + _DAY)}}
        differences = await self._settle(session, among, HOUR_FIELDS, expected)
        if encoder.new_entries:
            document_id = f"{self._account_id}|{TAG_DICTIONARY}"
            differences.append(CounterDifference(document_id=document_id, cells=len(encoder.new_entries)))
            if self._repair:
                await self._database.collection(TAG_DICTIONARY).bulk_write(encoder.writes, session=session)
        return differences

    async def _day(self, day: date, session: Session) -> list[CounterDifference]:
        starts = starts_of(DayRange(start=day, end=day), self._time_zone)
        cells: defaultdict[str, int | Decimal] = defaultdict(int)
        for part in await self._cells_between(session, starts):
            merge(cells, part)
        document_id = day_id(self._account_id, self._time_zone, day)
        keys = day_keys(self._time_zone, day)
        expected = {document_id: (keys, cells)} if any(cells.values()) else {}
        return await self._settle(session, {"_id": document_id}, DAY_FIELDS, expected)

    async def _cells_between(self, session: Session, starts: list[datetime]) -> Iterable[Cells]:
        if not on_quarters(starts):
            counted = await self._facts(session, starts[0], starts[-1])
            tag_sets = await self._encoder(session).encode({(facts.tags, facts.skill) for facts in counted})
            return [day_cells(facts, tag_sets[facts.tags, facts.skill], 1) for facts in counted]
        among = {"_id": {"$gte": hour_id(self._account_id, starts[0]), "$lte": hour_id(self._account_id, starts[-1])}}
        hours = await self._counters.find(among, session=session).to_list(None)
        cells = by_tag_set_in_hours(hours, starts)
        by_code = await self._tags.tag_sets(self._database, self._account_id, cells.codes)
        parts = [
            day_cells(facts_of(key, by_code[code], starts[0]), by_code[code], sum(count for _, count in counts))
            for (_, key, code), counts in cells.counts.items()
        ]
        return parts + [
            day_sales_cells(channel, by_code[code], sold, 1)
            for channel, code, by_currency in cells.sold
            for sold in sold_of(by_currency)
        ]

    async def _facts(self, session: Session, start: datetime, before: datetime) -> list[ReportingFacts]:
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(self._account_id, {"started_at": {"$gte": start, "$lt": before}}),
            projection=_FIELDS,
            batch_size=_BATCH,
            session=session,
        )
        return [facts_in(document) async for document in cursor]

    def _encoder(self, session: Session) -> TagEncoder:
        return TagEncoder(database=self._database, session=session, account_id=self._account_id, cache=self._tags)

    async def _settle(
        self,
        session: Session,
        among: Document,
        fields: Iterable[str],
        expected: Mapping[str, tuple[Document, Cells]],
    ) -> list[CounterDifference]:
        """Compare the stored documents with the expected ones; replace those that differ."""
        found = await self._counters.find(among, session=session).to_list(None)
        stored = {document["_id"]: flat(document, fields) for document in found}
        differences, writes = [], []
        for document_id in sorted({*stored, *expected}):
            keys, cells = expected.get(document_id, ({}, {}))
            right = {path: count for path, count in cells.items() if count}
            present = stored.get(document_id, {})
            if right != present:
                differing = sum(right.get(path, 0) != present.get(path, 0) for path in {*right, *present})
                differences.append(CounterDifference(document_id=document_id, cells=differing))
                replacement = ReplaceOne({"_id": document_id}, {**keys, **nested(right)}, upsert=True)
                writes.append(replacement if right else DeleteOne({"_id": document_id}))
        if self._repair and writes:
            await self._counters.bulk_write(writes, session=session, ordered=False)
        return differences

    async def _transacted(self, work: Slice) -> list[CounterDifference]:
        for attempt in range(_MAX_ATTEMPTS):
            try:
                with pymongo.timeout(_TIMEOUT):
                    return await self._attempt(work, claims=self._repair and attempt >= _UNCLAIMED_ATTEMPTS)
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError") or attempt == _MAX_ATTEMPTS - 1:
                    raise
            await asyncio.sleep(_PAUSE)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, work: Slice, *, claims: bool) -> list[CounterDifference]:
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                if claims:
                    await claim(session, self._database, self._account_id)
                differences = await work(session)
                if claims:
                    await release(session, self._database, self._account_id)
                if self._repair and differences:
                    await self._database.collection(COUNTER_STATE).update_one(
                        {"_id": self._account_id}, {"$inc": {"repairs": 1}}, session=session
                    )
                    await session.commit_transaction()
            finally:
                if session.in_transaction:
                    await session.abort_transaction()
        return differences


def facts_in(document: Mapping[str, Any]) -> ReportingFacts:
    """Return `reporting_facts_of` a conversation's document, from the fields that it needs (`_FIELDS`)."""
    amounts = (sale["amount"] for sale in document.get("sales", ()))
    return ReportingFacts(
        started_at=document["started_at"],
        channel=Channel.stored(document["channel"]),
        status=ConversationStatus.stored(document["status"]),
        tags=tuple(sorted(set(document.get("tags", ())))),
        skill=document.get("final_skill"),
        sold=sold_in(Money(amount=Decimal(money["amount"]), currency=money["currency"]) for money in amounts),
    )
