"""The queries and subscriptions of business events."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from resolvers.arguments import StreamAfter
from resolvers.context import Info
from resolvers.events.filter import EventFilter
from resolvers.events.page import EventConnection, EventMetric, event_metrics, events
from resolvers.events.subscription import EventStreamItem, follow_events


@strawberry.type
class EventQueries:
    events: EventConnection | None = strawberry.field(
        resolver=events,
        description="The business events of the account, the newest first. Requires permission to read events.",
    )
    event_metrics: list[EventMetric] | None = strawberry.field(
        resolver=event_metrics,
        description="The types of business events, and how often each occurred. Requires permission to read events.",
    )


@strawberry.type
class EventSubscriptions:
    @strawberry.subscription(
        description="The business events of the account, as they occur. Requires permission to read events."
    )
    async def events(
        self,
        info: Info,
        filter: Annotated[
            EventFilter | None, strawberry.argument(description="Send only events that match this filter.")
        ] = None,
        after: StreamAfter = None,
    ) -> AsyncIterable[EventStreamItem]:
        return await follow_events(info, filter, after)
