"""Implements `Snapshots`: an account at one instant, read through one snapshot of MongoDB.

All reads of a snapshot agree, and any number of them may run at the same time. For an instant of the past, today's
snapshot is combined with the history (`history.py`): totals less the moves since, and lists of the conversations that
did not change together with the replaced states of the others.
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
from domain.search.listed import ListedConversation
from domain.storage import ConversationQuery, Total
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
from integrations.mongo.event_log.log import EVENTS, HEADS, HISTORY
from integrations.mongo.search.query_planner import SelectivityCache
from integrations.mongo.stats.aggregation import day_index
from integrations.mongo.stats.day_cache import DayCache
from integrations.mongo.stats.day_columns import CacheKey, DayColumnsCache
from integrations.mongo.stats.history import COUNTER_STATE, ROWS, facts_from
from integrations.mongo.stats.history_reader import HistoryReader, HistorySales
from integrations.mongo.stats.report_source import CounterCompleteness, ReportSource
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.reader import MongoReader

_REPLACED_AT = f"{HISTORY}.replaced_at"
_BATCH = 2_000  # rows of the history a round trip
_SIGNS = (("facts_before", 1), ("facts_after", -1))  # what undoes a move


class PinnedSnapshot(Record):
    """The documents that are read to open a snapshot."""

    database: MongoDatabase  # pinned to the instant
    account: Account
    counter_state: Mapping[str, Any]
    head: Mapping[str, Any]
    as_of_seq: int | None = None  # the log position that is looked at; None: the head


class ReportCaches(Record):
    """The process-wide caches that reports read through."""

    tags: TagCache
    days: DayColumnsCache
    selectivity: SelectivityCache


class MongoSnapshots:
    def __init__(self, *, database: MongoDatabase, clock: Clock, tags: TagCache) -> None:
        self._database = database
        self._clock = clock
        self._caches = ReportCaches(tags=tags, days=DayColumnsCache(), selectivity=SelectivityCache())

    async def at(self, account_id: AccountId, as_of: datetime | None = None) -> MongoSnapshot:
        with driver_errors():
            database, found = await self._pin(account_id)
            counter_state = found.get(COUNTER_STATE, {})
            as_of_seq = None
            if as_of is not None:
                self._check(as_of, counter_state.get("history_since") or self._clock.now())
                as_of_seq = await _seq_at(database, account_id, as_of)
            account = entity_of(Account, found[COLLECTIONS[Account]])
        pinned = PinnedSnapshot(
            database=database,
            account=account,
            counter_state=counter_state,
            head=found.get(HEADS, {}),
            as_of_seq=as_of_seq,
        )
        return MongoSnapshot(pinned, caches=self._caches, now=self._clock.now())

    def forget(self, account_id: AccountId) -> None:
        self._caches.selectivity.forget(account_id)

    def _check(self, as_of: datetime, history_since: datetime) -> None:
        if as_of > self._clock.now():
            raise Invalid("`asOf` is in the future. Give an instant up to now, or leave it out.", field="as_of")
        if as_of < history_since:
            milliseconds = -(-history_since.microsecond // 1000)
            earliest = f"{history_since:%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"
            raise Invalid(f"`asOf` is before the earliest instant that is kept, {earliest}.", field="as_of")

    async def _pin(self, account_id: AccountId) -> tuple[MongoDatabase, dict[str, Document]]:
        """Return the database pinned to now, and the account, its counter state and its log head by collection.

        One command reads all three: MongoDB runs a union in two thirds of the time of a `$lookup`.
        """
        own = {"$match": {"_id": account_id}}
        unions = [{"$unionWith": {"coll": name, "pipeline": [own, _named(name)]}} for name in (COUNTER_STATE, HEADS)]
        pipeline = [own, _named(COLLECTIONS[Account]), *unions]
        result = await self._database.aggregate(COLLECTIONS[Account], pipeline, read_concern="snapshot")
        found: dict[str, Document] = {name: row for rows in result.rows for name, row in rows.items()}
        if COLLECTIONS[Account] not in found:
            raise NotFound("No such account.")
        assert result.at is not None, "a snapshot read returns its cluster time"
        return self._database.at(result.at), found


def _named(collection: str) -> Document:
    return {"$project": {"_id": False, collection: "$$ROOT"}}


class MongoSnapshot:
    """Implements `Snapshot`."""

    def __init__(self, pinned: PinnedSnapshot, *, caches: ReportCaches, now: datetime) -> None:
        state, self.account = pinned.counter_state, pinned.account
        self.reaches_back_to: datetime = state.get("history_since") or now
        self._pinned = pinned
        self._account_id = self.account.id
        is_of_this_zone = state.get("time_zone") == self.account.time_zone
        self._source = ReportSource(
            database=pinned.database,
            account_id=self._account_id,
            time_zone=self.account.time_zone,
            complete=CounterCompleteness(
                hours=bool(state.get("hours_complete")), days=is_of_this_zone and bool(state.get("days_complete"))
            ),
            tags=caches.tags,
            days=_day_cache(pinned, caches.days),
        )
        self._reads: dict[tuple[MetricsQuery, str], asyncio.Future[Totals]] = {}
        scope: Any = {"database": pinned.database, "account_id": self._account_id}
        self._reader: MongoReader | HistoryReader = MongoReader(**scope, selectivity=caches.selectivity)
        self._sales: MongoSales | HistorySales = MongoSales(**scope)
        if pinned.as_of_seq is not None:
            history = self._reader = HistoryReader(**scope, as_of_seq=pinned.as_of_seq)
            self._sales = HistorySales(history)

    async def last_change(self) -> datetime:
        with driver_errors():
            event = await self._pinned.database.collection(EVENTS).find_one(
                {"account": self._account_id, _REPLACED_AT: {"$exists": True}},
                sort=[(_REPLACED_AT, -1)],
                projection=[_REPLACED_AT],
            )
        return self.reaches_back_to if event is None else event[HISTORY]["replaced_at"]

    async def totals(self, query: MetricsQuery, breakdown: Breakdown) -> Totals:
        """Equal reads are shared: the second caller awaits the result of the first."""
        key = query, self._source.read_key(query, breakdown)
        if key not in self._reads:
            self._reads[key] = asyncio.get_running_loop().create_future()
            try:
                self._reads[key].set_result(await self._read(query, breakdown))
            except BaseException as error:
                self._reads[key].set_exception(error)
                self._reads[key].exception()  # marks it as retrieved: there may be no other caller
                raise
        return await self._reads[key]

    async def conversations(
        self, query: ConversationQuery, page: Slice, *, profiles: bool = False
    ) -> Page[ListedConversation]:
        return await self._reader.conversations(query, page, profiles=profiles)

    async def sales(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        return await self._sales.page(query, page)

    async def count_conversations(self, query: ConversationQuery) -> Total:
        metrics_query = self._metrics_query(query)
        if metrics_query is None:
            return await self._reader.count_conversations(query)
        if query.untagged:
            return Total(number=sum((await self.totals(metrics_query, Breakdown.TAGS)).untagged))
        counts = (await self.totals(metrics_query, Breakdown.COUNTS)).statuses
        number = sum(sum(row) for status, row in counts.items() if not query.statuses or status in query.statuses)
        return Total(number=number)

    def _metrics_query(self, query: ConversationQuery) -> MetricsQuery | None:
        """Return the query of the counters that counts the same, or None where the counters do not hold what it
        filters by."""
        is_uncounted = bool(query.ids or query.profile_ids or query.search)
        is_uncounted |= query.untagged and bool(query.statuses or query.tags)
        days = _whole_days(query, self.account.time_zone)
        if is_uncounted or (days is None and (query.started_from or query.started_before)):
            return None
        return MetricsQuery(days=days, channels=frozenset(query.channels), tags=frozenset(query.tags))

    async def _read(self, query: MetricsQuery, breakdown: Breakdown) -> Totals:
        with driver_errors():
            totals = await self._source.totals(query, breakdown)
            if self._pinned.as_of_seq is not None:
                await self._undo_moves(totals, query, self._pinned.as_of_seq)
        return totals

    async def _undo_moves(self, totals: Totals, query: MetricsQuery, as_of_seq: int) -> None:
        """Take back what conversations moved in the counters since the log position."""
        starts = self._source.starts(query)
        wanted: Document = {
            f"{ROWS}.facts_changed": True,
            "seq": {"$gt": as_of_seq},
            f"{ROWS}.started_at": {"$gte": starts[0], "$lt": starts[-1]},
        }
        cursor = self._pinned.database.collection(EVENTS).find(
            scoped(self._account_id, wanted),
            projection=[f"{ROWS}.started_at", *(f"{ROWS}.{side}" for side, _ in _SIGNS)],
            batch_size=_BATCH,
        )
        rows = [row for event in await cursor.to_list(None) for row in event[HISTORY]["rows"]]
        moves = [(row["started_at"], row[side], sign) for row in rows for side, sign in _SIGNS if side in row]
        tag_sets = await self._source.tag_sets({document["tag_set"] for _, document, _ in moves})
        for started_at, document, sign in moves:
            tag_set = tag_sets[document["tag_set"]]
            facts, day = facts_from(document, started_at, tag_set), day_index(started_at, starts)
            if day is not None and query.admits(facts.channel, facts.tags):
                totals.add(facts, [(day, sign)], overflow=tag_set.overflow_tags)
                totals.add_sold(facts.sold, sign)


def _day_cache(pinned: PinnedSnapshot, cache: DayColumnsCache) -> DayCache:
    key = CacheKey(
        account_id=pinned.account.id,
        time_zone=pinned.account.time_zone,
        epoch=pinned.head.get("epoch", ""),
        generation=pinned.counter_state.get("days_generation", 0),
        repairs=pinned.counter_state.get("repairs", 0),
    )
    return DayCache(database=pinned.database, key=key, seq=pinned.head.get("seq", 0), cache=cache)


async def _seq_at(database: MongoDatabase, account_id: AccountId, as_of: datetime) -> int | None:
    """Return the log position at an instant, or None where no conversation has changed since."""
    event = await database.collection(EVENTS).find_one(
        {"account": account_id, _REPLACED_AT: {"$gt": as_of}},
        sort=[(_REPLACED_AT, 1), ("seq", 1)],
        projection=["seq"],
    )
    return None if event is None else int(event["seq"]) - 1


def _whole_days(query: ConversationQuery, time_zone: str) -> DayRange | None:
    """Return the days that the query's range of starts consists of, or None where it cuts a day."""
    if query.started_from is None or query.started_before is None or query.started_from >= query.started_before:
        return None
    last = query.started_before - timedelta(milliseconds=1)  # the database keeps no finer instants
    days = DayRange(start=day_of(query.started_from, time_zone), end=day_of(last, time_zone))
    return days if instants_of(days, time_zone) == (query.started_from, query.started_before) else None
