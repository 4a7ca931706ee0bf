"""The filter of business events, for lists and streams."""

import strawberry

from domain.activity.model import EventQuery
from domain.values.calendar import instants_of
from domain.values.errors import Invalid, NotFound
from domain.values.record import replace
from resolvers.context import Context
from resolvers.date_range import DateRangeInput, days_of
from resolvers.enums import Channel
from resolvers.events.enums import EventType
from resolvers.profile.types import ids_of_shopper


@strawberry.input(
    description="Conditions for business events. An event matches if it fulfils all conditions that are set."
)
class EventFilter:
    type: list[EventType] | None = strawberry.field(
        default=None, description="The type is one of these. The list must not be empty."
    )
    channel: list[Channel] | None = strawberry.field(
        default=None, description="The channel is one of these. The list must not be empty."
    )
    on: DateRangeInput | None = strawberry.field(
        default=None,
        description="The event occurred on one of these days. In a stream, a preset keeps the days that it meant at "
        "the start.",
    )
    profile_id: strawberry.ID | None = strawberry.field(default=None, description="The ID of the shopper's profile.")


async def event_query(context: Context, given: EventFilter) -> EventQuery:
    """Raises `Invalid` with the field of the wrong value, and `NotFound` if the shopper does not exist."""
    for name, values in (("type", given.type), ("channel", given.channel)):
        if values == []:
            raise Invalid(f"`{name}` must not be empty. Omit it to match all.", field=("filter", name))
    query = EventQuery(
        types=tuple(given.type or ()),
        channels=tuple(given.channel or ()),
        profile_ids=await ids_of_shopper(context, given.profile_id, field=("filter", "profile_id")),
    )
    if given.on is None:
        return query
    account = await context.account.load(context.principal.account_id)
    if account is None:
        raise NotFound("No such account.")
    days = days_of(given.on, account, context.services.clock.now(), field=("filter", "on"))
    happened_from, happened_before = instants_of(days, account.time_zone)
    return replace(query, happened_from=happened_from, happened_before=happened_before)
