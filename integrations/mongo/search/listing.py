"""Lists of conversations: a page of rows found by their terms (`search_index.py`), and the conversations of those rows.

Of several conditions the index is read by the one that fewest rows meet; the others are checked on the rows. So the
work is bounded by the rarest thing asked for, or by how soon a page of frequent ones is full, and in the end by time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pymongo
from pymongo.errors import NetworkTimeout, OperationFailure

from domain.model.conversation import Conversation
from domain.storage import ConversationQuery, ConversationSort, ListedConversation, Total
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.search.by_last_message import ByLastMessage
from integrations.mongo.search.query import conditions_of
from integrations.mongo.search.query_planner import Keyset, QueryPlanner, SelectivityCache
from integrations.mongo.storage.pages import page_of

_MOST_COUNTED = 10_000  # of a search: each thousand more costs some milliseconds
_PATIENCE = 4.0  # seconds for a list: who gets no further is told what to ask for instead
_TOO_BROAD = "This takes too long to find: give fewer days, or another word."


class ConversationList:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, selectivity: SelectivityCache) -> None:
        self._database = database
        self._account_id = account_id
        self._selectivity = selectivity

    async def page(self, query: ConversationQuery, page: Slice) -> Page[ListedConversation]:
        """One row more than asked for tells whether there are more."""
        with _in_time(query):
            moves = query.sort is ConversationSort.LAST_MESSAGE_AT
            rows = await self._rows(query, await self._database.snapshot() if moves else self._database)
            source = ByLastMessage(rows) if moves else rows
            places = await source.places(page, descending=query.descending)
            listed = await self._conversations(places)
        return page_of(listed, page)

    async def count(self, query: ConversationQuery) -> Total:
        """Of a search, no further than is of use to somebody who looks for something."""
        with _in_time(query):
            number = await (await self._rows(query, self._database)).count(_MOST_COUNTED + 1)
        return Total(number=min(number, _MOST_COUNTED), exact=number <= _MOST_COUNTED)

    async def _rows(self, query: ConversationQuery, database: MongoDatabase) -> QueryPlanner:
        rows = QueryPlanner(
            database=database,
            account_id=self._account_id,
            query=query,
            conditions=await conditions_of(database, self._account_id, query),
            selectivity=self._selectivity,
        )
        await rows.choose()
        return rows

    async def _conversations(self, places: Sequence[Keyset]) -> list[ListedConversation]:
        cursor = self._database.collection(COLLECTIONS[Conversation]).find(
            scoped(self._account_id, {"_id": {"$in": [place.id for place in places]}}), batch_size=len(places) + 1
        )
        found = {document["_id"]: entity_of(Conversation, document) for document in await cursor.to_list(None)}
        return [
            ListedConversation(conversation=found[place.id], at=place.at, pin=place.pin)
            for place in places
            if place.id in found
        ]


@contextmanager
def _in_time(query: ConversationQuery) -> Iterator[None]:
    with driver_errors(), pymongo.timeout(_PATIENCE):
        try:
            yield
        except (OperationFailure, NetworkTimeout) as error:
            if query.search is not None and error.timeout:
                raise Invalid(_TOO_BROAD, field=("filter", "search")) from error
            raise
