"""When shoppers of the demo's shop write: by day and night, more on weekdays, more from month to month, and most in a
sale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.cli.demo.history.chance import Chance
from domain.values.calendar import instant_of

DAYS = 90  # with today
_A_DAY = 16  # conversations on an ordinary day at the beginning
_GROWTH = 0.6  # of the number, over the whole time
_WEEKDAYS = (1.15, 1.1, 1.0, 1.0, 1.05, 0.8, 0.7)  # from Monday
_SALE = range(74, 78)  # days of the sale, from the first day
_SALE_FACTOR = 1.8
_HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 10, 9, 8, 8, 8, 8, 9, 10, 11, 11, 9, 6, 3)  # weights


def starts(chance: Chance, now: datetime, zone: str, days: int) -> list[datetime]:
    """Return the instants at which conversations start, in order, on the last days of those up to `now`."""
    local = ZoneInfo(zone)
    first = now.astimezone(local).date() - timedelta(days=DAYS - 1)
    drawn = (
        at
        for number in range(DAYS - days, DAYS)
        for at in _of_day(chance, first + timedelta(days=number), number, local)
    )
    return sorted(at for at in drawn if at < now)


def _of_day(chance: Chance, day: date, number: int, zone: ZoneInfo) -> Iterator[datetime]:
    expected = _A_DAY * (1 + _GROWTH * number / DAYS) * _WEEKDAYS[day.weekday()]
    if number in _SALE:
        expected *= _SALE_FACTOR
    for _ in range(max(1, round(chance.gauss(expected, expected**0.5)))):
        hour = chance.choices(range(24), weights=_HOURS)[0]
        yield instant_of(day, time(hour, chance.randrange(60), chance.randrange(60)), zone)
