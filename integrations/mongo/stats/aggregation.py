"""Turns counters into `Totals`: copies the sums that days hold, and adds up what is kept by tag set."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import add
from typing import Any, TypeVar

from domain.metrics.model import MetricsQuery, ReportingFacts, Sold, Totals
from domain.model.conversation import ConversationStatus
from domain.values.channel import Channel
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import (
    BY_TAG_AND_TAG_SET,
    CHANNEL_STATUSES,
    CONVERSATIONS,
    NO_SKILL,
    OVERFLOW,
    SALES,
    SALES_BY_CHANNEL_TAG_SET,
    UNTAGGED,
)
from integrations.mongo.stats.day_columns import Columns
from integrations.mongo.stats.decimals import decimal_of
from integrations.mongo.stats.tag_dictionary import TagSet

K = TypeVar("K")
_UNKNOWN = datetime.min.replace(tzinfo=UTC)  # the start of counted conversations: a cell knows its day and no more


def counts_of(columns: Columns, query: MetricsQuery) -> Totals:
    """Return statuses and channels from `by_channel_status`, or from one tag of `by_tag_channel_status`."""
    totals = Totals(query.length)
    for key, row in columns.items():
        channel, status = CHANNEL_STATUSES[key]
        if not query.channels or channel in query.channels:
            _add(totals.channels, channel, row)
            _add(totals.statuses, status, row)
    return totals


def tag_rows(columns: Columns, query: MetricsQuery) -> dict[str, list[int]]:
    """Return a row by tag code from `by_tag`, or from `by_tag_channel_status` where the query names channels."""
    if not query.channels:
        return {**columns}
    found: dict[str, list[int]] = {}
    for path, row in columns.items():
        code, _, key = path.partition(".")
        if CHANNEL_STATUSES[key][0] in query.channels:
            _add(found, code, row)
    return found


def tags_of(rows: dict[str, list[int]], texts: Mapping[str, str], length: int) -> Totals:
    """Return the series by tag from rows by tag code."""
    totals = Totals(length)
    totals.untagged = rows.pop(UNTAGGED, totals.untagged)
    totals.others = rows.pop(OVERFLOW, totals.others)
    totals.tags = {texts[code]: row for code, row in rows.items()}
    return totals


def skill_rows(columns: Columns, query: MetricsQuery) -> dict[str, dict[ConversationStatus, int]]:
    """Return the outcomes by skill code from `by_skill_channel_status`."""
    found: dict[str, dict[ConversationStatus, int]] = {}
    for path, row in columns.items():
        code, _, key = path.partition(".")
        channel, status = CHANNEL_STATUSES[key]
        if (count := sum(row)) and (not query.channels or channel in query.channels):
            outcomes = found.setdefault(code, {})
            outcomes[status] = outcomes.get(status, 0) + count
    return found


def skills_of(rows: Mapping[str, dict[ConversationStatus, int]], texts: Mapping[str, str], length: int) -> Totals:
    """Return the outcomes by skill from those by skill code."""
    totals = Totals(length)
    totals.skills = {None if code == NO_SKILL else texts[code]: outcomes for code, outcomes in rows.items()}
    return totals


def sales_of(columns: Columns, query: MetricsQuery) -> Totals:
    """Return the sales from `sales_by_currency`, or from `sales_by_currency_channel` where the query names channels."""
    totals, channels = Totals(query.length), {channel.value for channel in query.channels}
    for path, row in columns.items():
        currency, *channel, unit = path.split(".")
        if channels.issuperset(channel):
            totals.add_sold([_sold(currency, unit, row)])
    return totals


@dataclass(slots=True)
class ByTagSet:
    """Cells by tag set: which of them a query admits depends on the tags of the set."""

    # By (the tag code that the set is filed under, "<channel>:<status>", tag set code): (day, count) each.
    counts: defaultdict[tuple[str, str, str], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    sold: list[tuple[Channel, str, Mapping[str, Any]]] = field(default_factory=list)  # (channel, code, by currency)

    @property
    def codes(self) -> set[str]:
        return {code for _, _, code in self.counts} | {code for _, code, _ in self.sold}

    def totals(self, query: MetricsQuery, tag_sets: Mapping[str, TagSet], counted_under: Mapping[str, str]) -> Totals:
        """Return the totals of what the query admits.

        `counted_under` gives, for each tag set that is filed under several of the tags asked for, the one tag code
        under which it is counted.
        """
        totals = Totals(query.length)
        for (filed_under, key, code), counts in self.counts.items():
            tag_set = tag_sets[code]
            is_counted_here = counted_under.get(code, filed_under) == filed_under
            if is_counted_here and query.admits(CHANNEL_STATUSES[key][0], tag_set.tags):
                totals.add(facts_of(key, tag_set, _UNKNOWN), counts, overflow=tag_set.overflow_tags)
        for channel, code, by_currency in self.sold:
            if query.admits(channel, tag_sets[code].tags):
                totals.add_sold(sold_of(by_currency))
        return totals


def by_tag_set_in_days(documents: Iterable[tuple[int, Document]], tag_codes: Iterable[str]) -> ByTagSet:
    """Return the cells that (day, document of the day) pairs have under these tags."""
    cells, tag_codes = ByTagSet(), [*tag_codes]
    for day, document in documents:
        by_tag = document.get(BY_TAG_AND_TAG_SET, {})
        for tag in tag_codes:
            for key, by_code in by_tag.get(tag, {}).items():
                for code, count in by_code.items():
                    if count:
                        cells.counts[tag, key, code].append((day, count))
        for channel, sales in document.get(SALES_BY_CHANNEL_TAG_SET, {}).items():
            cells.sold += [(Channel.stored(channel), code, by_currency) for code, by_currency in sales.items()]
    return cells


def by_tag_set_in_hours(documents: Iterable[Document], starts: Sequence[datetime]) -> ByTagSet:
    """Return the cells of the quarters that lie within the days.

    `starts` are the days' starts, followed by the end of the last day.
    """
    cells = ByTagSet()
    for document in documents:
        hour = document["hour"]
        for minute, by_key in document.get(CONVERSATIONS, {}).items():
            day = day_index(hour + timedelta(minutes=int(minute)), starts)
            if day is not None:
                for key, by_code in by_key.items():
                    for code, count in by_code.items():
                        if count:
                            cells.counts["", key, code].append((day, count))
        for minute, by_channel in document.get(SALES, {}).items():
            if day_index(hour + timedelta(minutes=int(minute)), starts) is not None:
                for channel, sales in by_channel.items():
                    cells.sold += [(Channel.stored(channel), code, by_currency) for code, by_currency in sales.items()]
    return cells


def day_index(instant: datetime, starts: Sequence[datetime]) -> int | None:
    """Return the index of the instant's day, or None outside the days.

    A day that the calendar skipped starts where the next one does, so no instant is on it.
    """
    return bisect_right(starts, instant) - 1 if starts[0] <= instant < starts[-1] else None


def facts_of(key: str, tag_set: TagSet, started_at: datetime) -> ReportingFacts:
    """Return the facts that a "<channel>:<status>" key and a tag set stand for."""
    channel, status = CHANNEL_STATUSES[key]
    return ReportingFacts(started_at=started_at, channel=channel, status=status, tags=tag_set.tags, skill=tag_set.skill)


def _add(rows: dict[K, list[int]], key: K, row: list[int]) -> None:
    present = rows.get(key)
    rows[key] = row.copy() if present is None else [*map(add, present, row)]


def sold_of(by_currency: Mapping[str, Any]) -> list[Sold]:
    """Return the sales of a `{currency: {amount, orders}}` cell."""
    return [
        Sold(currency, decimal_of(cell["amount"]) if "amount" in cell else Decimal(0), cell.get("orders", 0))
        for currency, cell in by_currency.items()
    ]


def _sold(currency: str, unit: str, row: list[Any]) -> Sold:
    if unit == "amount":
        return Sold(currency, Decimal(sum(row)), 0)
    return Sold(currency, Decimal(0), int(sum(row)))
