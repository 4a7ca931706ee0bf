"""Counters of conversations: which documents there are, and what one conversation adds to them.

    counter_hours  {_id: "account|2026-06-07T09", account, hour, c: {"0wo<class>": 3}, s: {"0w<class>": {"EUR": …}}}
    counter_days   {_id: "account|Europe/Rome|2026-06-07", account, zone, day, n, u, t, k, r, m, x, y, v}

An hour is one of UTC, and keeps by quarter, channel, status and class: all that is counted, in the fewest cells. Every
zone's days begin on a quarter (but for a few of before 1980, see `days_from_hours`), so hours answer for any zone, and
days are made from them. A day is one of the account's own zone, folded beforehand for what is asked all day:

    n  channel + status                          the whole dashboard
    u  tag                                       its series by tag; "-" is untagged, "~" has a rare tag
    t  tag, channel + status                     the same of some channels; the dashboard of one tag
    k  skill, channel + status                   volume by skill
    r  currency                                  sales: a(mount), o(rders)
    m  currency, channel                         the same of some channels
    x  tag, channel + status + class             filters by tags: a class under each of its tags, or under "~"
    y  channel + class, currency                 sales under such a filter
    v  where the account's log stood when the document was last moved (`day_columns.py`)

Channels and statuses are one letter each, tags, skills and classes names of `tag_dictionary.py`. All is moved by
`$inc`, within the transaction that saves the conversation. A cell that has come back to nothing stays, as a zero.

Why two kinds, measured (90 days of 365, a year of 100,000 conversations): the whole dashboard from the hours takes 8
times as long as from the days, from the conversations 115 times; and with ten times the conversations the days are the
same 90 documents. Hours alone would be too slow, days alone would know one zone. All are moved by one bulk write of a
few documents; two processes that write to one account do not meet in them, for they have met in the log's head before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from bson import Decimal128
from pymongo import UpdateOne

from domain.metrics.model import ReportingFacts, Sold
from domain.model.conversation import ConversationStatus
from domain.values.calendar import day_of
from domain.values.channel import Channel
from domain.values.ids import AccountId
from integrations.mongo.driver import Document
from integrations.mongo.stats.tag_dictionary import TagSet, skill_name, tag_name

HOURS = "counter_hours"
DAYS = "counter_days"
HOUR_FIELDS = ("c", "s")
DAY_FIELDS = ("n", "u", "t", "k", "r", "m", "x", "y")
UNTAGGED, RARE, NO_SKILL = "-", "~", "-"  # no name of a label is so short

CHANNEL_LETTERS: Final = {Channel.WEB_CHAT: "w", Channel.SMS: "s", Channel.EMAIL: "e", Channel.WHATSAPP: "a"}
STATUS_LETTERS: Final = {
    ConversationStatus.OPEN: "o",
    ConversationStatus.RESOLVED_BY_AI: "r",
    ConversationStatus.NOT_RESOLVED_BY_AI: "n",
    ConversationStatus.CLOSED: "c",
}
CHANNELS: Final = {letter: channel for channel, letter in CHANNEL_LETTERS.items()}
STATUSES: Final = {letter: status for status, letter in STATUS_LETTERS.items()}

Cells = dict[str, int | Decimal]  # by path within the document


def hour_id(account_id: AccountId, hour: datetime) -> str:
    return f"{account_id}|{hour.astimezone(UTC):%Y-%m-%dT%H}"


def day_id(account_id: AccountId, zone: str, day: date) -> str:
    return f"{account_id}|{zone}|{day.isoformat()}"


def quarter_of(instant: datetime) -> int:
    return instant.minute // 15


def hour_cells(standing: ReportingFacts, kind: TagSet, count: int) -> Cells:
    channel, quarter = CHANNEL_LETTERS[standing.channel], quarter_of(standing.started_at)
    cells: Cells = {f"c.{quarter}{channel}{STATUS_LETTERS[standing.status]}{kind.name}": count}
    for sold in standing.sold:
        cells |= _sold(f"s.{quarter}{channel}{kind.name}.{sold.currency}", sold.amount * count, sold.orders * count)
    return cells


def day_cells(standing: ReportingFacts, kind: TagSet, count: int) -> Cells:
    channel = CHANNEL_LETTERS[standing.channel]
    place = channel + STATUS_LETTERS[standing.status]
    skill = NO_SKILL if kind.skill is None else skill_name(kind.skill)
    names = [tag_name(tag) for tag in kind.counted]
    cells: Cells = {f"n.{place}": count, f"k.{skill}.{place}": count}
    series = [*names, RARE] if kind.rare else names or [UNTAGGED]
    cells |= {f"u.{name}": count for name in series}
    cells |= {f"t.{name}.{place}": count for name in series}
    if kind.tags:
        cells |= {f"x.{name}.{place}{kind.name}": count for name in (names if kind.plain else [RARE])}
    for sold in standing.sold:
        cells |= day_sold(channel, kind, sold, count)
    return cells


def day_sold(channel: str, kind: TagSet, sold: Sold, count: int) -> Cells:
    """What a conversation on this channel (a letter) adds by what it sold in one currency."""
    amount, orders = sold.amount * count, sold.orders * count
    cells = _sold(f"r.{sold.currency}", amount, orders) | _sold(f"m.{sold.currency}.{channel}", amount, orders)
    if kind.tags:
        cells |= _sold(f"y.{channel}{kind.name}.{sold.currency}", amount, orders)
    return cells


def _sold(path: str, amount: Decimal, orders: int) -> Cells:
    return {f"{path}.a": amount, f"{path}.o": orders}


class CounterChanges:
    """What is to be added to which documents."""

    def __init__(self, account_id: AccountId, zone: str) -> None:
        self._account_id = account_id
        self._zone = zone
        self._hours: dict[datetime, defaultdict[str, int | Decimal]] = {}
        self._days: dict[date, defaultdict[str, int | Decimal]] = {}

    def add(self, standing: ReportingFacts, kind: TagSet, count: int) -> None:
        hour = standing.started_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        day = day_of(standing.started_at, self._zone)
        merge(self._hours.setdefault(hour, defaultdict(int)), hour_cells(standing, kind, count))
        merge(self._days.setdefault(day, defaultdict(int)), day_cells(standing, kind, count))

    def writes(self, position: int) -> dict[str, list[UpdateOne]]:
        """By collection. `position` is where the account's log stands with them."""
        hours = [
            _update(hour_id(self._account_id, hour), {"account": self._account_id, "hour": hour}, cells)
            for hour, cells in self._hours.items()
        ]
        days = [
            _update(
                day_id(self._account_id, self._zone, day),
                {"account": self._account_id, "zone": self._zone, "day": day.isoformat()},
                cells,
                {"v": position},
            )
            for day, cells in self._days.items()
        ]
        return {name: kept for name, rows in ((HOURS, hours), (DAYS, days)) if (kept := [row for row in rows if row])}


