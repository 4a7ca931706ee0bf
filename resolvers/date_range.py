"""Ranges of days as they are asked for: by name, or one by one."""

from datetime import date, datetime

import strawberry

from domain.model.account import Account
from domain.values.calendar import DatePreset, DayRange, day_of, day_range, preset_range
from domain.values.errors import Field, within
from resolvers.enums import register_enum

register_enum(
    DatePreset,
    "A range of days that moves along with today, in the account's time zone. Weeks start as the account says.",
    {
        "TODAY": "Today.",
        "YESTERDAY": "Yesterday.",
        "LAST_7_DAYS": "Today and the six days before it.",
        "LAST_30_DAYS": "Today and the 29 days before it.",
        "LAST_90_DAYS": "Today and the 89 days before it.",
        "THIS_WEEK": "The first day of the week (`account.weekStartsOn`) to today.",
        "LAST_WEEK": "The seven days of the week before.",
        "THIS_MONTH": "The first of the month to today.",
        "LAST_MONTH": "The whole month before.",
    },
)


@strawberry.input(description="A range of days, both included, in the account's time zone.")
class DayRangeInput:
    start: date = strawberry.field(description="The first day.")
    end: date = strawberry.field(description="The last day.")


@strawberry.input(one_of=True, description="Days, by name or one by one. Give exactly one.")
class DateRangeInput:
    preset: strawberry.Maybe[DatePreset] = strawberry.field(description="Days that move along with today.")
    between: strawberry.Maybe[DayRangeInput] = strawberry.field(description="Fixed days.")


def days_of(given: DateRangeInput, account: Account, now: datetime, *, field: Field) -> DayRange:
    """Raises Invalid for a range that ends before it starts, is too long or too far away."""
    if given.preset is not None:
        return preset_range(given.preset.value, day_of(now, account.time_zone), account.week_starts_on)
    between = given.between.value  # type: ignore[union-attr]
    return day_range(between.start, between.end, field=within(field, "between"))
