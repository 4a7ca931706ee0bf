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
        description="The account's business events, the newest first, a page of 25 unless asked otherwise.",
    )
    event_metrics: list[EventMetric] | None = strawberry.field(
        resolver=event_metrics, description="The types of business events, and how often each happened."
    )


@strawberry.type
class EventSubscriptions:
    @strawberry.subscription(description="The account's business events as they happen.")
    async def events(
        self,
        info: Info,
        filter: Annotated[EventFilter | None, strawberry.argument(description="Which; left out: all.")] = None,
        after: StreamAfter = None,
    ) -> AsyncIterable[EventStreamItem]:
        return await follow_events(info, filter, after)
