"""Business hours: whether the shop is open at an instant, and when it opens next, in civil time of its zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.account.model import Account, OpeningHours

_SECOND = timedelta(seconds=1)
_LOOK_AHEAD = 400  # days: a year of holidays, and then some


def _instant(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    """A wall-clock time as an instant. A time that the clocks skip is the moment they jump over it; one that comes
    twice is its first occurrence."""
    local = datetime.combine(day if at is not None else day + timedelta(days=1), at or time(0))
    late, early = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    while late - early > _SECOND:  # only of a time that is skipped is the first reading the later one
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        early, late = (early, middle) if middle.astimezone(zone).replace(tzinfo=None) >= local else (middle, late)
    return late


def _openings(account: Account, day: date) -> Sequence[OpeningHours]:
    if day in account.holidays:
        return ()
    return sorted(
        (hours for hours in account.business_week if hours.weekday == day.isoweekday()), key=lambda h: h.opens_at
    )


def open_at(account: Account, now: datetime) -> bool:
    zone = ZoneInfo(account.time_zone)
    today = now.astimezone(zone).date()
    return any(
        _instant(today, hours.opens_at, zone) <= now < _instant(today, hours.closes_at, zone)
        for hours in _openings(account, today)
    )


def next_opening(account: Account, now: datetime) -> datetime | None:
    """The next instant at which it opens, after `now`; None where it never does."""
    zone = ZoneInfo(account.time_zone)
    today = now.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD):
        for hours in _openings(account, today + timedelta(days=ahead)):
            opening = _instant(today + timedelta(days=ahead), hours.opens_at, zone)
            if opening > now:
                return opening
    return None
