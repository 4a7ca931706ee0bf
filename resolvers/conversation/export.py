"""The list of conversations for the export: the filter, order and cursors of `conversations`, read page after page."""

import asyncio
from typing import Self

from domain.model.profile import Profile
from domain.principal import Permission
from domain.search.listed import ListedConversation
from domain.storage import ConversationQuery, ConversationSort
from domain.values.paging import Page as PageOf
from domain.values.paging import Slice
from resolvers.context import Context
from resolvers.conversation.page import (
    ConversationFilter,
    ConversationListing,
    ConversationOrder,
    conversation_listing,
    conversation_query,
)
from resolvers.enums import OrderDirection
from resolvers.profile.types import find_profile
from resolvers.value_input import read_input

_ROWS = 100  # of a page

Page = PageOf[ListedConversation]


class ExportSource:
    """The pages of the list, in the order of the conversations' start."""

    def __init__(
        self,
        context: Context,
        query: ConversationQuery,
        listing: ConversationListing,
        after: tuple[object, ...] | None,
    ) -> None:
        self._context = context
        self._query = query
        self._listing = listing
        self._after = after

    @classmethod
    async def begin(
        cls, context: Context, given: ConversationFilter, direction: OrderDirection, after: str | None
    ) -> Self:
        """Raises `Invalid` with the field of the wrong value, and `NotFound` if the shopper does not exist."""
        order = ConversationOrder(field=ConversationSort.STARTED_AT, direction=direction)
        query = await conversation_query(context, given, order)
        listing = conversation_listing(context, query)
        return cls(context, query, listing, listing.slice(None, after).after)

    async def next(self) -> Page:
        page = await self._context.reader.conversations(self._query, Slice(limit=_ROWS, after=self._after))
        if page.items:
            self._after = page.items[-1].key
        return page

    def cursor(self, row: ListedConversation) -> str:
        return self._listing.cursor(row)

    async def first_questions(self, page: Page) -> dict[str, str]:
        """Return the whole first questions of the page by conversation ID."""
        context, rows = self._context.fresh(), [row.conversation for row in page.items]
        found = await asyncio.gather(*(context.first_question(row) for row in rows))
        return {row.id: question for row, question in zip(rows, found, strict=True)}

    async def profiles(self, page: Page) -> dict[str, Profile]:
        """Return the shoppers of the page by profile ID; none if the caller may not read profiles."""
        if not self._context.principal.has(Permission.READ_PROFILES):
            return {}
        context = self._context.fresh()
        ids = sorted({row.conversation.profile_id for row in page.items})
        found = await asyncio.gather(*(find_profile(context, profile_id) for profile_id in ids))
        return {profile_id: profile for profile_id, profile in zip(ids, found, strict=True) if profile is not None}


def read_filter(value: object) -> ConversationFilter:
    """Return the filter in a JSON value. Raises `Invalid`."""
    return ConversationFilter() if value is None else read_input(ConversationFilter, value, field="filter")
