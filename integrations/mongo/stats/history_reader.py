"""Lists of conversations as they stood at a past log position.

The conversations that have not changed since are read as they are, and of the others the replaced states
(`history.py`); both are merged in the order asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from domain.commerce.commands import Credited
from domain.commerce.listing import cut
from domain.model.conversation import Conversation
from domain.search.listed import ListedConversation, ListedRow
from domain.storage import ConversationQuery, ConversationSort, Total
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.activity.sales import sale_bounds
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS, HISTORY
from integrations.mongo.records.readable import entities
from integrations.mongo.search.search_index import BY_LAST_MESSAGE, TERMS
from integrations.mongo.stats.history import ROWS
from integrations.mongo.storage.pages import keyset_filter, page_of
from integrations.mongo.storage.reader import SORT_FIELDS, conversation_filter

_STATE = f"{ROWS}.state"
_LOOKED_AT = 2_000  # rows of the index by last message, each of which costs a look at its conversation: 0.1 s


class HistoryReader:
    """Implements `ConversationSource` for one account at one log position."""

    def __init__(self, *, database: MongoDatabase, account_id: AccountId, as_of_seq: int) -> None:
        self._database = database
        self._account_id = account_id
        self._as_of_seq = as_of_seq

    async def conversations(
        self, query: ConversationQuery, page: Slice, *, profiles: bool = False
    ) -> Page[ListedConversation]:
        _check(query)
        field = SORT_FIELDS[query.sort]
        bounds = [keyset_filter((field, "_id"), page.after[:2], query.descending)] if page.after else []
        bounds += [keyset_filter((field, "_id"), page.before[:2], not query.descending)] if page.before else []
        direction = -1 if query.descending != page.from_end else 1
        wanted = {"$and": [conversation_filter(query), *bounds]}
        is_moving = query.sort is ConversationSort.LAST_MESSAGE_AT
        found: list[ListedConversation] = [
            ListedRow(conversation=each, at=getattr(each, field), pin=self._as_of_seq if is_moving else None)
            for each in await self.find(wanted, field, direction, page.limit + 1, by_rows=bounds if is_moving else None)
        ]
        return page_of(found, page)

    async def find(
        self, wanted: Document, field: str, direction: int, limit: int, *, by_rows: Sequence[Document] | None = None
    ) -> list[Conversation]:
        """Return the first conversations that match, ordered by the field and the id. `by_rows`: the bounds of the
        field, if the search index has its order. Raises Unavailable."""
        with driver_errors():
            parts = await asyncio.gather(
                self._find_unchanged(wanted, field, direction, limit)
                if by_rows is None
                else self._find_by_rows(wanted, by_rows, field, direction, limit),
                self._find_replaced(wanted, field, direction, limit),
            )
        documents = sorted(
            (document for part in parts for document in part),
            key=lambda document: (document[field], document["_id"]),
            reverse=direction < 0,
        )
        return entities(Conversation, documents[:limit])

    async def count_conversations(self, query: ConversationQuery) -> Total:
        _check(query)
        filtered = conversation_filter(query)
        with driver_errors():
            counts = await asyncio.gather(
                self._collection(COLLECTIONS[Conversation]).count_documents(self._unchanged(filtered)),
                self._count_replaced(filtered),
            )
        return Total(number=sum(counts))

    async def _find_unchanged(self, wanted: Document, field: str, direction: int, limit: int) -> list[Document]:
        cursor = self._collection(COLLECTIONS[Conversation]).find(
            self._unchanged(wanted), sort=[(field, direction), ("_id", direction)], limit=limit
        )
        rows: list[Document] = await cursor.to_list(None)
        return rows

    async def _find_by_rows(
        self, wanted: Document, bounds: Sequence[Document], field: str, direction: int, limit: int
    ) -> list[Document]:
        """Like `_find_unchanged`, in the order of the search index's rows. Where few of them match, the conversations
        are searched instead: MongoDB keeps the first ones while it reads them by another index."""
        unmoved: Document = {"$and": [scoped(self._account_id, {"seq": {"$lte": self._as_of_seq}}), *bounds]}
        pipeline: list[Document] = [
            {"$match": unmoved},
            {"$sort": {field: direction, "_id": direction}},
            {"$limit": max(_LOOKED_AT, limit)},
            {
                "$lookup": {
                    "from": COLLECTIONS[Conversation],
                    "localField": "_id",
                    "foreignField": "_id",
                    "pipeline": [{"$match": self._unchanged(wanted)}],
                    "as": "found",
                }
            },
            {"$unwind": "$found"},
            {"$limit": limit},
            {"$replaceRoot": {"newRoot": "$found"}},
        ]
        index = self._collection(TERMS)
        cursor = await index.aggregate(pipeline, hint=BY_LAST_MESSAGE)
        rows: list[Document] = await cursor.to_list(None)
        if len(rows) < limit and await index.count_documents(unmoved, limit=_LOOKED_AT + 1, hint=BY_LAST_MESSAGE) > (
            _LOOKED_AT
        ):
            return await self._find_unchanged(wanted, field, direction, limit)
        return rows

    async def _find_replaced(self, wanted: Document, field: str, direction: int, limit: int) -> list[Document]:
        order = {f"{_STATE}.{field}": direction, f"{_STATE}._id": direction}
        found = await self._replaced(wanted, [{"$sort": order}, {"$limit": limit}, {"$project": {_STATE: True}}])
        return [event[HISTORY]["rows"]["state"] for event in found]

    async def _count_replaced(self, wanted: Document) -> int:
        counted = await self._replaced(wanted, [{"$count": "rows"}])
        return counted[0]["rows"] if counted else 0

    def _unchanged(self, wanted: Document) -> Document:
        return {"$and": [scoped(self._account_id, {"seq": {"$lte": self._as_of_seq}}), wanted]}

    async def _replaced(self, wanted: Document, then: Sequence[Document]) -> list[Document]:
        """Run a pipeline over the events with a row of the history whose state held and matches: one row each."""
        later = scoped(self._account_id, {"seq": {"$gt": self._as_of_seq}})
        held = {f"{ROWS}.from_seq": {"$lte": self._as_of_seq}, _STATE: {"$exists": True}}
        pipeline = [
            {"$match": later | held},
            {"$unwind": f"${ROWS}"},
            {"$match": {"$and": [held, _on_state(wanted)]}},
            *then,
        ]
        cursor = await self._collection(EVENTS).aggregate(pipeline)
        rows: list[Document] = await cursor.to_list(None)
        return rows

    def _collection(self, name: str) -> Any:
        return self._database.collection(name)


def _check(query: ConversationQuery) -> None:
    if query.search is not None:
        message = "`search` finds only what is there now. Leave out `asOf` or `search`."
        raise Invalid(message, field=("filter", "search"))


class HistorySales:
    """The list of `MongoSales`, in the same order, as it stood at a past log position."""

    def __init__(self, conversations: HistoryReader) -> None:
        self._conversations = conversations

    async def page(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        bounds = sale_bounds(page)
        wanted = {"$and": [conversation_filter(query), {"sales": {"$exists": True}}, *bounds]}
        direction = 1 if page.from_end else -1
        found = await self._conversations.find(wanted, "started_at", direction, page.limit + len(bounds) + 1)
        return cut(found, page)


def _on_state(query: Document) -> Document:
    """Return the same query for the state of a row of the history."""
    return {
        (key if key.startswith("$") else f"{_STATE}.{key}"): (
            [_on_state(part) for part in value] if key.startswith("$") else value
        )
        for key, value in query.items()
    }
