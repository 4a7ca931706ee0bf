"""Resolvers of `conversation`, `conversations` and `testConversations`."""

from typing import Annotated

import strawberry

from domain.principal import Permission
from domain.storage import ConversationQuery
from domain.values.errors import NotFound
from resolvers.arguments import After, AsOf, Before, First, Last
from resolvers.context import Info
from resolvers.conversation.enums import ConversationSort
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.page import (
    COUNTED,
    ConversationConnection,
    ConversationFilter,
    ConversationOrder,
    conversation_connection,
    conversation_listing,
    conversation_query,
)
from resolvers.conversation.types import Conversation
from resolvers.enums import OrderDirection
from resolvers.nodes import find_conversation
from resolvers.selection import is_only_root_field, selected_fields


async def conversation(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The ID of the conversation.")]
) -> Conversation | None:
    found = await find_conversation(info.context, conversation_id_of(id, field="id"))
    if found is None:
        raise NotFound("No such conversation.", field="id")
    return found


async def conversations(  # noqa: PLR0913 - the arguments of the contract
    info: Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    filter: Annotated[
        ConversationFilter | None, strawberry.argument(description="Return only conversations that match this filter.")
    ] = None,
    order_by: Annotated[
        ConversationOrder | None,
        strawberry.argument(description="The order of the list. Default: the latest start first."),
    ] = None,
    as_of: AsOf = None,
) -> ConversationConnection | None:
    context = info.context
    context.principal.require(Permission.READ_CONVERSATIONS)
    order = order_by or ConversationOrder(field=ConversationSort.STARTED_AT, direction=OrderDirection.DESC)
    query = await conversation_query(context, filter, order)
    # One read agrees with itself. Reads that have to agree with one another share a snapshot.
    is_alone = is_only_root_field(info) and COUNTED.isdisjoint(selected_fields(info))
    is_one_read = as_of is None and query.is_by_start_alone and is_alone
    source = context.reader if is_one_read else await context.snapshots.load(as_of)
    listing = conversation_listing(context, query)
    page = listing.slice(first, after, last, before)
    return await conversation_connection(info, query, listing, page, source=source)


async def list_test_conversations(
    info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> ConversationConnection | None:
    context = info.context
    context.principal.require(Permission.READ_CONVERSATIONS)
    query = ConversationQuery()
    listing = conversation_listing(context, query)
    page = listing.slice(first, after, last, before)
    return await conversation_connection(info, query, listing, page, source=context.reader.test_conversations)