def merge(into: defaultdict[str, int | Decimal], cells: Cells) -> None:
    for path, count in cells.items():
        into[path] += count


def _update(document_id: str, born: Document, cells: Cells, besides: Document | None = None) -> UpdateOne | None:
    moved = {path: stored(count) for path, count in cells.items() if count}
    if not moved:
        return None
    update = {"$inc": moved, "$setOnInsert": born, **({"$set": besides} if besides else {})}
    return UpdateOne({"_id": document_id}, update, upsert=True)


def stored(count: int | Decimal) -> int | Decimal128:
    return Decimal128(count) if isinstance(count, Decimal) else count


def nested(cells: Cells) -> Document:
    """The fields of a document that has just these cells; zeros are left out."""
    document: Document = {}
    for path, count in cells.items():
        if count:
            *parents, last = path.split(".")
            place = document
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = stored(count)
    return document


def flat(document: Document, fields: Iterable[str]) -> Cells:
    """The cells of a document's fields, without zeros: the opposite of `nested`."""
    cells: Cells = {}
    for field in fields:
        _flatten(field, document.get(field) or {}, cells)
    return cells


def _flatten(path: str, value: object, into: Cells) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(f"{path}.{key}", inner, into)
    elif isinstance(value, Decimal128):
        if amount := value.to_decimal():
            into[path] = amount
    elif isinstance(value, int) and value:
        into[path] = value
