"""Reads the totals of an account at one instant from the cheapest source that is complete.

source          documents read                       when
days            one a day                            `days_complete`
hours           24 a day, each tag set apart         while the day counters of a new time zone are being made
conversations   every conversation of the range      an account older than its counters, until they are made; days
                                                     that begin between two quarters of an hour (before 1980)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.metrics.model import MetricsQuery, ReportingFacts, Totals, reporting_facts_of
from domain.metrics.ports import Breakdown
from domain.model.conversation import Conversation
from domain.values.calendar import starts_of
from domain.values.ids import AccountId
from domain.values.record import Record, replace
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities
from integrations.mongo.stats.aggregation import (
    by_tag_set_in_days,
    by_tag_set_in_hours,
    counts_of,
    day_index,
    sales_of,
    skill_rows,
    skills_of,
    tag_rows,
    tags_of,
)
from integrations.mongo.stats.counters import (
    BY_CHANNEL_STATUS,
    BY_SKILL_CHANNEL_STATUS,
    BY_TAG,
    BY_TAG_AND_TAG_SET,
    BY_TAG_CHANNEL_STATUS,
    COUNTERS,
    HOUR_FIELDS,
    NOT_CODES,
    OVERFLOW,
    SALES_BY_CHANNEL_TAG_SET,
    SALES_BY_CURRENCY,
    SALES_BY_CURRENCY_CHANNEL,
    hour_id,
    hours_of,
)
from integrations.mongo.stats.day_cache import DayCache
from integrations.mongo.stats.day_columns import Columns
from integrations.mongo.stats.tag_dictionary import TagCache, TagSet, tag_code

_FIELDS = {
    Breakdown.COUNTS: BY_CHANNEL_STATUS,
    Breakdown.TAGS: BY_TAG,
    Breakdown.SKILLS: BY_SKILL_CHANNEL_STATUS,
    Breakdown.SALES: SALES_BY_CURRENCY,
}
_FIELDS_BY_CHANNEL = {  # for a query that names channels
    **_FIELDS,
    Breakdown.TAGS: BY_TAG_CHANNEL_STATUS,
    Breakdown.SALES: SALES_BY_CURRENCY_CHANNEL,
}
_BATCH = 2_000  # documents a round trip


class CounterCompleteness(Record):
    """Which of an account's counters hold every conversation."""

    hours: bool
    days: bool


