"""Sales as one list, read from the conversations that hold them by an index of these alone."""

from __future__ import annotations

from typing import Any

from domain.commerce.commands import Credited
from domain.commerce.listing import cut
from domain.model.commerce import conversation_of_sale
from domain.model.conversation import Conversation
from domain.storage import ConversationQuery
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import scoped
from integrations.mongo.driver import Session
from integrations.mongo.indexes import SALES_INDEX
from integrations.mongo.records.readable import entities
from integrations.mongo.storage.reader import conversation_filter


class MongoSales:
    """With a session, everything is read in its snapshot."""

    def __init__(self, *, database: MongoDatabase, account_id: AccountId, session: Session | None = None) -> None:
        self._conversations = database.collection("conversations")
        self._account_id = account_id
        self._session = session

    async def page(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        """Read one conversation more than the page takes, and one a bound: a bound may lie after its last sale."""
        direction = 1 if page.from_end else -1
        bounds = sale_bounds(page)
        with driver_errors():
            cursor = self._conversations.find(
                {"$and": [self._with_sales(query), *bounds]},
                sort=[("started_at", direction), ("_id", direction)],
                limit=page.limit + len(bounds) + 1,
                hint=SALES_INDEX,
                session=self._session,
            )
            found = entities(Conversation, await cursor.to_list())
        return cut(found, page)

    async def count(self, query: ConversationQuery) -> int:
        pipeline: list[dict[str, Any]] = [
            {"$match": self._with_sales(query)},
            {"$group": {"_id": None, "count": {"$sum": {"$size": "$sales"}}}},
        ]
        with driver_errors():
            cursor = await self._conversations.aggregate(pipeline, hint=SALES_INDEX, session=self._session)
            rows = await cursor.to_list()
        return int(rows[0]["count"]) if rows else 0

    def _with_sales(self, query: ConversationQuery) -> dict[str, Any]:
        return scoped(self._account_id, {**conversation_filter(query), "sales": {"$exists": True}})


def sale_bounds(page: Slice) -> list[dict[str, Any]]:
    """Return the filters of the conversations that hold the sales of a page."""
    return [_from(key, operator) for key, operator in ((page.after, "$lt"), (page.before, "$gt")) if key]


def _from(key: tuple[object, ...], operator: str) -> dict[str, Any]:
    """Include the conversation of the sale itself: it may have more sales."""
    started_at, sale = key
    conversation_id = conversation_of_sale(str(sale))
    return {
        "$or": [
            {"started_at": {operator: started_at}},
            {"started_at": started_at, "_id": {f"{operator}e": conversation_id}},
        ]
    }
