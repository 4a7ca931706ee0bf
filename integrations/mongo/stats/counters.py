"""The pre-aggregated counters of conversations: their documents, and the cells that one conversation adds to them.

The counters are in `account_state`, beside the head of the log. The `_id` tells the kinds of documents apart, and each
kind is one range of it: a digit follows the account in that of an hour, and a letter in that of a day; that of the
business events is `<account>|*` (`activity/activity_index.py`).

An account has one document for each UTC hour. It keeps the finest grain, so that the counters of any time zone can be
derived from it: every zone's days begin on a quarter of an hour (except a few before 1980, see `report_source.py`).

    _id            "<account>|2026-06-07T09"
    hour           the start of the hour
    conversations  {"<minute>": {"<channel>:<status>": {"<tag set>": count}}}
    sales          {"<minute>": {"<channel>": {"<tag set>": {"<currency>": {amount, orders}}}}}

`<minute>` is the start of the quarter: "00", "15", "30" or "45".

It has one document for each day of its own time zone. It holds the sums that reports read:

    _id                        "<account>|Europe/Rome|2026-06-07"
    time_zone, day             IANA name; ISO date
    by_channel_status          {"<channel>:<status>": count}                         every total of the dashboard
    by_tag                     {"<tag>": count}                                      the series by tag
    by_tag_channel_status      {"<tag>": {"<channel>:<status>": count}}              those of some channels, or of a tag
    by_skill_channel_status    {"<skill>": {"<channel>:<status>": count}}            volume by skill
    by_tag_and_tag_set         {"<tag>": {"<channel>:<status>": {"<tag set>": count}}}    filters by several tags
    sales_by_currency          {"<currency>": {amount, orders}}                      all sales
    sales_by_currency_channel  {"<currency>": {"<channel>": {amount, orders}}}       those of some channels
    sales_by_channel_tag_set   {"<channel>": {"<tag set>": {"<currency>": {amount, orders}}}}    filters by tags
    seq                        the account's log position at the last change of the document (see `day_columns.py`)

Channels and statuses are enum values, currencies ISO 4217 codes, amounts Decimal128. Tags, skills and tag sets are
codes of `tag_dictionary.py`, because a tag may hold characters that no key can. Two keys beside the codes of tags:
`untagged` for conversations without a tag, and `overflow` for those with a tag beyond the number that are counted one
by one. `none` is the skill of conversations without one. In `by_tag_and_tag_set` a tag set is filed under each of its
tags, or under `overflow` alone (`TagSet.is_filed_by_tag`).

All cells are changed by `$inc`, in the transaction that saves the conversation. A cell that returns to zero stays.

Why both collections, measured for 90 of 365 days of 100,000 conversations: the dashboard takes 8 times as long from
hours as from days, and 115 times as long from the conversations; and with ten times the conversations it still reads
the same 90 documents. Hours alone would be too slow, days alone would fix one time zone. Two processes that write to
one account do not conflict here, because they conflict in the log head before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from bson import Decimal128
from pymongo import UpdateOne

from domain.metrics.model import ReportingFacts, Sold
from domain.model.conversation import ConversationStatus
from domain.values.calendar import day_of
from domain.values.channel import Channel
from domain.values.ids import AccountId
from integrations.mongo.collections import ACCOUNT_STATE
from integrations.mongo.driver import Document
from integrations.mongo.stats.decimals import decimal_of
from integrations.mongo.stats.tag_dictionary import TagSet, skill_code, tag_code

COUNTERS = ACCOUNT_STATE  # beside documents of other kinds: read it by `_id`

CONVERSATIONS, SALES = HOUR_FIELDS = ("conversations", "sales")
(
    BY_CHANNEL_STATUS,
    BY_TAG,
    BY_TAG_CHANNEL_STATUS,
    BY_SKILL_CHANNEL_STATUS,
    BY_TAG_AND_TAG_SET,
    SALES_BY_CURRENCY,
    SALES_BY_CURRENCY_CHANNEL,
    SALES_BY_CHANNEL_TAG_SET,
) = DAY_FIELDS = (
    "by_channel_status",
    "by_tag",
    "by_tag_channel_status",
    "by_skill_channel_status",
    "by_tag_and_tag_set",
    "sales_by_currency",
    "sales_by_currency_channel",
    "sales_by_channel_tag_set",
)

UNTAGGED, OVERFLOW, NO_SKILL = "untagged", "overflow", "none"
NOT_CODES = frozenset({UNTAGGED, OVERFLOW, NO_SKILL})  # keys beside codes; every code is longer than these


class _Keys(dict[tuple[Channel, ConversationStatus], str]):
    """The keys of cells by channel and status, also of those that a newer build has stored."""

    def __missing__(self, pair: tuple[Channel, ConversationStatus]) -> str:
        return f"{pair[0].value}:{pair[1].value}"


class _Pairs(dict[str, tuple[Channel, ConversationStatus]]):
    """The reverse."""

    def __missing__(self, key: str) -> tuple[Channel, ConversationStatus]:
        channel, _, status = key.partition(":")
        return Channel.stored(channel), ConversationStatus.stored(status)


CHANNEL_STATUS_KEYS: Final = _Keys(
    ((channel, status), f"{channel.value}:{status.value}") for channel in Channel for status in ConversationStatus
)
CHANNEL_STATUSES: Final = _Pairs((key, pair) for pair, key in CHANNEL_STATUS_KEYS.items())

_AFTER_DIGITS, _AFTER_ALL = ":", "~"  # what sorts after every digit, and after everything in an `_id`

Cells = dict[str, int | Decimal]  # by dotted path within the document


def hour_id(account_id: AccountId, hour: datetime) -> str:
    return f"{account_id}|{hour.astimezone(UTC):%Y-%m-%dT%H}"


def day_id(account_id: AccountId, time_zone: str, day: date) -> str:
    return f"{account_id}|{time_zone}|{day.isoformat()}"


def hours_of(account_id: AccountId) -> Document:
    """Return the query of all hours of an account."""
    return {"_id": {"$gte": f"{account_id}|0", "$lt": f"{account_id}|{_AFTER_DIGITS}"}}


def days_of(account_id: AccountId, time_zone: str | None = None) -> Document:
    """Return the query of all days of an account, or of those of one time zone."""
    if time_zone is None:
        return {"_id": {"$gte": f"{account_id}|{_AFTER_DIGITS}", "$lt": f"{account_id}|{_AFTER_ALL}"}}
    prefix = f"{account_id}|{time_zone}|"
    return {"_id": {"$gte": prefix, "$lt": prefix + _AFTER_ALL}}


def quarter_of(instant: datetime) -> str:
    """Return the minute at which the quarter of an hour begins, as the documents spell it."""
    return f"{instant.minute // 15 * 15:02}"


def hour_cells(facts: ReportingFacts, tag_set: TagSet, count: int) -> Cells:
    """Return what `count` conversations with these facts add to the document of their hour."""
    channel, quarter = facts.channel.value, quarter_of(facts.started_at)
    key = CHANNEL_STATUS_KEYS[facts.channel, facts.status]
    cells: Cells = {f"{CONVERSATIONS}.{quarter}.{key}.{tag_set.code}": count}
    for sold in facts.sold:
        path = f"{SALES}.{quarter}.{channel}.{tag_set.code}.{sold.currency}"
        cells |= _sold_cells(path, sold.amount * count, sold.orders * count)
    return cells


def day_cells(facts: ReportingFacts, tag_set: TagSet, count: int) -> Cells:
    """Return what `count` conversations with these facts add to the document of their day."""
    key = CHANNEL_STATUS_KEYS[facts.channel, facts.status]
    skill = NO_SKILL if tag_set.skill is None else skill_code(tag_set.skill)
    codes = [tag_code(tag) for tag in tag_set.counted_tags]
    cells: Cells = {f"{BY_CHANNEL_STATUS}.{key}": count, f"{BY_SKILL_CHANNEL_STATUS}.{skill}.{key}": count}
    series = [*codes, OVERFLOW] if tag_set.overflow_tags else codes or [UNTAGGED]
    cells |= {f"{BY_TAG}.{code}": count for code in series}
    cells |= {f"{BY_TAG_CHANNEL_STATUS}.{code}.{key}": count for code in series}
    if tag_set.tags:
        filed_under = codes if tag_set.is_filed_by_tag else [OVERFLOW]
        cells |= {f"{BY_TAG_AND_TAG_SET}.{code}.{key}.{tag_set.code}": count for code in filed_under}
    for sold in facts.sold:
        cells |= day_sales_cells(facts.channel, tag_set, sold, count)
    return cells


def day_sales_cells(channel: Channel, tag_set: TagSet, sold: Sold, count: int) -> Cells:
    """Return what `count` conversations on a channel add to their day for their sales in one currency."""
    amount, orders = sold.amount * count, sold.orders * count
    cells = _sold_cells(f"{SALES_BY_CURRENCY}.{sold.currency}", amount, orders)
    cells |= _sold_cells(f"{SALES_BY_CURRENCY_CHANNEL}.{sold.currency}.{channel.value}", amount, orders)
    if tag_set.tags:
        path = f"{SALES_BY_CHANNEL_TAG_SET}.{channel.value}.{tag_set.code}.{sold.currency}"
        cells |= _sold_cells(path, amount, orders)
    return cells


def _sold_cells(path: str, amount: Decimal, orders: int) -> Cells:
    return {f"{path}.amount": amount, f"{path}.orders": orders}


class CounterChanges:
    """The increments of one transaction, collected by document."""

    def __init__(self, account_id: AccountId, time_zone: str) -> None:
        self._account_id = account_id
        self._time_zone = time_zone
        self._hours: dict[datetime, defaultdict[str, int | Decimal]] = {}
        self._days: dict[date, defaultdict[str, int | Decimal]] = {}

    def add(self, facts: ReportingFacts, tag_set: TagSet, count: int) -> None:
        """Add `count` conversations with these facts; a negative count takes them away."""
        hour = facts.started_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        day = day_of(facts.started_at, self._time_zone)
        merge(self._hours.setdefault(hour, defaultdict(int)), hour_cells(facts, tag_set, count))
        merge(self._days.setdefault(day, defaultdict(int)), day_cells(facts, tag_set, count))

    def writes(self, seq: int) -> list[UpdateOne]:
        """Return the updates. `seq` is the log position that the transaction reaches."""
        hours = [
            _update(hour_id(self._account_id, hour), hour_keys(hour), cells) for hour, cells in self._hours.items()
        ]
        days = [
            _update(
                day_id(self._account_id, self._time_zone, day),
                day_keys(self._time_zone, day),
                cells,
                {"seq": seq},
            )
            for day, cells in self._days.items()
        ]
        return [update for update in (*hours, *days) if update]


def hour_keys(hour: datetime) -> Document:
    """Return the fields of an hour's document that are no counters."""
    return {"hour": hour}


