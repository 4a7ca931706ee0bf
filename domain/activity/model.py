"""Queries about business events, and segments of shoppers by what they did (docs/product-rules.md, section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.events import BusinessEvent, EventType
from domain.values.channel import Channel
from domain.values.errors import Field, Invalid
from domain.values.ids import ProfileId
from domain.values.record import Record

_LONGEST = 3_660  # days: ten years, as far as any range reaches
_MOST_CONDITIONS = 10


class EventQuery(Record):
    """Events that fit all that is given; an empty tuple gives nothing to fit."""

    types: tuple[EventType, ...] = ()
    channels: tuple[Channel, ...] = ()
    profile_ids: tuple[ProfileId, ...] = ()
    happened_from: datetime | None = None  # inclusive
    happened_before: datetime | None = None  # exclusive

    def fits(self, event: BusinessEvent) -> bool:
        return (
            (not self.types or event.type in self.types)
            and (not self.channels or event.conversation.channel in self.channels)
            and (not self.profile_ids or event.conversation.profile_id in self.profile_ids)
            and (self.happened_from is None or event.at >= self.happened_from)
            and (self.happened_before is None or event.at < self.happened_before)
        )


class EventTally(Record):
    """How often events of a type happened."""

    type: EventType
    count: int = 0
    last_at: datetime | None = None


class Did(Record):
    """The event happened to the shopper within the span up to now."""

    event: EventType
    within: timedelta


class DidNot(Record):
    """It did not, within the span up to now; perhaps before, perhaps never."""

    event: EventType
    within: timedelta


class Bought(Record):
    """The shopper placed an order, and paid for it, within the span up to now."""

    within: timedelta


class DidNotBuySince(Record):
    """The event happened to the shopper, and no order that was paid for was placed then or later."""

    event: EventType


Condition = Did | DidNot | Bought | DidNotBuySince


class Segment(Record):
    """The shoppers of whom all conditions hold."""

    conditions: tuple[Condition, ...]


def make_segment(conditions: tuple[Condition, ...], *, field: Field) -> Segment:
    """Return the segment of these conditions. Raises `Invalid` unless there are 1 to 10 of them."""
    if not 1 <= len(conditions) <= _MOST_CONDITIONS:
        raise Invalid(f"Give 1 to {_MOST_CONDITIONS} conditions.", field=field)
    return Segment(conditions=conditions)


def days_within(days: int, *, field: Field) -> timedelta:
    """So many times 24 hours, up to now."""
    if not 1 <= days <= _LONGEST:
        raise Invalid(f"Give 1 to {_LONGEST:,} days.", field=field)
    return timedelta(days=days)
