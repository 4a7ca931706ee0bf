"""The conditions of a segment, as they are asked for."""

import strawberry

from domain.activity.model import Bought, Condition, Did, DidNot, DidNotBuySince, Segment, days_within, make_segment
from domain.values.errors import Field, within
from resolvers.events.enums import EventType

_DAYS = "Within so many times 24 hours up to now: 1 to 3,660."


@strawberry.input(description="An event, within a span up to now.")
class EventCondition:
    event: EventType = strawberry.field(description="Which event.")
    within_days: int = strawberry.field(description=_DAYS)


@strawberry.input(description="A span up to now.")
class WindowCondition:
    within_days: int = strawberry.field(description=_DAYS)


@strawberry.input(one_of=True, description="Something that holds of a shopper. Give exactly one.")
class SegmentCondition:
    did: strawberry.Maybe[EventCondition] = strawberry.field(description="The event happened to it.")
    did_not: strawberry.Maybe[EventCondition] = strawberry.field(
        description="The event did not happen to it: perhaps earlier, perhaps never."
    )
    bought: strawberry.Maybe[WindowCondition] = strawberry.field(
        description="It placed an order, and paid for it; whether an order is anybody's doing does not matter."
    )
    did_not_buy_since: strawberry.Maybe[EventType] = strawberry.field(
        description="The event happened to it, and since it last did it has placed no order that is paid for."
    )


@strawberry.input(description="A segment: the shoppers of whom all conditions hold.")
class SegmentInput:
    all: list[SegmentCondition] = strawberry.field(description="1 to 10 conditions.")


def segment_of(given: SegmentInput) -> Segment:
    """Raises Invalid."""
    field = ("input", "all")  # of a query, whose arguments are not below `input` by themselves
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
