"""Pages of conversations: which, in which order, and from where."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

import strawberry

from domain.conversation import model
from domain.days import instants_of
from domain.errors import Invalid, NotFound
from domain.paging import Page, Slice
from domain.storage import ConversationQuery
from resolvers.context import Context
from resolvers.conversation.types import Conversation
from resolvers.enums import Channel, ConversationSort, ConversationStatus, OrderDirection
from resolvers.ranges import DateRangeInput, days_of
from resolvers.relay import Listing, PageInfo, page_info

_MOST_VALUES = 100  # in one list of a filter


class ConversationSource(Protocol):
    """Where a page and its count come from: both of one instant, or each of its own."""

    async def conversations(self, query: ConversationQuery, page: Slice) -> Page[model.Conversation]: ...

    async def count_conversations(self, query: ConversationQuery) -> int: ...


@strawberry.type(description="A conversation in a page.")
class ConversationEdge:
    cursor: str = strawberry.field(description="Where it stands in the list.")
    node: Conversation = strawberry.field(description="The conversation.")


@strawberry.type(description="A page of conversations.")
class ConversationConnection:
    query: strawberry.Private[ConversationQuery]
    source: strawberry.Private[ConversationSource]
    edges: list[ConversationEdge] = strawberry.field(description="The conversations with their cursors.")
    nodes: list[Conversation] = strawberry.field(description="The conversations.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")

    @strawberry.field(description="Conversations in the whole list. Counted when asked for.")
    async def total_count(self) -> int:
        return await self.source.count_conversations(self.query)


@strawberry.input(description="Which conversations: those that fit all that is given.")
class ConversationFilter:
    status: list[ConversationStatus] | None = strawberry.field(default=None, description="Of one of these.")
    channel: list[Channel] | None = strawberry.field(default=None, description="On one of these.")
    tag: list[str] | None = strawberry.field(default=None, description="With at least one of these tags.")
    started_on: DateRangeInput | None = strawberry.field(default=None, description="Started on one of these days.")
    profile_id: strawberry.ID | None = strawberry.field(default=None, description="Of this shopper.")


@strawberry.input(description="How conversations are sorted.")
class ConversationOrder:
    field: ConversationSort = strawberry.field(description="By which instant.")
    direction: OrderDirection = strawberry.field(description="Which way.")


async def conversation_query(
    context: Context, filter_by: ConversationFilter | None, order: ConversationOrder
) -> ConversationQuery:
    """Raises Invalid with the path of the value that cannot be used, NotFound for a shopper that is not there."""
    from resolvers.profile.types import ids_of_shopper

    given = filter_by or ConversationFilter()
    for name, values in (("status", given.status), ("channel", given.channel), ("tag", given.tag)):
        if values is not None and not 1 <= len(values) <= _MOST_VALUES:
            raise Invalid(f"Give 1 to {_MOST_VALUES} values, or leave it out.", path=("filter", name))
    query = ConversationQuery(
        statuses=tuple(given.status or ()),
        channels=tuple(given.channel or ()),
        tags=tuple(given.tag or ()),
        profile_ids=await ids_of_shopper(context, given.profile_id, path=("filter", "profileId")),
        sort=order.field,
        descending=order.direction is OrderDirection.DESC,
    )
    if given.started_on is None:
        return query
    started_from, started_before = await _instants(context, given.started_on)
    return replace(query, started_from=started_from, started_before=started_before)


async def _instants(context: Context, days: DateRangeInput) -> tuple[datetime, datetime]:
    account = await context.account.load(context.principal.account_id)
    if account is None:
        raise NotFound("No such account.")
    chosen = days_of(days, account, context.services.clock.now(), path=("filter", "startedOn"))
    return instants_of(chosen, account.time_zone)


def conversation_listing(context: Context, query: ConversationQuery) -> Listing:
    order = "desc" if query.descending else "asc"
    return Listing(context, f"conversations:{query.sort}:{order}", (datetime, str))


async def conversation_connection(
    context: Context,
    query: ConversationQuery,
    listing: Listing,
    page: Slice,
    *,
    source: ConversationSource | None = None,
) -> ConversationConnection:
    """`source`: of which instant; left out: of now."""
    source = source or context.reader
    rows = await source.conversations(query, page)
    cursors = [listing.cursor((_sorted_by(row, query.sort), row.id)) for row in rows.items]
    nodes = [Conversation.of(row) for row in rows.items]
    edges = [ConversationEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
    return ConversationConnection(
        query=query, source=source, edges=edges, nodes=nodes, page_info=page_info(rows, cursors)
    )


def _sorted_by(row: model.Conversation, sort: ConversationSort) -> datetime:
    return row.started_at if sort is ConversationSort.STARTED_AT else row.last_message_at
