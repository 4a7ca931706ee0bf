"""Inputs that define a segment."""

import strawberry

from domain.activity.model import Bought, Condition, Did, DidNot, DidNotBuySince, Segment, days_within, make_segment
from domain.values.errors import Field, within
from resolvers.events.enums import EventType


@strawberry.input(description="A business event within a time span up to now.")
class EventCondition:
    event: EventType = strawberry.field(description="The type of the event.")
    within_days: int = strawberry.field(description="The length of the span in days of 24 hours, from 1 to 3,660.")


@strawberry.input(description="A time span up to now.")
class WindowCondition:
    within_days: int = strawberry.field(description="The length of the span in days of 24 hours, from 1 to 3,660.")


@strawberry.input(one_of=True, description="A condition for shoppers. Set exactly one field.")
class SegmentCondition:
    did: strawberry.Maybe[EventCondition] = strawberry.field(
        description="The event occurred to the shopper within the span."
    )
    did_not: strawberry.Maybe[EventCondition] = strawberry.field(
        description="The event did not occur to the shopper within the span. It may have occurred earlier, or never."
    )
    bought: strawberry.Maybe[WindowCondition] = strawberry.field(
        description="The shopper placed a paid order within the span, credited to a conversation or not."
    )
    did_not_buy_since: strawberry.Maybe[EventType] = strawberry.field(
        description="The event occurred to the shopper, and there is no paid order since its last occurrence."
    )


@strawberry.input(description="A segment: the shoppers who fulfil all conditions.")
class SegmentInput:
    all: list[SegmentCondition] = strawberry.field(description="The conditions, from 1 to 10.")


def segment_of(given: SegmentInput) -> Segment:
    """Raises `Invalid` with the field of the wrong value."""
    field = ("input", "all")  # a query's arguments are not below `input` by default
    conditions = tuple(_condition(condition, within(field, str(n))) for n, condition in enumerate(given.all))
    return make_segment(conditions, field=field)


def _condition(given: SegmentCondition, field: Field) -> Condition:
    if given.did is not None:
        did = given.did.value
        return Did(event=did.event, within=days_within(did.within_days, field=within(field, "did", "within_days")))
    if given.did_not is not None:
        did = given.did_not.value
        return DidNot(
            event=did.event, within=days_within(did.within_days, field=within(field, "did_not", "within_days"))
        )
    if given.bought is not None:
        span = days_within(given.bought.value.within_days, field=within(field, "bought", "within_days"))
        return Bought(within=span)
    return DidNotBuySince(event=given.did_not_buy_since.value)  # type: ignore[union-attr]
