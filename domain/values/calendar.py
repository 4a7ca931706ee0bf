"""Civil days of a time zone, which have 23, 24 or 25 hours; some zones have skipped a whole day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.values.errors import Field, Invalid
from domain.values.record import Record, StoredEnum

_LONGEST = 3_660  # days: ten years
_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)


class WeekStart(StoredEnum):
    """The first day of a week."""

    MONDAY = "MONDAY"
    SUNDAY = "SUNDAY"


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


class DayRange(Record):
    """A range of days, both ends included."""

    start: date
    end: date

    @property
    def length(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def previous(self) -> DayRange:
        """The range of the same length directly before it, for comparisons."""
        return DayRange(start=self.start - timedelta(days=self.length), end=self.start - timedelta(days=1))

    def days(self) -> list[date]:
        return [self.start + timedelta(days=n) for n in range(self.length)]


def day_range(start: date, end: date, *, field: Field) -> DayRange:
    """Return the range. Raises `Invalid`."""
    if end < start:
        raise Invalid("The range ends before it starts.", field=field)
    if not _FIRST <= start <= end <= _LAST:
        raise Invalid(f"Days are from {_FIRST} to {_LAST}.", field=field)
    if (end - start).days >= _LONGEST:
        raise Invalid(f"A range has at most {_LONGEST:,} days.", field=field)
    return DayRange(start=start, end=end)


def preset_range(preset: DatePreset, today: date, week_start: WeekStart = WeekStart.MONDAY) -> DayRange:
    """Return the days of a preset, up to today: on 7 June, LAST_7_DAYS is 1 to 7 June."""
    into_week = today.weekday() if week_start is WeekStart.MONDAY else today.isoweekday() % 7
    first_of_week = today - timedelta(days=into_week)
    first = today.replace(day=1)
    before_first = first - timedelta(days=1)
    start, end = {
        DatePreset.TODAY: (today, today),
        DatePreset.YESTERDAY: (today - timedelta(days=1), today - timedelta(days=1)),
        DatePreset.LAST_7_DAYS: (today - timedelta(days=6), today),
        DatePreset.LAST_30_DAYS: (today - timedelta(days=29), today),
        DatePreset.LAST_90_DAYS: (today - timedelta(days=89), today),
        DatePreset.THIS_WEEK: (first_of_week, today),
        DatePreset.LAST_WEEK: (first_of_week - timedelta(days=7), first_of_week - timedelta(days=1)),
        DatePreset.THIS_MONTH: (first, today),
        DatePreset.LAST_MONTH: (before_first.replace(day=1), before_first),
    }[preset]
    return DayRange(start=start, end=end)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day; if the zone skipped the day, the first instant after it."""
    return instant_of(day, time(0), zone)


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall-clock time: the first of two if it occurs twice, the clock change if it is
    skipped."""
    wall = datetime.combine(day, at, zone)
    instant = wall.astimezone(UTC)
    if _wall(instant, zone) == wall.replace(tzinfo=None):
        return instant
    before, after = wall.replace(fold=1).astimezone(UTC), instant  # before and after the clock change
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (before, middle) if _wall(middle, zone) >= wall.replace(tzinfo=None) else (middle, after)
    return after


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def instants_of(days: DayRange, time_zone: str) -> tuple[datetime, datetime]:
    """Return the half-open interval of the days: (start, end)."""
    return _start(days.start, time_zone), _start(days.end + timedelta(days=1), time_zone)


def day_of(instant: datetime, time_zone: str) -> date:
    """Return the day of an instant. A day lasts from its start to the start of the next, also if clocks are set back
    around midnight and show the previous day again."""
    zone = ZoneInfo(time_zone)
    day = instant.astimezone(zone).date()
    if instant < _start(day, time_zone):
        return day - timedelta(days=1)
    return day + timedelta(days=1) if instant >= _start(day + timedelta(days=1), time_zone) else day


@lru_cache(maxsize=20_000)
def _start(day: date, time_zone: str) -> datetime:
    return start_of(day, ZoneInfo(time_zone))


def starts_of(days: DayRange, time_zone: str) -> list[datetime]:
    """Return the start of each day, and of the day after the last."""
    return [_start(day, time_zone) for day in (*days.days(), days.end + timedelta(days=1))]


def end_of(instant: datetime, time_zone: str) -> datetime:
    """Return the end of the day of an instant."""
    return _start(day_of(instant, time_zone) + timedelta(days=1), time_zone)
