"""Business hours in the shop's time zone: whether it is open, and when it opens next."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.model.account import Account
from domain.values.calendar import instant_of, start_of

_LOOK_AHEAD = 400  # days: longer than a year of holidays


def _instant(day: date, at: time | None, zone: ZoneInfo) -> datetime:
    return start_of(day + timedelta(days=1), zone) if at is None else instant_of(day, at, zone)


def _stretches(account: Account, day: date) -> list[tuple[datetime, datetime]]:
    """The opening and closing instants of a day, in order. Hours that a clock change skips entirely are left out."""
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
    """Whether the shop is open at an instant."""
    return any(opens <= now < closes for opens, closes in _stretches(account, _today(account, now)))


def next_opening(account: Account, now: datetime) -> datetime | None:
    """Return the next opening after `now`; `None` if there is none within about a year."""
    today = _today(account, now)
    for ahead in range(_LOOK_AHEAD):
        for opens, _ in _stretches(account, today + timedelta(days=ahead)):
            if opens > now:
                return opens
    return None
