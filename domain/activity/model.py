"""Queries of business events, and segments of shoppers by what they did (docs/product-rules.md, section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.events import BusinessEvent, EventType
from domain.values.channel import Channel
from domain.values.errors import Field, Invalid
from domain.values.ids import ProfileId
from domain.values.record import Record

_MAX_DAYS = 3_660  # ten years, like any other range
_MAX_CONDITIONS = 10


class EventQuery(Record):
    """Selects the events that match every field that is given. An empty tuple matches all."""

    types: tuple[EventType, ...] = ()
    channels: tuple[Channel, ...] = ()
    profile_ids: tuple[ProfileId, ...] = ()
    happened_from: datetime | None = None  # inclusive
    happened_before: datetime | None = None  # exclusive

    def fits(self, event: BusinessEvent) -> bool:
        """Return whether the query selects the event."""
        return (
            (not self.types or event.type in self.types)
            and (not self.channels or event.conversation.channel in self.channels)
            and (not self.profile_ids or event.conversation.profile_id in self.profile_ids)
            and (self.happened_from is None or event.at >= self.happened_from)
            and (self.happened_before is None or event.at < self.happened_before)
        )


class EventCount(Record):
    """How often events of a type have happened, and when last."""

    type: EventType
    count: int = 0
    last_at: datetime | None = None


class Did(Record):
    """The shopper had the event within the time span before now."""

    event: EventType
    within: timedelta


class DidNot(Record):
    """The shopper did not have the event within the time span before now; it may have had it earlier."""

    event: EventType
    within: timedelta


class Bought(Record):
    """The shopper placed an order that is paid within the time span before now."""

    within: timedelta


class DidNotBuySince(Record):
    """The shopper had the event, and has placed no order that is paid at the same time or later."""

    event: EventType


Condition = Did | DidNot | Bought | DidNotBuySince


class Segment(Record):
    """The shoppers for whom all conditions hold."""

    conditions: tuple[Condition, ...]


def make_segment(conditions: tuple[Condition, ...], *, field: Field) -> Segment:
    """Return the segment of these conditions. Raises `Invalid` unless there are 1 to 10 of them."""
    if not 1 <= len(conditions) <= _MAX_CONDITIONS:
        raise Invalid(f"Give 1 to {_MAX_CONDITIONS} conditions.", field=field)
    return Segment(conditions=conditions)


def days_within(days: int, *, field: Field) -> timedelta:
    """Return a span of so many times 24 hours. Raises `Invalid` if it is not 1 day to ten years."""
    if not 1 <= days <= _MAX_DAYS:
        raise Invalid(f"Give 1 to {_MAX_DAYS:,} days.", field=field)
    return timedelta(days=days)
