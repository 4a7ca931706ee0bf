"""The connection of business events, and the count of each type."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.activity.model import EventCount, EventQuery
from domain.events import EVENT_NAMES
from domain.events import BusinessEvent as Happened
from domain.principal import Permission
from domain.values.errors import Invalid
from domain.values.ids import ProfileId
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.events.enums import EventType
from resolvers.events.filter import EventFilter, event_query
from resolvers.events.types import BusinessEvent, business_event
from resolvers.relay.connections import Connection, Edge, Listing

_LONGEST_SEARCH = 200  # characters


@strawberry.type(description="A business event, together with its cursor.")
class EventEdge(Edge[BusinessEvent]):
    pass


@strawberry.type(description="A page of business events.")
class EventConnection(Connection[BusinessEvent]):
    query: strawberry.Private[EventQuery]
    edges: list[EventEdge] = strawberry.field(description="The events of this page, each with its cursor.")  # type: ignore[assignment]

    @strawberry.field(description="The number of events in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        context = info.context
        return await context.services.activity.count_events(context.principal.account_id, self.query)


@strawberry.type(description="The number of business events of one type.")
class EventMetric:
    type: EventType = strawberry.field(description="The type of the events.")
    name: str = strawberry.field(
        description="The English name of the type, for example `Conversation with Customer Agent Resolved`."
    )
    last_at: datetime | None = strawberry.field(
        description="The time of the latest event of this type. `null` if there was none."
    )
    count: int = strawberry.field(description="The number of events of this type.")


async def events(
    info: Info,
    first: First = 25,
    after: After = None,
    filter: Annotated[
        EventFilter | None, strawberry.argument(description="Return only events that match this filter.")
    ] = None,
) -> EventConnection | None:
    """Raises `Forbidden`, `Invalid`, and `NotFound` if the shopper does not exist."""
    info.context.principal.require(Permission.READ_EVENTS)
    query = await event_query(info.context, filter or EventFilter())
    return await _connection(info.context, query, first, after)


async def events_of(
    context: Context, profile_ids: tuple[ProfileId, ...], first: int | None, after: str | None
) -> EventConnection:
    """Return the events of one shopper. Raises `Forbidden` and `Invalid`."""
    context.principal.require(Permission.READ_EVENTS)
    return await _connection(context, EventQuery(profile_ids=profile_ids), first, after)


async def _connection(context: Context, query: EventQuery, first: int | None, after: str | None) -> EventConnection:
    services, account_id = context.services, context.principal.account_id
    epoch = (await services.log.head(account_id)).epoch
    listing: Listing[Happened, BusinessEvent] = Listing(
        context,
        "events",
        (datetime, str),
        key=lambda row: (row.at, row.id),
        node=lambda row: business_event(row, services.stream_cursors.encode(account_id, epoch, row.seq)),
    )
    found = await services.activity.events(account_id, query, listing.slice(first, after))
    return EventConnection(query=query, **listing.parts(found))  # type: ignore[arg-type]


async def event_metrics(
    info: Info,
    search: Annotated[
        str | None,
        strawberry.argument(
            description="Words that the name of a type must contain, in any order and case. At most 200 "
            "characters. Omit "
            "it to get all types."
        ),
    ] = None,
) -> list[EventMetric] | None:
    """Raises `Forbidden`, and `Invalid` if the search is too long."""
    info.context.principal.require(Permission.READ_EVENTS)
    if search is not None and len(search) > _LONGEST_SEARCH:
        raise Invalid(f"`search` must have at most {_LONGEST_SEARCH} characters.", field="search")
    words = (search or "").casefold().split()
    kinds = [kind for kind in EventType if all(word in EVENT_NAMES[kind].casefold() for word in words)]
    counts = await info.context.services.activity.event_counts(info.context.principal.account_id)
    counted = [counts.get(kind) or EventCount(type=kind) for kind in kinds]
    return [EventMetric(type=t.type, name=EVENT_NAMES[t.type], last_at=t.last_at, count=t.count) for t in counted]