class ReportSource:
    """`database` is pinned to the instant that the report is of."""

    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        time_zone: str,
        complete: CounterCompleteness,
        tags: TagCache,
        days: DayCache,
    ) -> None:
        self._database = database
        self._account_id = account_id
        self._time_zone = time_zone
        self._complete = complete
        self._tags = tags
        self._days = days

    def read_key(self, query: MetricsQuery, breakdown: Breakdown) -> str:
        """Return a key that is equal for the breakdowns of a query that one read returns together."""
        if not self._complete.days:
            return "all"
        is_separate = (
            breakdown is Breakdown.SALES or not query.tags or (breakdown is Breakdown.COUNTS and len(query.tags) == 1)
        )
        return breakdown if is_separate else "by tag set"

    async def totals(self, query: MetricsQuery, breakdown: Breakdown) -> Totals:
        """Return the totals of the query, at least of the breakdown. Raises PyMongoError."""
        if self._complete.days:
            return await self._from_days(query, breakdown)
        if self._complete.hours and (query.days is None or on_quarters(self.starts(query))):
            return await self._from_hours(query)
        return await self._from_conversations(query)

    def starts(self, query: MetricsQuery) -> Sequence[datetime]:
        """Return the starts of the query's days, followed by the end of the last day."""
        return ALWAYS if query.days is None else starts_of(query.days, self._time_zone)

    async def tag_sets(self, codes: set[str]) -> Mapping[str, TagSet]:
        """Return the tag sets of these codes."""
        return await self._tags.tag_sets(self._database, self._account_id, codes)

    async def _from_days(self, query: MetricsQuery, breakdown: Breakdown) -> Totals:
        if breakdown is Breakdown.COUNTS and len(query.tags) == 1:
            [tag] = query.tags
            if not await self._tags.overflow_tags(self._database, self._account_id, [tag]):
                return counts_of(await self._columns(query, f"{BY_TAG_CHANNEL_STATUS}.{tag_code(tag)}"), query)
        if query.tags:
            return await self._by_tag_set(query, breakdown)
        columns = await self._columns(query, (_FIELDS_BY_CHANNEL if query.channels else _FIELDS)[breakdown])
        if breakdown is Breakdown.COUNTS:
            return counts_of(columns, query)
        if breakdown is Breakdown.SALES:
            return sales_of(columns, query)
        if breakdown is Breakdown.TAGS:
            tags = tag_rows(columns, query)
            return tags_of(tags, await self._texts(tags), query.length)
        skills = skill_rows(columns, query)
        return skills_of(skills, await self._texts(skills), query.length)

    async def _columns(self, query: MetricsQuery, field: str) -> Columns:
        return (await self._days.columns(query.days, [field]))[field]

    async def _by_tag_set(self, query: MetricsQuery, breakdown: Breakdown) -> Totals:
        codes = [*map(tag_code, query.tags), OVERFLOW]
        if breakdown is Breakdown.SALES:
            fields = [SALES_BY_CHANNEL_TAG_SET]
        else:
            fields = [f"{BY_TAG_AND_TAG_SET}.{code}" for code in codes]
        cells = by_tag_set_in_days(await self._days.documents(query.days, fields), codes)
        tag_sets = await self.tag_sets(cells.codes)
        return cells.totals(query, tag_sets, _counted_under(tag_sets, query))

    async def _texts(self, codes: Mapping[str, object]) -> Mapping[str, str]:
        wanted = [code for code in codes if code not in NOT_CODES]
        return await self._tags.texts(self._database, self._account_id, wanted)

    async def _from_hours(self, query: MetricsQuery) -> Totals:
        starts = self.starts(query)
        wanted = hours_of(self._account_id)
        if query.days is not None:
            first, last = hour_id(self._account_id, starts[0]), hour_id(self._account_id, starts[-1])
            wanted = {"_id": {"$gte": first, "$lte": last}}
        documents = await self._find(wanted, ["hour", *HOUR_FIELDS])
        cells = by_tag_set_in_hours(documents, starts)
        return cells.totals(query, await self.tag_sets(cells.codes), {})

    async def _from_conversations(self, query: MetricsQuery) -> Totals:
        starts, totals = self.starts(query), Totals(query.length)
        wanted: dict[str, Any] = {"started_at": {"$gte": starts[0], "$lt": starts[-1]}}
        if query.channels:
            wanted["channel"] = {"$in": [channel.value for channel in query.channels]}
        if query.tags:
            wanted["tags"] = {"$in": sorted(query.tags)}
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(self._account_id, wanted), batch_size=_BATCH
        )
        counts: defaultdict[ReportingFacts, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        async for document in cursor:
            for conversation in entities(Conversation, [document]):
                facts = reporting_facts_of(conversation)
                day = day_index(facts.started_at, starts)
                assert day is not None, "the query admits no other days"
                totals.add_sold(facts.sold)
                counts[replace(facts, started_at=starts[0], sold=())][day] += 1
        for facts, days in counts.items():
            overflow = await self._tags.overflow_tags(self._database, self._account_id, facts.tags)
            totals.add(facts, list(days.items()), overflow=overflow)
        return totals

    async def _find(self, query: Document, fields: list[str]) -> list[Document]:
        cursor = self._database.collection(COUNTERS).find(query, projection=fields, batch_size=_BATCH)
        return await cursor.to_list(None)


ALWAYS = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))  # the "days" of a query without days


def on_quarters(starts: Sequence[datetime]) -> bool:
    """Return whether every day begins on a quarter of an hour, so that the hours can tell the days apart."""
    return all(start.minute % 15 == 0 and start.second == 0 for start in starts)


def _counted_under(tag_sets: Mapping[str, TagSet], query: MetricsQuery) -> dict[str, str]:
    """Return, by tag set code, the one tag code under which it is counted: it is filed under each of its tags."""
    counted_under = {}
    for code, tag_set in tag_sets.items():
        asked = [tag for tag in tag_set.tags if tag in query.tags]
        if asked:
            counted_under[code] = tag_code(asked[0]) if tag_set.is_filed_by_tag else OVERFLOW
    return counted_under