def day_keys(time_zone: str, day: date) -> Document:
    """Return the fields of a day's document that are no counters."""
    return {"time_zone": time_zone, "day": day.isoformat()}


def merge(into: defaultdict[str, int | Decimal], cells: Cells) -> None:
    for path, count in cells.items():
        into[path] += count


def _update(document_id: str, keys: Document, cells: Cells, fields: Document | None = None) -> UpdateOne | None:
    increments = {path: _to_bson(count) for path, count in cells.items() if count}
    if not increments:
        return None
    update = {"$inc": increments, "$setOnInsert": keys, **({"$set": fields} if fields else {})}
    return UpdateOne({"_id": document_id}, update, upsert=True)


def _to_bson(count: int | Decimal) -> int | Decimal128:
    return Decimal128(count) if isinstance(count, Decimal) else count


def nested(cells: Cells) -> Document:
    """Return the fields of a document that has exactly these cells, without the zeros."""
    document: Document = {}
    for path, count in cells.items():
        if count:
            *parents, last = path.split(".")
            parent = document
            for key in parents:
                parent = parent.setdefault(key, {})
            parent[last] = _to_bson(count)
    return document


def flat(document: Document, fields: Iterable[str]) -> Cells:
    """Return the cells of a document's fields, without the zeros: the inverse of `nested`."""
    return {path: cell for field in fields for path, cell in flattened(document.get(field) or {}, f"{field}.") if cell}


def flattened(value: Mapping[str, Any], prefix: str = "") -> list[tuple[str, int | Decimal]]:
    """Return the (dotted path, number) pairs of a nested document."""
    cells: list[tuple[str, int | Decimal]] = []
    for key, inner in value.items():
        if isinstance(inner, int):
            cells.append((prefix + key, inner))
        elif isinstance(inner, Decimal128):
            cells.append((prefix + key, decimal_of(inner)))
        else:
            cells += flattened(inner, f"{prefix}{key}.")
    return cells
