"""Civil days of a time zone: 23, 24 or 25 hours long, and now and then not there at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.errors import Invalid

_LONGEST = 3_660  # days: ten years, more than any report asks for
_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)  # nothing happened before, and no zone has rules for long after


class DatePreset(StrEnum):
    TODAY = "TODAY"
    YESTERDAY = "YESTERDAY"
    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"
    LAST_90_DAYS = "LAST_90_DAYS"
    THIS_WEEK = "THIS_WEEK"
    LAST_WEEK = "LAST_WEEK"
    THIS_MONTH = "THIS_MONTH"
    LAST_MONTH = "LAST_MONTH"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """Both days included."""

    start: date
    end: date


def day_range(start: date, end: date, *, path: tuple[str, ...]) -> DayRange:
    if end < start:
        raise Invalid("The range ends before it starts.", path=path)
    if not _FIRST <= start <= end <= _LAST:
        raise Invalid(f"Days are from {_FIRST} to {_LAST}.", path=path)
    if (end - start).days >= _LONGEST:
        raise Invalid(f"A range has at most {_LONGEST:,} days.", path=path)
    return DayRange(start=start, end=end)


def preset_range(preset: DatePreset, today: date) -> DayRange:
    """On 7 June LAST_7_DAYS is 1 to 7 June; weeks start on Monday."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before_first = first - timedelta(days=1)
    start, end = {
        DatePreset.TODAY: (today, today),
        DatePreset.YESTERDAY: (today - timedelta(days=1), today - timedelta(days=1)),
        DatePreset.LAST_7_DAYS: (today - timedelta(days=6), today),
        DatePreset.LAST_30_DAYS: (today - timedelta(days=29), today),
        DatePreset.LAST_90_DAYS: (today - timedelta(days=89), today),
        DatePreset.THIS_WEEK: (monday, today),
        DatePreset.LAST_WEEK: (monday - timedelta(days=7), monday - timedelta(days=1)),
        DatePreset.THIS_MONTH: (first, today),
        DatePreset.LAST_MONTH: (before_first.replace(day=1), before_first),
    }[preset]
    return DayRange(start=start, end=end)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant at which the calendar of the zone shows this day, or a later one where it skipped the day."""
    return instant_of(day, time(0), zone)


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When the wall clock shows this: the first time, where it comes twice; the jump over it, where it is skipped."""
    wall = datetime.combine(day, at, zone)
    instant = wall.astimezone(UTC)
    if _wall(instant, zone) == wall.replace(tzinfo=None):
        return instant
    before, after = wall.replace(fold=1).astimezone(UTC), instant  # around the jump, by the clocks after and before it
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (before, middle) if _wall(middle, zone) >= wall.replace(tzinfo=None) else (middle, after)
    return after


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def instants_of(days: DayRange, time_zone: str) -> tuple[datetime, datetime]:
    """[from, before): all instants of the days."""
    zone = ZoneInfo(time_zone)
    return start_of(days.start, zone), start_of(days.end + timedelta(days=1), zone)
