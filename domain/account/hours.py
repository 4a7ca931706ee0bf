"""Business hours: whether the shop is open at an instant, and when it opens next, in civil time of its zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.account.model import Account, OpeningHours
from domain.days import instant_of, start_of

_SECOND = timedelta(seconds=1)
_LOOK_AHEAD = 400  # days: a year of holidays, and then some


def _instant(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    return start_of(day + timedelta(days=1), zone) if at is None else instant_of(day, at, zone)


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
            if opening > now and open_at(account, opening):  # not where the clocks skip all of it
                return opening
    return None
