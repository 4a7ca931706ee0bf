"""Questions about one account. Every query is scoped to it here, and answered from what a majority has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.account.credentials import Credential
from domain.account.model import Staff
from domain.conversation.model import Conversation, Draft, Message, MessageKind
from domain.ids import AccountId, ConversationId
from domain.paging import Page, Slice
from domain.principal import PrincipalKind
from domain.storage import ConversationQuery, ConversationSort, E, TicketQuery
from integrations.mongo.client import MongoDatabase, translating
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped

_SORT_FIELDS = {
    ConversationSort.STARTED_AT: "started_at",
    ConversationSort.LAST_MESSAGE_AT: "last_message_at",
}
_MOST_KEYS = 1_000


class MongoReader:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId) -> None:
        self._database = database
        self._account_id = account_id

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        return (await self.get_many(kind, [entity_id])).get(entity_id)

    async def get_many(self, kind: type[E], entity_ids: Iterable[str]) -> dict[str, E]:
        found = await self._find(kind, {"_id": {"$in": list(entity_ids)}})
        return {entity.id: entity for entity in found}

    async def conversations(self, query: ConversationQuery, page: Slice) -> Page[Conversation]:
        field = _SORT_FIELDS[query.sort]
        return await self._page(Conversation, _conversation_filter(query), (field, "_id"), query.descending, page)

    async def count_conversations(self, query: ConversationQuery) -> int:
        with translating():
            count: int = await self._database.collection("conversations").count_documents(
                scoped(self._account_id, _conversation_filter(query))
            )
        return count

    async def tickets(self, query: TicketQuery, page: Slice) -> Page[Conversation]:
        return await self._page(Conversation, _ticket_filter(query), ("ticket.created_at", "_id"), True, page)

    async def count_tickets(self, query: TicketQuery) -> int:
        with translating():
            count: int = await self._database.collection("conversations").count_documents(
                scoped(self._account_id, _ticket_filter(query))
            )
        return count

    async def drafts(self, conversation_id: ConversationId) -> list[Draft]:
        return await self._find(Draft, {"conversation_id": conversation_id}, sort=[("_id", 1)], limit=_MOST_KEYS)

    async def messages(self, conversation_id: ConversationId, *, upto: int, notes: bool, page: Slice) -> Page[Message]:
        query: dict[str, Any] = {"conversation_id": conversation_id, "sequence": {"$lte": upto}}
        if not notes:
            query["kind"] = {"$ne": MessageKind.NOTE.value}
        return await self._page(Message, query, ("sequence",), False, page)

    async def staff(self) -> list[Staff]:
        return await self._find(Staff, {}, sort=[("_id", 1)])

    async def credentials(self) -> list[Credential]:
        query = {"kind": {"$ne": PrincipalKind.SHOPPER.value}}
        return await self._find(Credential, query, sort=[("_id", -1)], limit=_MOST_KEYS)

    async def _page(
        self, kind: type[E], query: Mapping[str, Any], fields: tuple[str, ...], descending: bool, page: Slice
    ) -> Page[E]:
        """One row more than asked for tells whether there are more."""
        bounds = [_beyond(fields, page.after, descending)] if page.after else []
        bounds += [_beyond(fields, page.before, not descending)] if page.before else []
        direction = -1 if descending != page.from_end else 1
        rows = await self._find(
            kind,
            {"$and": [query, *bounds]} if bounds else query,
            sort=[(field, direction) for field in fields],
            limit=page.limit + 1,
        )
        more, rows = len(rows) > page.limit, rows[: page.limit]
        if page.from_end:
            return Page(items=rows[::-1], has_next=page.before is not None, has_previous=more)
        return Page(items=rows, has_next=more, has_previous=page.after is not None)

    async def _find(
        self, kind: type[E], query: Mapping[str, Any], *, sort: list[tuple[str, int]] | None = None, limit: int = 0
    ) -> list[E]:
        with translating():
            cursor = self._database.collection(COLLECTIONS[kind]).find(
                scoped(self._account_id, query), sort=sort, limit=limit
            )
            return [entity_of(kind, document) for document in await cursor.to_list()]


def _beyond(fields: tuple[str, ...], key: tuple[object, ...], descending: bool) -> dict[str, Any]:
    """Rows strictly behind the key, in the order of the fields: (a > x) or (a = x and b > y)."""
    operator = "$lt" if descending else "$gt"
    if len(fields) == 1:
        return {fields[0]: {operator: key[0]}}
    (first, last), (value, tie) = fields, key
    return {"$or": [{first: {operator: value}}, {first: value, last: {operator: tie}}]}


def _conversation_filter(query: ConversationQuery) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for field, values in (
        ("_id", query.ids),
        ("status", query.statuses),
        ("channel", query.channels),
        ("tags", query.tags),
        ("profile_id", query.profile_ids),
    ):
        if values:
            document[field] = {"$in": [str(value) for value in values]}
    if query.started_from or query.started_before:
        document["started_at"] = {
            **({"$gte": query.started_from} if query.started_from else {}),
            **({"$lt": query.started_before} if query.started_before else {}),
        }
    return document


def _ticket_filter(query: TicketQuery) -> dict[str, Any]:
    document: dict[str, Any] = {
        "ticket": {"$exists": True},
        "ticket.state": {"$in": [state.value for state in query.states]},
    }
    if query.assignee_id is not None:
        document["ticket.assignee_id"] = query.assignee_id
    if query.unassigned:
        document["ticket.assignee_id"] = {"$exists": False}
    if query.stranded:
        document["ticket.waiting_since"] = {"$exists": True}
        found: list[dict[str, Any]] = [{"ticket.stranded_at": {"$exists": True}}]
        if query.waiting_before is not None:
            found.append({"ticket.waiting_since": {"$lte": query.waiting_before}})
        document["$or"] = found
    return document
