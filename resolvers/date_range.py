"""Ranges of days as arguments: a preset or fixed days."""

from datetime import date, datetime

import strawberry

from domain.model.account import Account
from domain.values.calendar import DatePreset, DayRange, day_of, day_range, preset_range
from domain.values.errors import Field, within
from resolvers.enums import register_enum

register_enum(
    DatePreset,
    "A range of days relative to today, in the account's time zone. Weeks begin on `account.weekStartsOn`.",
    {
        "TODAY": "The present day, from midnight on.",
        "YESTERDAY": "The day before today.",
        "LAST_7_DAYS": "Today and the 6 days before it.",
        "LAST_30_DAYS": "Today and the 29 days before it.",
        "LAST_90_DAYS": "Today and the 89 days before it.",
        "THIS_WEEK": "The days from the first day of this week to today.",
        "LAST_WEEK": "The 7 days of the week before this week.",
        "THIS_MONTH": "The days from the first of this month to today.",
        "LAST_MONTH": "All days of the month before this month.",
    },
)


@strawberry.input(description="A fixed range of days in the account's time zone. Both ends are included.")
class DayRangeInput:
    start: date = strawberry.field(description="The first day, for example `2026-06-01`.")
    end: date = strawberry.field(
        description="The last day, for example `2026-06-30`. Not before `start`; a range has at most 3,660 days."
    )


@strawberry.input(
    one_of=True,
    description="A range of days, relative to today or fixed. Set exactly one field, for example `{ preset: "
    'LAST_7_DAYS }` or `{ between: { start: "2026-06-01", end: "2026-06-30" } }`.',
)
class DateRangeInput:
    preset: strawberry.Maybe[DatePreset] = strawberry.field(
        description="A range relative to today, which moves on at midnight."
    )
    between: strawberry.Maybe[DayRangeInput] = strawberry.field(description="A fixed range of days.")


def days_of(given: DateRangeInput, account: Account, now: datetime, *, field: Field) -> DayRange:
    """Raises `Invalid` if the range ends before it starts, is too long or too far away."""
    if given.preset is not None:
        return preset_range(given.preset.value, day_of(now, account.time_zone), account.week_starts_on)
    between = given.between.value  # type: ignore[union-attr]
    return day_range(between.start, between.end, field=within(field, "between"))
