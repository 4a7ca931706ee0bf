"""Enums of reports: which days, and how their numbers are grouped. Import them from `resolvers.enums`."""

from enum import StrEnum

from domain.values.calendar import DatePreset, WeekStart
from resolvers.publishing import register_enum

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
register_enum(
    WeekStart,
    "On which day a week begins.",
    {"MONDAY": "As ISO 8601 has it; what a new account has.", "SUNDAY": "As in North America and elsewhere."},
)


class MetricsGroup(StrEnum):
    CHANNEL = "CHANNEL"
    STATUS = "STATUS"
    TAG = "TAG"


register_enum(
    MetricsGroup,
    "By what a series is made.",
    {
        "CHANNEL": "One series a channel; the totals add up to the volume.",
        "STATUS": "One series a status; the totals add up to the volume.",
        "TAG": 'One series a tag: a conversation counts under each of its tags, and under "Untagged" without any.',
    },
)

__all__ = ["DatePreset", "MetricsGroup", "WeekStart"]
