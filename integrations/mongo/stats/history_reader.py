"""Lists of conversations as they stood behind an event of the log: those that have not changed since, as they are, and
of the others what they were (`history.py`), merged in the order asked for."""

from __future__ import annotations

import asyncio
from typing import Any

from domain.commerce.commands import Credited
from domain.commerce.listing import cut
from domain.model.conversation import Conversation
from domain.storage import ConversationQuery, ConversationSort, ListedConversation, Total
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.activity.sales import sale_bounds
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.stats.history import PAST
from integrations.mongo.storage.pages import beyond, page_of
from integrations.mongo.storage.reader import SORT_FIELDS, conversation_filter


class HistoryReader:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, behind: int) -> None:
        self._database = database
        self._account_id = account_id
        self._behind = behind

    async def conversations(self, query: ConversationQuery, page: Slice) -> Page[ListedConversation]:
        _check(query)
        field = SORT_FIELDS[query.sort]
        bounds = [beyond((field, "_id"), page.after[:2], query.descending)] if page.after else []
        bounds += [beyond((field, "_id"), page.before[:2], not query.descending)] if page.before else []
        direction = -1 if query.descending != page.from_end else 1
        wanted = {"$and": [conversation_filter(query), *bounds]}
        pin = self._behind if query.sort is ConversationSort.LAST_MESSAGE_AT else None
        found = [
            ListedConversation(conversation=each, at=getattr(each, field), pin=pin)
            for each in await self.found(wanted, field, direction, page.limit + 1)
        ]
        return page_of(found, page)

    async def found(self, wanted: Document, field: str, direction: int, limit: int) -> list[Conversation]:
        with driver_errors():
            parts = await asyncio.gather(
                self._still(wanted, field, direction, limit), self._were(wanted, field, direction, limit)
            )
        documents = sorted(
            (document for part in parts for document in part),
            key=lambda document: (document[field], document["_id"]),
            reverse=direction < 0,
        )
        return [entity_of(Conversation, document) for document in documents[:limit]]

    async def count_conversations(self, query: ConversationQuery) -> Total:
        _check(query)
        filtered = conversation_filter(query)
        with driver_errors():
            counts = await asyncio.gather(
                self._collection(COLLECTIONS[Conversation]).count_documents(self._unchanged(filtered)),
                self._collection(PAST).count_documents(self._changed(filtered)),
            )
        return Total(number=sum(counts))

    async def _still(self, wanted: Document, field: str, direction: int, limit: int) -> list[Document]:
        cursor = self._collection(COLLECTIONS[Conversation]).find(
            self._unchanged(wanted), sort=[(field, direction), ("_id", direction)], limit=limit
        )
        rows: list[Document] = await cursor.to_list(None)
        return rows

    async def _were(self, wanted: Document, field: str, direction: int, limit: int) -> list[Document]:
        cursor = self._collection(PAST).find(
            self._changed(wanted),
            sort=[(f"was.{field}", direction), ("was._id", direction)],
            limit=limit,
            projection={"was": True},
        )
        return [row["was"] for row in await cursor.to_list(None)]

    def _unchanged(self, wanted: Document) -> Document:
        return {"$and": [scoped(self._account_id, {"seq": {"$lte": self._behind}}), wanted]}

    def _changed(self, wanted: Document) -> Document:
        valid = {"until": {"$gt": self._behind}, "since": {"$lte": self._behind}, "was": {"$exists": True}}
        return {"$and": [scoped(self._account_id, valid), _of_the_past(wanted)]}

    def _collection(self, name: str) -> Any:
        return self._database.collection(name)


def _check(query: ConversationQuery) -> None:
    if query.search is not None:
        raise Invalid("A search finds what is there now: leave out `asOf`, or `search`.", path=("filter", "search"))


class HistorySales:
    """Of the same list as `MongoSales`, and of the same order."""

    def __init__(self, conversations: HistoryReader) -> None:
        self._conversations = conversations

    async def page(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        bounds = sale_bounds(page)
        wanted = {"$and": [conversation_filter(query), {"sales": {"$exists": True}}, *bounds]}
        direction = 1 if page.from_end else -1
        found = await self._conversations.found(wanted, "started_at", direction, page.limit + len(bounds) + 1)
        return cut(found, page)


def _of_the_past(query: Document) -> Document:
    """The same question of the state in a row."""
    return {
        (key if key.startswith("$") else f"was.{key}"): (
            [_of_the_past(part) for part in value] if key.startswith("$") else value
        )
        for key, value in query.items()
    }
