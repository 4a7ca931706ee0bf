"""Business hours: whether the shop is open at an instant, and when it opens next, in civil time of its zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.model.account import Account
from domain.values.calendar import instant_of, start_of

_LOOK_AHEAD = 400  # days: a year of holidays, and then some


def _instant(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    return start_of(day + timedelta(days=1), zone) if at is None else instant_of(day, at, zone)


def _stretches(account: Account, day: date) -> list[tuple[datetime, datetime]]:
    """When it opens and closes on a day of the shop's zone, in order; what the clocks skip whole is none."""
    if day in account.holidays:
        return []
    zone = ZoneInfo(account.time_zone)
    instants = (
        (_instant(day, hours.opens_at, zone), _instant(day, hours.closes_at, zone))
        for hours in account.business_week
        if hours.weekday == day.isoweekday()
    )
    return sorted((opens, closes) for opens, closes in instants if opens < closes)


def _today(account: Account, now: datetime) -> date:
    return now.astimezone(ZoneInfo(account.time_zone)).date()


def is_open(account: Account, now: datetime) -> bool:
    return any(opens <= now < closes for opens, closes in _stretches(account, _today(account, now)))


def next_opening(account: Account, now: datetime) -> datetime | None:
    """The next instant at which it opens, after `now`; None where it never does."""
    today = _today(account, now)
    for ahead in range(_LOOK_AHEAD):
        for opens, _ in _stretches(account, today + timedelta(days=ahead)):
            if opens > now:
                return opens
    return None
