"""The stream of business events."""

from typing import Annotated

import strawberry

from domain import events
from domain.events import BUSINESS_TOPIC, LoggedEvent
from domain.principal import Permission
from resolvers.context import Info
from resolvers.events.filter import EventFilter, event_query
from resolvers.events.types import BusinessEvent, business_event, is_known
from resolvers.scalars import Cursor
from resolvers.subscriptions import EventSubscription, StreamCaughtUp, StreamItem, StreamReady, StreamReset


@strawberry.type(description="A business event occurred.")
class EventHappened(StreamItem):
    event: BusinessEvent = strawberry.field(description="The event that occurred.")


EventStreamItem = Annotated[
    StreamReady | StreamCaughtUp | StreamReset | EventHappened,
    strawberry.union(name="EventStreamItem", description="An item of the stream of business events."),
]


async def follow_events(info: Info, filter_by: EventFilter | None, after: str | None) -> EventSubscription:
    """Raises `Forbidden`, `Invalid`, and `NotFound` if the shopper does not exist."""
    info.context.principal.require(Permission.READ_EVENTS)
    query = await event_query(info.context, filter_by or EventFilter())

    def item(event: LoggedEvent, cursor: str) -> object | None:
        body = event.body
        if not isinstance(body, events.BusinessEvent) or not query.fits(body) or not is_known(body):
            return None
        return EventHappened(cursor=Cursor(cursor), event=business_event(body, cursor))

    return EventSubscription(topics=frozenset({BUSINESS_TOPIC}), state=query, after=after, item=item)
