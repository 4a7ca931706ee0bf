"""Implements `Reader`: queries of one account, on majority-committed state. Each is scoped to the account here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.model.account import Staff
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct, KnowledgeGap
from domain.model.audit import AuditEntry
from domain.model.conversation import AuthorKind, Conversation, Draft, Message, MessageKind
from domain.model.credentials import Credential
from domain.model.handoff import DeliveryState, Helpdesk
from domain.model.passed_over import PassedOver
from domain.model.sign_in import StaffSession
from domain.principal import PrincipalKind
from domain.search.listed import ListedConversation, ListedRow
from domain.storage import (
    AuditQuery,
    ConversationQuery,
    ConversationSort,
    ConversationSource,
    E,
    GapOrder,
    TicketQuery,
    Total,
)
from domain.values.ids import AccountId, ConversationId, StaffId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import APART, scoped
from integrations.mongo.search.gathered_pages import GatheredPages
from integrations.mongo.search.listing import ConversationList
from integrations.mongo.search.query_planner import SelectivityCache
from integrations.mongo.storage.pages import PageReader

SORT_FIELDS = {
    ConversationSort.STARTED_AT: "started_at",
    ConversationSort.LAST_MESSAGE_AT: "last_message_at",
}
_KEY_KINDS = [
    kind.value for kind in (PrincipalKind.WIDGET, PrincipalKind.AGENT, PrincipalKind.STAFF, PrincipalKind.PARTNER)
]
_NO_NUMBER = 2**62  # above the number of any entry
_MAX_ROWS = 1_000  # drafts of a conversation, credentials of an account


class MongoReader:
    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        selectivity: SelectivityCache,
        pages: GatheredPages | None = None,
    ) -> None:
        """`pages`: see `ConversationList`."""
        self._database = database
        self._account_id = account_id
        self._pages = PageReader(database=database, account_id=account_id)
        self._listing = ConversationList(database=database, account_id=account_id, selectivity=selectivity, pages=pages)

    async def get(self, kind: type[E], entity_id: str) -> E | None:
        return (await self.get_many(kind, [entity_id])).get(entity_id)

    async def get_many(self, kind: type[E], entity_ids: Iterable[str]) -> dict[str, E]:
        return {entity.id: entity for entity in await self._pages.get_many(kind, entity_ids)}

    async def conversations(
        self, query: ConversationQuery, page: Slice, *, profiles: bool = False
    ) -> Page[ListedConversation]:
        return await self._listing.page(query, page, profiles=profiles)

    async def count_conversations(self, query: ConversationQuery) -> Total:
        if query.search is not None:
            return await self._listing.count(query)
        with driver_errors():
            count: int = await self._database.collection("conversations").count_documents(
                scoped(self._account_id, conversation_filter(query))
            )
        return Total(number=count)

    async def tickets(self, query: TicketQuery, page: Slice) -> Page[Conversation]:
        return await self._pages.page(Conversation, _ticket_filter(query), ("ticket.created_at", "_id"), True, page)

    async def count_tickets(self, query: TicketQuery) -> int:
        with driver_errors():
            count: int = await self._database.collection("conversations").count_documents(
                scoped(self._account_id, _ticket_filter(query))
            )
        return count

    @property
    def test_conversations(self) -> ConversationSource:
        return ConversationsApart(database=self._database, account_id=self._account_id)

    async def agent_turns(self, page: Slice) -> Page[Conversation]:
        """Merge the pages of both collections; they are read forward only."""
        waiting, fields = {"turn.waits": True}, ("turn.since", "_id")
        pages = await asyncio.gather(
            *(self._pages.page(Conversation, waiting, fields, False, page, apart=apart) for apart in (False, True))
        )
        rows = sorted((row for each in pages for row in each.items), key=_waits_since)
        return Page(
            items=rows[: page.limit],
            has_next=len(rows) > page.limit or any(each.has_next for each in pages),
            has_previous=pages[0].has_previous,
        )

    async def drafts(self, conversation_id: ConversationId) -> list[Draft]:
        return await self._pages.find(Draft, {"conversation_id": conversation_id}, sort=[("_id", 1)], limit=_MAX_ROWS)

    async def messages(self, conversation_id: ConversationId, *, upto: int, notes: bool, page: Slice) -> Page[Message]:
        query: dict[str, Any] = {"conversation_id": conversation_id, "sequence": {"$lte": upto}}
        if not notes:
            query["kind"] = {"$ne": MessageKind.NOTE.value}
        return await self._pages.page(Message, query, ("sequence",), False, page)

    async def last_spoken(self, conversation_id: ConversationId, *, upto: int, notes: bool) -> Message | None:
        said: dict[str, Any] = {"author.kind": {"$ne": AuthorKind.SYSTEM.value}}
        note = MessageKind.NOTE.value
        wanted = {"$or": [said, {"kind": note}]} if notes else {**said, "kind": {"$ne": note}}
        query = {"conversation_id": conversation_id, "sequence": {"$lte": upto}, **wanted}
        page = await self._pages.page(Message, query, ("sequence",), False, Slice(limit=1, from_end=True))
        return page.items[0] if page.items else None

    async def passed_over(self, page: Slice) -> Page[PassedOver]:
        return await self._pages.page(PassedOver, {}, ("at", "_id"), True, page)

    async def count_passed_over(self) -> int:
        with driver_errors():
            return await self._database.collection("passed_over").count_documents({"account": self._account_id})

    async def articles(self, kind: ArticleKind | None, page: Slice) -> Page[Article]:
        query = {} if kind is None else {"kind": kind.value}
        return await self._pages.page(Article, query, ("_id",), True, page)

    async def products(self, page: Slice) -> Page[CatalogProduct]:
        return await self._pages.page(CatalogProduct, {}, ("product_id",), False, page)

    async def knowledge_gaps(self, order: GapOrder, page: Slice) -> Page[KnowledgeGap]:
        field = "last_at" if order is GapOrder.RECENT else "count"
        return await self._pages.page(KnowledgeGap, {}, (field, "_id"), True, page)

    async def count_knowledge_gaps(self) -> int:
        with driver_errors():
            return await self._database.collection("knowledge_gaps").count_documents({"account": self._account_id})

    async def audit_log(self, query: AuditQuery, page: Slice) -> Page[AuditEntry]:
        numbers: dict[str, int] = {}
        if query.since is not None:
            numbers["$gte"] = await self._audit_number({"$gte": query.since}, 1)
        if query.until is not None:
            numbers["$lte"] = await self._audit_number({"$lt": query.until}, -1)
        wanted = {**_audit_filter(query), **({"number": numbers} if numbers else {})}
        return await self._pages.page(AuditEntry, wanted, ("number",), query.descending, page)

    async def _audit_number(self, instants: dict[str, datetime], direction: int) -> int:
        """Return the number of the first (1) or last (-1) entry in a span of time; a number of no entry if it is
        empty. Numbers and times have the same order, so that a span of time is a span of numbers."""
        order = [("at", direction), ("number", direction)]
        found = await self._pages.find(AuditEntry, {"at": instants}, sort=order, limit=1)
        return found[0].number if found else 0 if direction < 0 else _NO_NUMBER

    async def staff(self) -> list[Staff]:
        return await self._pages.find(Staff, {}, sort=[("_id", 1)])

    async def keys(self, page: Slice) -> Page[Credential]:
        query = {"kind": {"$in": _KEY_KINDS}, "session_id": None}
        return await self._pages.page(Credential, query, ("_id",), True, page)

    async def credentials(self) -> list[Credential]:
        query = {"kind": {"$ne": PrincipalKind.SHOPPER.value}, "session_id": None}
        return await self._pages.find(Credential, query, sort=[("_id", -1)], limit=_MAX_ROWS)

    async def sessions(self, staff_id: StaffId | None, now: datetime, page: Slice) -> Page[StaffSession]:
        own = {} if staff_id is None else {"staff_id": staff_id}
        query = {**own, "ended_at": None, "expires_at": {"$gt": now}}
        return await self._pages.page(StaffSession, query, ("_id",), True, page)


class ConversationsApart:
    """Implements `ConversationSource` for test conversations."""

    def __init__(self, *, database: MongoDatabase, account_id: AccountId) -> None:
        self._collection = database.collection(APART[Conversation])
        self._account_id = account_id
        self._pages = PageReader(database=database, account_id=account_id)

    async def conversations(
        self, query: ConversationQuery, page: Slice, *, profiles: bool = False
    ) -> Page[ListedConversation]:
        wanted = conversation_filter(query)
        found = await self._pages.page(Conversation, wanted, ("started_at", "_id"), query.descending, page, apart=True)
        listed: list[ListedConversation] = [ListedRow(conversation=row, at=row.started_at) for row in found.items]
        return Page(items=listed, has_next=found.has_next, has_previous=found.has_previous)

    async def count_conversations(self, query: ConversationQuery) -> Total:
        wanted = scoped(self._account_id, conversation_filter(query))
        with driver_errors():
            return Total(number=await self._collection.count_documents(wanted))


def _waits_since(conversation: Conversation) -> tuple[datetime, str]:
    assert conversation.turn is not None, "a turn waits"
    return conversation.turn.since, conversation.id


def conversation_filter(query: ConversationQuery) -> dict[str, Any]:
    """Return the filter on `conversations`; the search of the query is not part of it."""
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
    if query.untagged:
        document["tags.0"] = {"$exists": False}
    if query.started_from or query.started_before:
        document["started_at"] = {
            **({"$gte": query.started_from} if query.started_from else {}),
            **({"$lt": query.started_before} if query.started_before else {}),
        }
    return document


def _audit_filter(query: AuditQuery) -> dict[str, Any]:
    document: dict[str, Any] = {
        field: value
        for field, value in (
            ("actor.staff_id", query.staff_id),
            ("actor.credential_id", query.credential_id),
            ("target.id", query.target_id),
            ("target.kind", query.target_kind and query.target_kind.value),
        )
        if value is not None
    }
    if query.actions:
        document["action"] = {"$in": [action.value for action in query.actions]}
    return document


def _ticket_filter(query: TicketQuery) -> dict[str, Any]:
    document: dict[str, Any] = {
        "ticket": {"$exists": True},
        "ticket.state": {"$in": [state.value for state in query.states]},
        # The query form of `Ticket.concerns_inbox`.
        "$or": [{"ticket.helpdesk": Helpdesk.INBOX.value}, {"ticket.delivery": DeliveryState.FAILED.value}],
    }
    if query.assignee_id is not None:
        document["ticket.assignee_id"] = query.assignee_id
    if query.unassigned:
        document["ticket.assignee_id"] = {"$exists": False}
    if query.stranded:
        document["ticket.waiting_since"] = {"$exists": True}
        either: list[dict[str, Any]] = [{"ticket.stranded_at": {"$exists": True}}]
        if query.waiting_before is not None:
            either.append({"ticket.waiting_since": {"$lte": query.waiting_before}})
        document["$and"] = [{"$or": either}]
    if query.held_by is not None:
        document.setdefault("$and", []).append({"ticket.assignee_id": query.held_by})
    if query.channels:
        document["channel"] = {"$in": [channel.value for channel in query.channels]}
    if query.tags:
        document["tags"] = {"$in": list(query.tags)}
    if query.unread is not None:
        document["ticket.unread"] = query.unread
    return document
