"""The live streams, by name."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.conversation.subscription import ConversationStreamItem, follow_conversation
from resolvers.events.filter import EventFilter
from resolvers.events.subscription import EventStreamItem, follow_events
from resolvers.inbox.enums import InboxView
from resolvers.inbox.subscription import InboxStreamItem, follow_inbox
from resolvers.metrics.queries import Range, Which
from resolvers.metrics.subscription import follow_metrics
from resolvers.metrics.types import Metrics
from resolvers.scalars import Cursor

StreamAfter = Annotated[
    Cursor | None,
    strawberry.argument(description="Go on exactly behind this cursor; left out: from now."),
]


@strawberry.type(
    description="Live streams. Every item has a cursor, and one stands in `extensions.stream.cursor` of each frame. "
    "Subscribe with `after:` the last one seen, over any number of connections and restarts, and the stream goes on "
    "exactly there; where that cannot be done, StreamReset says so: read the state anew."
)
class Subscription:
    @strawberry.subscription(description="One conversation: its messages and changes as they are committed.")
    async def conversation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which.")],
        after: StreamAfter = None,
    ) -> AsyncIterable[ConversationStreamItem]:
        return await follow_conversation(info, id, after)

    @strawberry.subscription(
        description="The team's OPEN tickets: with the list of `inbox`, subscribed `after:` its `streamCursor`, they "
        "make the next list. For members of staff."
    )
    async def inbox(
        self,
        info: Info,
        view: Annotated[InboxView, strawberry.argument(description="Which tickets.")] = InboxView.ALL,
        after: StreamAfter = None,
    ) -> AsyncIterable[InboxStreamItem]:
        return await follow_inbox(info, view, after)

    @strawberry.subscription(
        description="A report, whole: as it stands, and again whenever it has changed, at most once a second. It has "
        "no cursor: subscribed again, it begins with how it stands then. Days by name move on at midnight."
    )
    async def metrics(self, info: Info, range: Range, filter: Which = None) -> AsyncIterable[Metrics]:
        return await follow_metrics(info, range, filter)

    @strawberry.subscription(description="The account's business events as they happen.")
    async def events(
        self,
        info: Info,
        filter: Annotated[EventFilter | None, strawberry.argument(description="Which; left out: all.")] = None,
        after: StreamAfter = None,
    ) -> AsyncIterable[EventStreamItem]:
        return await follow_events(info, filter, after)
