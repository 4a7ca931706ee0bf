"""The connection of conversations: filter, order and pages."""

import asyncio
from datetime import datetime
from typing import Any, cast

import strawberry

from domain.principal import Permission
from domain.search.listed import ListedConversation
from domain.search.query import search_of
from domain.storage import ConversationQuery, ConversationSource
from domain.values.calendar import instants_of
from domain.values.errors import Invalid, NotFound
from domain.values.paging import Page, Slice
from domain.values.record import replace
from resolvers.context import Context, Info
from resolvers.conversation.enums import ConversationSort, ConversationStatus
from resolvers.conversation.types import Conversation
from resolvers.date_range import DateRangeInput, days_of
from resolvers.enums import Channel, OrderDirection
from resolvers.profile.types import Profile, ids_of_shopper
from resolvers.relay.connections import ENDS, Connection, Listing, page_info
from resolvers.relay.stored_rows import StoredRows
from resolvers.selection import selected_fields

_MOST_VALUES = 100  # of one list in a filter
_OF_ROWS = frozenset({"edges", "nodes", "pageInfo"})
COUNTED = frozenset({"totalCount", "totalCountIsExact"})  # the fields that need a number of the whole list


@strawberry.type(description="A page of conversations.")
class ConversationConnection(Connection[Conversation]):
    query: strawberry.Private[ConversationQuery]
    source: strawberry.Private[ConversationSource]

    @strawberry.field(
        description="The number of conversations in the whole list, counted on request. For a search at most 10,000; "
        "see `totalCountIsExact`."
    )
    async def total_count(self, info: Info) -> int:
        return (await info.context.totals.load((self.source, self.query))).number

    @strawberry.field(
        description="Whether `totalCount` is exact. `false` if a search finds more than 10,000 conversations."
    )
    async def total_count_is_exact(self, info: Info) -> bool:
        return self.query.search is None or (await info.context.totals.load((self.source, self.query))).exact


@strawberry.input(
    description="Conditions for conversations. A conversation matches if it fulfils all conditions that are set."
)
class ConversationFilter:
    status: list[ConversationStatus] | None = strawberry.field(
        default=None, description="The status is one of these, from 1 to 100 values."
    )
    channel: list[Channel] | None = strawberry.field(
        default=None, description="The channel is one of these, from 1 to 100 values."
    )
    tag: list[str] | None = strawberry.field(
        default=None, description="At least one of these tags is assigned, from 1 to 100 values."
    )
    untagged: bool | None = strawberry.field(
        default=None, description="`true`: no tag is assigned. `false` and `null`: any conversation."
    )
    started_on: DateRangeInput | None = strawberry.field(
        default=None, description="The conversation started on one of these days."
    )
    search: str | None = strawberry.field(
        default=None,
        description="All of these words occur in the first question, in any message, or in the shopper's name, "
        "e-mail address or phone number. At most 10 words in 200 characters, in any script; case and "
        "accents are ignored. Words of messages match as whole words; the last word also matches as a "
        "prefix, unless a space follows it. Names, addresses and numbers match by their prefix. There "
        "are no operators. A blank search matches everything.",
    )
    profile_id: strawberry.ID | None = strawberry.field(default=None, description="The ID of the shopper's profile.")


@strawberry.input(description="The order of a list of conversations.")
class ConversationOrder:
    field: ConversationSort = strawberry.field(description="The field by which the list is sorted.")
    direction: OrderDirection = strawberry.field(description="The direction of the order.")


async def conversation_query(
    context: Context, filter_by: ConversationFilter | None, order: ConversationOrder
) -> ConversationQuery:
    """Raises `Invalid` with the field of the wrong value, and `NotFound` if the shopper does not exist."""
    given = filter_by or ConversationFilter()
    for name, values in (("status", given.status), ("channel", given.channel), ("tag", given.tag)):
        if values is not None and not 1 <= len(values) <= _MOST_VALUES:
            raise Invalid(
                f"`{name}` must have 1 to {_MOST_VALUES} values. Omit it to match all.", field=("filter", name)
            )
    query = ConversationQuery(
        statuses=tuple(given.status or ()),
        channels=tuple(given.channel or ()),
        tags=tuple(given.tag or ()),
        untagged=bool(given.untagged),
        profile_ids=await ids_of_shopper(context, given.profile_id, field=("filter", "profile_id")),
        search=search_of(given.search, field=("filter", "search")) if given.search is not None else None,
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
    chosen = days_of(days, account, context.services.clock.now(), field=("filter", "started_on"))
    return instants_of(chosen, account.time_zone)


ConversationListing = Listing[ListedConversation, Conversation]


def conversation_listing(context: Context, query: ConversationQuery) -> ConversationListing:
    order = "desc" if query.descending else "asc"
    moves = query.sort is ConversationSort.LAST_MESSAGE_AT
    return Listing(
        context,
        f"conversations:{query.sort}:{order}",
        (datetime, str, *((int,) if moves else ())),
        key=lambda row: row.key,
        node=lambda row: _conversation(context, row),
    )


def _conversation(context: Context, row: ListedConversation) -> Conversation:
    profile = row.profile  # it was read for this caller (`_reads_profiles`)
    if profile is None:
        return Conversation.of(row.conversation)
    # For conversations within the row, such as that of its ticket. In place of another row's: MongoDB joins row by
    # row, and a profile may change meanwhile.
    context.profiles.prime(profile.id, profile, force=True)
    return Conversation.of(row.conversation, None if profile.merged_into else Profile.of(profile))


async def conversation_connection(
    info: Info,
    query: ConversationQuery,
    listing: ConversationListing,
    page: Slice,
    *,
    source: ConversationSource | None = None,
) -> ConversationConnection:
    """Return a page of `source`, by default the present state. Rows are read only if they are selected, and at the same
    time as the total is counted."""
    source, asked = source or info.context.reader, selected_fields(info)
    profiles = _reads_profiles(info)
    reading = source.conversations(query, page, profiles=profiles) if asked & _OF_ROWS else _no_rows()
    if "totalCount" in asked:
        rows, _ = await asyncio.gather(reading, info.context.totals.load((source, query)))
    else:
        rows = await reading  # without a task of its own
    if profiles:
        await _load_profiles(info.context, rows)
    has_ends = selected_fields(info, "pageInfo") & ENDS
    ends = [listing.cursor(row) for row in (*rows.items[:1], *rows.items[-1:])] if has_ends else []
    audience = info.context.principal.audience
    return ConversationConnection(
        query=query,
        source=source,
        edges=cast(Any, StoredRows(rows.items, listing.edge, scope=f"{audience} {listing.name}")),
        nodes=cast(Any, StoredRows(rows.items, listing.node, scope=audience)),
        page_info=page_info(rows, ends),
    )


def _reads_profiles(info: Info) -> bool:
    """Return whether the profiles of the rows are selected, and the caller may read them."""
    principal = info.context.principal
    if not principal.inside or not principal.has(Permission.READ_PROFILES):
        return False
    return "profile" in selected_fields(info, "nodes") | selected_fields(info, "edges", "node")


async def _load_profiles(context: Context, rows: Page[ListedConversation]) -> None:
    """Load the profiles of all rows that came without at once, so that no row has to wait for its own."""
    ids = dict.fromkeys(row.conversation.profile_id for row in rows.items if row.fingerprint is None)
    if ids:
        loading = (context.profiles.load(profile_id) for profile_id in ids)
        await asyncio.gather(*loading, return_exceptions=True)  # an error is that of the field `profile`


async def _no_rows() -> Page[ListedConversation]:
    return Page(items=[], has_next=False, has_previous=False)
