"""The live stream of business events."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import events
from domain.errors import Invalid
from domain.events import BUSINESS_TOPIC, LoggedEvent
from domain.ids import ProfileId
from domain.principal import Permission
from resolvers.context import Info
from resolvers.enums import Channel, EventType
from resolvers.events.types import BusinessEvent, business_event
from resolvers.live import Feed
from resolvers.profile.types import ids_of_shopper
from resolvers.scalars import Cursor
from resolvers.stream import StreamCaughtUp, StreamItem, StreamReady, StreamReset


@strawberry.type(description="A business event happened.")
class EventHappened(StreamItem):
    event: BusinessEvent = strawberry.field(description="The event.")


EventStreamItem = Annotated[
    StreamReady | StreamCaughtUp | StreamReset | EventHappened,
    strawberry.union(name="EventStreamItem", description="What the stream of business events brings."),
]


@strawberry.input(description="Which business events: those that fit all that is given.")
class EventFilter:
    type: list[EventType] | None = strawberry.field(default=None, description="Of one of these types.")
    channel: list[Channel] | None = strawberry.field(default=None, description="On one of these channels.")
    profile_id: strawberry.ID | None = strawberry.field(default=None, description="Of this shopper.")


async def follow_events(info: Info, filter_by: EventFilter | None, after: str | None) -> Feed:
    """Raises Forbidden, Invalid, and NotFound for a shopper that is not there."""
    info.context.principal.require(Permission.READ_EVENTS)
    given = filter_by or EventFilter()
    for name, values in (("type", given.type), ("channel", given.channel)):
        if values == []:
            raise Invalid("An empty list fits nothing: give values, or leave it out.", path=("filter", name))
    shopper = await ids_of_shopper(info.context, given.profile_id, path=("filter", "profileId"))

    def item(event: LoggedEvent, cursor: str) -> object | None:
        body = event.body
        if not isinstance(body, events.BusinessEvent) or not _fits(body, given, shopper):
            return None
        return EventHappened(cursor=Cursor(cursor), event=business_event(body, cursor))

    return Feed(topics=frozenset({BUSINESS_TOPIC}), after=after, item=item)


def _fits(event: events.BusinessEvent, given: EventFilter, shopper: tuple[ProfileId, ...]) -> bool:
    return (
        (given.type is None or event.type in given.type)
        and (given.channel is None or event.conversation.channel in given.channel)
        and (not shopper or event.conversation.profile_id in shopper)
    )
