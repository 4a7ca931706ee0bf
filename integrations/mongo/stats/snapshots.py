"""An account at one instant: every read of it is of one snapshot of MongoDB's, though any number of them be under way.

Of the past, the snapshot of now is read together with what has changed since (`history.py`): a tally less the moves
since, a list of the conversations that did not change and of what the others were.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.commerce.commands import Credited
from domain.metrics.model import MetricsQuery, Totals
from domain.metrics.ports import Breakdown
from domain.model.account import Account
from domain.storage import ConversationQuery, ListedConversation, Total
from domain.values.calendar import DayRange, day_of, instants_of
from domain.values.clock import Clock
from domain.values.errors import Invalid, NotFound
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from domain.values.record import Record
from integrations.mongo.activity.sales import MongoSales
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import HEADS
from integrations.mongo.search.query_planner import SelectivityCache
from integrations.mongo.stats.aggregation import place_of
from integrations.mongo.stats.day_cache import DayCache
from integrations.mongo.stats.day_columns import CacheKey, DayColumnsCache
from integrations.mongo.stats.history import COUNTING, PAST, read
from integrations.mongo.stats.history_reader import HistoryReader, HistorySales
from integrations.mongo.stats.report_source import FreshnessBound, ReportSource
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.reader import MongoReader

_MOVES_AT_ONCE = 2_000


class PinnedSnapshot(Record):
    database: MongoDatabase  # pinned
    account: Account
    counting: Mapping[str, Any]
    head: Mapping[str, Any]
    behind: int | None = None  # the event behind which the account is looked at; None: the last


class KnownAccount(Record):
    """What the process remembers of all accounts."""

    labels: TagCache
    days: DayColumnsCache
    frequencies: SelectivityCache


class MongoSnapshots:
    def __init__(self, *, database: MongoDatabase, clock: Clock, known: TagCache) -> None:
        self._database = database
        self._clock = clock
        self._known = KnownAccount(labels=known, days=DayColumnsCache(), frequencies=SelectivityCache())

    async def at(self, account_id: AccountId, as_of: datetime | None = None) -> MongoSnapshot:
        with driver_errors():
            database, found = await self._pin(account_id)
            counting = found.get(COUNTING, {})
            behind = None
            if as_of is not None:
                self._check(as_of, counting.get("reaches") or self._clock.now())
                behind = await _position(database, account_id, as_of)
            account = entity_of(Account, found[COLLECTIONS[Account]])
        snapshot = PinnedSnapshot(
            database=database, account=account, counting=counting, head=found.get(HEADS, {}), behind=behind
        )
        return MongoSnapshot(snapshot, known=self._known, now=self._clock.now())

    def _check(self, as_of: datetime, reaches: datetime) -> None:
        if as_of > self._clock.now():
            raise Invalid("This is in the future: give an instant up to now, or leave it out.", path=("asOf",))
        if as_of < reaches:
            text = f"{reaches:%Y-%m-%dT%H:%M:%S}.{-(-reaches.microsecond // 1000):03d}Z"
            raise Invalid(f"What was is kept back to {text}: give an instant from there on.", path=("asOf",))

    async def _pin(self, account_id: AccountId) -> tuple[MongoDatabase, dict[str, Document]]:
        """The account, where its counters and its log stand, by collection; and the database as it was when they were
        read. One command: MongoDB answers a union in two thirds of the time that it takes for a look-up."""
        mine = {"$match": {"_id": account_id}}
        others = [{"$unionWith": {"coll": name, "pipeline": [mine, _named(name)]}} for name in (COUNTING, HEADS)]
        pipeline = [mine, _named(COLLECTIONS[Account]), *others]
        batch = await self._database.aggregate(COLLECTIONS[Account], pipeline, read_concern="snapshot")
        found: dict[str, Document] = {name: row for rows in batch.rows for name, row in rows.items()}
        if COLLECTIONS[Account] not in found:
            raise NotFound("No such account.")
        assert batch.at is not None, "a snapshot says of which instant it is"
        return self._database.at(batch.at), found


def _named(collection: str) -> Document:
    return {"$project": {"_id": False, collection: "$$ROOT"}}


class MongoSnapshot:
    def __init__(self, snapshot: PinnedSnapshot, *, known: KnownAccount, now: datetime) -> None:
        counting, self.account = snapshot.counting, snapshot.account
        self.reaches_back_to: datetime = counting.get("reaches") or now
        self._snapshot = snapshot
        self._account_id = self.account.id
        current = counting.get("zone") == self.account.time_zone
        self._tallies = ReportSource(
            database=snapshot.database,
            account_id=self._account_id,
            zone=self.account.time_zone,
            trust=FreshnessBound(hours=bool(counting.get("hours")), days=current and bool(counting.get("days"))),
            known=known.labels,
            days=_days_at(snapshot, known.days),
        )
        self._asked: dict[tuple[MetricsQuery, str], asyncio.Future[Totals]] = {}
        whose: Any = {"database": snapshot.database, "account_id": self._account_id}
        self._reader: MongoReader | HistoryReader = MongoReader(**whose, frequencies=known.frequencies)
        self._sales: MongoSales | HistorySales = MongoSales(**whose)
        if snapshot.behind is not None:
            past = self._reader = HistoryReader(**whose, behind=snapshot.behind)
            self._sales = HistorySales(past)

    async def last_change(self) -> datetime:
        with driver_errors():
            row = await self._snapshot.database.collection(PAST).find_one(
                {"account": self._account_id}, sort=[("at", -1)], projection={"at": True}
            )
        return self.reaches_back_to if row is None else row["at"]

    async def tally(self, question: MetricsQuery, part: Breakdown) -> Totals:
        """Asked for the same twice, it reads once."""
        key = question, self._tallies.source(question, part)
        if key not in self._asked:
            self._asked[key] = asyncio.get_running_loop().create_future()
            try:
                self._asked[key].set_result(await self._tally(question, part))
            except BaseException as error:
                self._asked[key].set_exception(error)
                self._asked[key].exception()  # whoever waits for it is told; nobody may
                raise
        return await self._asked[key]

    async def conversations(self, query: ConversationQuery, page: Slice) -> Page[ListedConversation]:
        return await self._reader.conversations(query, page)

    async def sales(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        return await self._sales.page(query, page)

    async def count_conversations(self, query: ConversationQuery) -> Total:
        question = self._question(query)
        if question is None:
            return await self._reader.count_conversations(query)
        counts = (await self.tally(question, Breakdown.COUNTS)).statuses
        number = sum(sum(row) for status, row in counts.items() if not query.statuses or status in query.statuses)
        return Total(number=number)

    def _question(self, query: ConversationQuery) -> MetricsQuery | None:
        """What the counters can be asked; None where the query is about something they do not know."""
        beyond = query.ids or query.profile_ids or query.search
        days = _days(query, self.account.time_zone)
        if beyond or (days is None and (query.started_from or query.started_before)):
            return None
        return MetricsQuery(days=days, channels=frozenset(query.channels), tags=frozenset(query.tags))

    async def _tally(self, question: MetricsQuery, part: Breakdown) -> Totals:
        with driver_errors():
            tally = await self._tallies.of(question, part)
            if self._snapshot.behind is not None:
                await self._take_back(tally, question, self._snapshot.behind)
        return tally

    async def _take_back(self, tally: Totals, question: MetricsQuery, behind: int) -> None:
        """What moved since, moved back."""
        starts = self._tallies.starts(question)
        query: Document = {
            "moved": True,
            "until": {"$gt": behind},
            "started_at": {"$gte": starts[0], "$lt": starts[-1]},
        }
        fields = ["started_at", "left", "entered"]
        cursor = self._snapshot.database.collection(PAST).find(
            scoped(self._account_id, query), projection=fields, batch_size=_MOVES_AT_ONCE
        )
        rows = await cursor.to_list(None)
        standings = [(row["started_at"], row[side], sign) for row in rows for side, sign in _SIDES if side in row]
        classes = await self._tallies.classes({standing["class"] for _, standing, _ in standings})
        for started_at, standing, sign in standings:
            kind = classes[standing["class"]]
            was, place = read(standing, started_at, kind), place_of(started_at, starts)
            if place is not None and question.admits(was.channel, was.tags):
                tally.add(was, [(place, sign)], rare=kind.rare)
                tally.add_sold(was.sold, sign)


def _days_at(snapshot: PinnedSnapshot, known: DayColumnsCache) -> DayCache:
    edition = CacheKey(
        account_id=snapshot.account.id,
        zone=snapshot.account.time_zone,
        epoch=snapshot.head.get("epoch", ""),
        generation=snapshot.counting.get("generation", 0),
        repairs=snapshot.counting.get("repairs", 0),
    )
    return DayCache(database=snapshot.database, edition=edition, at=snapshot.head.get("seq", 0), known=known)


_SIDES = (("left", 1), ("entered", -1))


async def _position(database: MongoDatabase, account_id: AccountId, as_of: datetime) -> int | None:
    """Behind which event the log stood then; None where nothing has changed since."""
    row = await database.collection(PAST).find_one(
        {"account": account_id, "at": {"$gt": as_of}}, sort=[("at", 1), ("until", 1)], projection={"until": True}
    )
    return None if row is None else int(row["until"]) - 1


def _days(query: ConversationQuery, zone: str) -> DayRange | None:
    """The days from whose start to whose end the query goes, if it does so."""
    if query.started_from is None or query.started_before is None or query.started_from >= query.started_before:
        return None
    last = query.started_before - timedelta(milliseconds=1)  # what the database keeps is no finer
    days = DayRange(start=day_of(query.started_from, zone), end=day_of(last, zone))
    return days if instants_of(days, zone) == (query.started_from, query.started_before) else None
