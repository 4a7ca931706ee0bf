"""Tallies of an account at one instant, from what is quickest and can be trusted: the days of its zone, else the hours,
else the conversations themselves.

    days            one document each                    what is asked all day
    hours           24 times as many, each class apart   while the days of a new zone are being made
    conversations   all of the range                     of an account older than its counters, until they are made;
                                                         days that begin between two quarters (before 1980)
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
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.stats.aggregation import (
    counts_of,
    in_hours,
    place_of,
    sales_of,
    skilled,
    skills_of,
    tagged,
    tags_of,
    under_tags,
)
from integrations.mongo.stats.counters import HOURS, RARE, hour_id
from integrations.mongo.stats.day_cache import DayCache
from integrations.mongo.stats.day_columns import Rows
from integrations.mongo.stats.tag_dictionary import TagCache, TagSet, tag_name

_FIELDS = {Breakdown.COUNTS: "n", Breakdown.TAGS: "u", Breakdown.SKILLS: "k", Breakdown.SALES: "r"}
_OF_CHANNELS = {**_FIELDS, Breakdown.TAGS: "t", Breakdown.SALES: "m"}  # of a question about some of them
_LAST = "~"  # behind every hour
_AT_ONCE = 2_000  # documents a round trip


class FreshnessBound(Record):
    """Which counters hold all that they should."""

    hours: bool
    days: bool


class ReportSource:
    """`database` is pinned to the instant; names once read are good for ever."""

    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        zone: str,
        trust: FreshnessBound,
        known: TagCache,
        days: DayCache,
    ) -> None:
        self._database = database
        self._account_id = account_id
        self._zone = zone
        self._trust = trust
        self._known = known
        self._days = days

    def source(self, question: MetricsQuery, part: Breakdown) -> str:
        """What is answered together: parts of one source need not be asked for one by one."""
        if self._trust.days:
            alone = (
                part is Breakdown.SALES or not question.tags or (part is Breakdown.COUNTS and len(question.tags) == 1)
            )
            return part if alone else "tagged"
        return "all"

    async def of(self, question: MetricsQuery, part: Breakdown) -> Totals:
        if self._trust.days:
            return await self._from_days(question, part)
        if self._trust.hours and (question.days is None or on_quarters(self.starts(question))):
            return await self._from_hours(question)
        return await self._from_conversations(question)

    def starts(self, question: MetricsQuery) -> Sequence[datetime]:
        """Where the days begin, and the one behind the last."""
        return ALWAYS if question.days is None else starts_of(question.days, self._zone)

    async def classes(self, names: set[str]) -> Mapping[str, TagSet]:
        return await self._known.classes(self._database, self._account_id, names)

    async def _from_days(self, question: MetricsQuery, part: Breakdown) -> Totals:
        length = question.length
        if part is Breakdown.COUNTS and len(question.tags) == 1:
            [tag] = question.tags
            if not await self._known.rare(self._database, self._account_id, [tag]):
                return counts_of(await self._rows(question, f"t.{tag_name(tag)}"), question)
        if question.tags:
            return await self._by_class(question, part)
        rows = await self._rows(question, (_OF_CHANNELS if question.channels else _FIELDS)[part])
        if part is Breakdown.COUNTS:
            return counts_of(rows, question)
        if part is Breakdown.SALES:
            return sales_of(rows, question)
        if part is Breakdown.TAGS:
            tags = tags_of(rows, question)
            return tagged(tags, await self._texts(tags), length)
        skills = skills_of(rows, question)
        return skilled(skills, await self._texts(skills), length)

    async def _rows(self, question: MetricsQuery, field: str) -> Rows:
        return (await self._days.rows(question.days, [field]))[field]

    async def _by_class(self, question: MetricsQuery, part: Breakdown) -> Totals:
        names = [*map(tag_name, question.tags), RARE]
        wanted = ["y"] if part is Breakdown.SALES else [f"x.{name}" for name in names]
        cells = under_tags(await self._days.documents(question.days, wanted), names)
        classes = await self.classes(cells.classes)
        return cells.tally(question, classes, _first(classes, question))

    async def _texts(self, names: Mapping[str, object]) -> Mapping[str, str]:
        return await self._known.texts(self._database, self._account_id, [name for name in names if len(name) > 1])

    async def _from_hours(self, question: MetricsQuery) -> Totals:
        starts = self.starts(question)
        first, last = hour_id(self._account_id, starts[0]), hour_id(self._account_id, starts[-1])
        if question.days is None:
            first, last = f"{self._account_id}|", f"{self._account_id}|{_LAST}"
        rows = await self._find(HOURS, {"_id": {"$gte": first, "$lte": last}}, ["hour", "c", "s"])
        cells = in_hours(rows, starts)
        return cells.tally(question, await self.classes(cells.classes), {})

    async def _from_conversations(self, question: MetricsQuery) -> Totals:
        starts, tally = self.starts(question), Totals(question.length)
        query: dict[str, Any] = {"started_at": {"$gte": starts[0], "$lt": starts[-1]}}
        if question.channels:
            query["channel"] = {"$in": [channel.value for channel in question.channels]}
        if question.tags:
            query["tags"] = {"$in": sorted(question.tags)}
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(self._account_id, query), batch_size=_AT_ONCE
        )
        counts: defaultdict[ReportingFacts, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        async for document in cursor:
            standing = reporting_facts_of(entity_of(Conversation, document))
            place = place_of(standing.started_at, starts)
            assert place is not None, "the query asks for these days alone"
            tally.add_sold(standing.sold)
            counts[replace(standing, started_at=starts[0], sold=())][place] += 1
        for standing, days in counts.items():
            rare = await self._known.rare(self._database, self._account_id, standing.tags)
            tally.add(standing, list(days.items()), rare=rare)
        return tally

    async def _find(self, name: str, query: Document, fields: list[str]) -> list[Document]:
        cursor = self._database.collection(name).find(query, projection=fields, batch_size=_AT_ONCE)
        return await cursor.to_list(None)


ALWAYS = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


def on_quarters(starts: Sequence[datetime]) -> bool:
    return all(start.minute % 15 == 0 and start.second == 0 for start in starts)


def _first(classes: Mapping[str, TagSet], question: MetricsQuery) -> dict[str, str]:
    """Under which of the tags asked for each class is counted: it stands under every one that it has."""
    first = {}
    for name, kind in classes.items():
        asked = [tag for tag in kind.tags if tag in question.tags]
        if asked:
            first[name] = tag_name(asked[0]) if kind.plain else RARE
    return first
