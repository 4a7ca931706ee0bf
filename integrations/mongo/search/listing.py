"""Lists of conversations: the rows of a page from the search index (`query_planner.py`), and their conversations.

A list by start without conditions other than days needs no search index: the conversations have an index in its order,
so that a page is one command.

The work is bounded by the most selective condition, or by how soon a page of frequent ones is full, and by time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pymongo
from pymongo.errors import NetworkTimeout, OperationFailure

from domain.model.conversation import Conversation
from domain.search.listed import ListedConversation, ListedRow
from domain.storage import ConversationQuery, ConversationSort, Total
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities
from integrations.mongo.search.by_last_message import ByLastMessage
from integrations.mongo.search.gathered_pages import GatheredPages
from integrations.mongo.search.query import conditions_of
from integrations.mongo.search.query_planner import (
    Keyset,
    QueryPlanner,
    SelectivityCache,
    range_filters,
    started_filters,
)
from integrations.mongo.search.stored_row import WITH_PROFILE, StoredRow, readable_rows
from integrations.mongo.storage.pages import page_of

_MAX_COUNT = 10_000  # of a search: each thousand more costs some milliseconds
_TIMEOUT = 4.0  # seconds for a list; a search that takes longer is refused with advice
_TOO_BROAD = "The search takes too long. Search fewer days, or use a more specific word."


class ConversationList:
    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        selectivity: SelectivityCache,
        pages: GatheredPages | None = None,
    ) -> None:
        """`pages` reads pages of the present conversations together with those of other callers."""
        self._database = database
        self._account_id = account_id
        self._selectivity = selectivity
        self._pages = pages

    async def page(self, query: ConversationQuery, page: Slice, *, profiles: bool = False) -> Page[ListedConversation]:
        """Return a page of the list. One row more than it takes tells whether there are more. `profiles`: read those of
        the rows too, if the rows are read from the conversations.

        Raises `Invalid` for a search that takes too long, and for a page whose cursor is too old; `Unavailable`.
        """
        listed: list[ListedConversation]
        if query.is_by_start_alone:
            with driver_errors():
                stored = page_of(await self._by_start(query, page, profiles=profiles), page)
            listed = [*readable_rows(stored.items)]
            return Page(items=listed, has_next=stored.has_next and bool(listed), has_previous=stored.has_previous)
        with _in_time(query):
            by_last_message = query.sort is ConversationSort.LAST_MESSAGE_AT
            planner = await self._plan(query, await self._database.snapshot() if by_last_message else self._database)
            source = ByLastMessage(planner) if by_last_message else planner
            keysets = await source.keysets(page, descending=query.descending)
            kept = page_of(keysets, page)
            listed = await self._conversations(kept.items)
        return Page(items=listed, has_next=kept.has_next and bool(listed), has_previous=kept.has_previous)

    async def _by_start(self, query: ConversationQuery, page: Slice, *, profiles: bool) -> list[StoredRow]:
        """Return the page's rows and one more, in the order of their start."""
        direction = -1 if query.descending != page.from_end else 1
        bounds = [
            *started_filters(query),
            *range_filters("started_at", page.after, query.descending),
            *range_filters("started_at", page.before, not query.descending),
        ]
        wanted: dict[str, Any] = {"$and": bounds} if bounds else {}
        pipeline: list[Document] = [
            {"$match": scoped(self._account_id, wanted)},
            {"$sort": {"started_at": direction, "_id": direction}},
            {"$limit": page.limit + 1},
            *([WITH_PROFILE] if profiles else []),
        ]
        if self._pages is not None:
            found = await self._pages.read(self._account_id, pipeline, rows=page.limit + 1)
        else:
            found = await self._database.aggregate_raw(COLLECTIONS[Conversation], pipeline)
        return [StoredRow(document) for document in found]

    async def count(self, query: ConversationQuery) -> Total:
        """Count a search, up to 10,000: a higher number is of no use to somebody who looks for something."""
        with _in_time(query):
            number = await (await self._plan(query, self._database)).count(_MAX_COUNT + 1)
        return Total(number=min(number, _MAX_COUNT), exact=number <= _MAX_COUNT)

    async def _plan(self, query: ConversationQuery, database: MongoDatabase) -> QueryPlanner:
        planner = QueryPlanner(
            database=database,
            account_id=self._account_id,
            query=query,
            conditions=await conditions_of(database, self._account_id, query),
            selectivity=self._selectivity,
        )
        await planner.choose()
        return planner

    async def _conversations(self, keysets: Sequence[Keyset]) -> list[ListedConversation]:
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(self._account_id, {"_id": {"$in": [keyset.id for keyset in keysets]}}), batch_size=len(keysets) + 1
        )
        found: dict[str, Conversation] = {row.id: row for row in entities(Conversation, await cursor.to_list(None))}
        return [
            ListedRow(conversation=found[keyset.id], at=keyset.at, pin=keyset.pin)
            for keyset in keysets
            if keyset.id in found
        ]


@contextmanager
def _in_time(query: ConversationQuery) -> Iterator[None]:
    with driver_errors(), pymongo.timeout(_TIMEOUT):
        try:
            yield
        except (OperationFailure, NetworkTimeout) as error:
            if query.search is not None and error.timeout:
                raise Invalid(_TOO_BROAD, field=("filter", "search")) from error
            raise
