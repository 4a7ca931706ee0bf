"""Counts by day, a series for each channel, status or tag."""

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import strawberry

from domain.metrics.model import MetricsQuery, Totals
from domain.metrics.ports import Breakdown
from domain.model.conversation import ConversationStatus
from domain.values.calendar import DayRange
from domain.values.channel import Channel
from domain.values.errors import Invalid
from resolvers.column_list import Column, Columns, Lists
from resolvers.metrics.enums import MetricsGroup

MOST_SERIES = 1_000
MOST_POINTS = 250_000  # in one response, which has then some 10 MB
_RANGES = 16  # cached ranges of days
_LABELS = {
    Channel.WEB_CHAT: "Web chat",
    Channel.SMS: "SMS",
    Channel.EMAIL: "E-mail",
    Channel.WHATSAPP: "WhatsApp",
    ConversationStatus.OPEN: "Open",
    ConversationStatus.RESOLVED_BY_AI: "Resolved by AI",
    ConversationStatus.NOT_RESOLVED_BY_AI: "Not resolved by AI",
    ConversationStatus.CLOSED: "Closed",
}
_UNTAGGED, _OTHERS = "", "*"  # keys of series that are no tags

PARTS = {
    MetricsGroup.CHANNEL: Breakdown.COUNTS,
    MetricsGroup.STATUS: Breakdown.COUNTS,
    MetricsGroup.TAG: Breakdown.TAGS,
}


@strawberry.type(description="The number of conversations that started on a day.")
class SeriesPoint:
    date: datetime.date = strawberry.field(description="The day in the account's time zone.")
    count: int = strawberry.field(description="The number of conversations that started on the day.")


@strawberry.type(
    description="The number of conversations by the day on which they started, for one channel, status or tag."
)
class Series:
    key: str = strawberry.field(
        description="The channel, the status or the tag. Empty for conversations without a tag."
    )
    label: str = strawberry.field(description="A label of the series in English, for people.")
    total: int = strawberry.field(description="The sum of all points.")
    points: list[SeriesPoint] = strawberry.field(
        description="The points for every day of the range in order, days without conversations included. A day that "
        "the time zone skipped has no point."
    )


def series_of(totals: Totals, query: MetricsQuery, group_by: MetricsGroup, top: int | None) -> list[Series]:
    """Raises `Invalid` if there are too many series or points for one response."""
    rows: list[tuple[str, str, list[int]]]
    nothing = [0] * query.length
    if group_by is MetricsGroup.CHANNEL:
        rows = [(c, _LABELS[c], totals.channels.get(c, nothing)) for c in Channel if _asked(c, query)]
    elif group_by is MetricsGroup.STATUS:
        rows = [(s, _LABELS[s], totals.statuses.get(s, nothing)) for s in ConversationStatus]
    else:
        rows = _by_tag(totals, query)
    if top is not None:
        rows = _largest(rows, top)
    _check(rows, query)
    points = Lists(_point, {"date": _dates(query.days)}, "count", [counts for _, _, counts in rows])
    written: dict[str, Sequence[object]] = {
        "key": [str(key) for key, _, _ in rows],
        "label": [label for _, label, _ in rows],
        "total": [sum(counts) for _, _, counts in rows],
        "points": points,
    }
    return cast("list[Series]", Columns(_series, {name: Column(column, column) for name, column in written.items()}))


@lru_cache(_RANGES)
def _dates(days: DayRange | None) -> Column:
    dates = [] if days is None else days.days()
    return Column(dates, [day.isoformat() for day in dates])


def _series(key: str, label: str, total: int, points: list[SeriesPoint]) -> Series:
    return Series(key=key, label=label, total=total, points=points)


def _point(day: datetime.date, count: int) -> SeriesPoint:
    return SeriesPoint(date=day, count=count)


def _asked(channel: Channel, query: MetricsQuery) -> bool:
    return not query.channels or channel in query.channels


def _by_tag(totals: Totals, query: MetricsQuery) -> list[tuple[str, str, list[int]]]:
    """Return the series of tags, the largest first. Tags of the filter have a series even if it is empty; conversations
    without a tag have one if there is no such filter."""
    nothing = [0] * query.length
    tags = {tag: row for tag, row in totals.tags.items() if any(row)}
    for tag in query.tags:
        tags.setdefault(tag, nothing)
    rows = sorted(((tag, tag, row) for tag, row in tags.items()), key=lambda row: (-sum(row[2]), row[0]))
    if any(totals.others):
        rows.append((_OTHERS, "Other tags", totals.others))
    if not query.tags:
        rows.append((_UNTAGGED, "Untagged", totals.untagged))
    return rows


def _largest(rows: list[tuple[str, str, list[int]]], top: int) -> list[tuple[str, str, list[int]]]:
    if not 1 <= top <= MOST_SERIES:
        raise Invalid(f"`top` must be between 1 and {MOST_SERIES:,}.", field="top")
    return sorted(rows, key=lambda row: -sum(row[2]))[:top]


def _check(rows: list[tuple[str, str, list[int]]], query: MetricsQuery) -> None:
    if len(rows) > MOST_SERIES or len(rows) * query.length > MOST_POINTS:
        raise Invalid(
            f"These are {len(rows):,} series of {query.length:,} days: ask for fewer days, or for the largest with "
            "`top`.",
            field="top",
        )
