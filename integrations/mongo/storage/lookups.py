"""Lookups of stored entities that do not go through one account's reader: by a token, by a foreign id, or in id order
across all accounts. Each class implements the port that its docstring names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.commerce import Order, OrderSource
from domain.model.connected_services import ConnectedService
from domain.model.conversation import Conversation
from domain.model.handoff import Helpdesk
from domain.model.identity import IdentityKeys
from domain.storage import E
from domain.values.ids import AccountId, ConversationId
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import APART, COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities, find_readable
from integrations.mongo.storage.pages import PageReader

_MAX_ORDERS = 1_000  # of one customer
_MAX_TICKETS = 20  # conversations that may hold one external ticket id


class MongoConnectedServiceDirectory:
    """Implements `ConnectedServiceDirectory`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def find_by_token_hash(self, hook_hash: str) -> tuple[AccountId, ConnectedService] | None:
        with driver_errors():
            document = await self._database.collection(COLLECTIONS[ConnectedService]).find_one({"hook_hash": hook_hash})
        return None if document is None else (AccountId(document["account"]), entity_of(ConnectedService, document))

    async def page(self, *, after: str, limit: int) -> list[tuple[AccountId, ConnectedService]]:
        return await _of_all_accounts(self._database, ConnectedService, after, limit)


class MongoEndpointDirectory:
    """Implements `EndpointDirectory`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def of(self, account_id: AccountId) -> list[WebhookEndpoint]:
        pages = PageReader(database=self._database, account_id=account_id)
        return await pages.find(WebhookEndpoint, {}, sort=[("_id", 1)])

    async def page(self, *, after: str, limit: int) -> list[tuple[AccountId, WebhookEndpoint]]:
        return await _of_all_accounts(self._database, WebhookEndpoint, after, limit)


class MongoIdentityKeyDirectory:
    """Implements `IdentityKeyDirectory`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def page(self, *, after: str, limit: int) -> list[tuple[AccountId, IdentityKeys]]:
        return await _of_all_accounts(self._database, IdentityKeys, after, limit)


class MongoHelpdeskTickets:
    """Implements `HelpdeskTickets`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._conversations = database.collection(COLLECTIONS[Conversation])

    async def find(self, account_id: AccountId, helpdesk: Helpdesk, external_id: str) -> str | None:
        """Return the newest ticket where a helpdesk has used the id more than once."""
        either = [{"ticket.external_id": external_id}, {"past_tickets.external_id": external_id}]
        with driver_errors():
            cursor = self._conversations.find(scoped(account_id, {"$or": either}), limit=_MAX_TICKETS)
            documents = await cursor.to_list()
        found = [
            ticket.id
            for conversation in entities(Conversation, documents)
            for ticket in (conversation.ticket, *conversation.past_tickets)
            if ticket is not None and (ticket.helpdesk, ticket.external_id) == (helpdesk, external_id)
        ]
        return max(found, default=None)


class MongoOrders:
    """Implements `Orders`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._orders = database.collection("orders")

    async def bought_by(
        self, account_id: AccountId, source: OrderSource, keys: Sequence[str], *, shop: str | None
    ) -> list[str]:
        return await self._find(account_id, source, {"$in": list(keys)}, shop, _MAX_ORDERS)

    async def with_buyers(
        self, account_id: AccountId, source: OrderSource, *, shop: str | None, limit: int
    ) -> list[str]:
        return await self._find(account_id, source, {"$exists": True}, shop, limit)

    async def _find(
        self, account_id: AccountId, source: OrderSource, keys: Mapping[str, Any], shop: str | None, limit: int
    ) -> list[str]:
        query: dict[str, Any] = {"purchase.keys": keys, "purchase.source": source.value}
        if shop is not None:
            query["purchase.shop"] = shop
        with driver_errors():
            cursor = self._orders.find(scoped(account_id, query), projection=["_id"], limit=limit)
            return [document["_id"] for document in await cursor.to_list()]


class MongoShopperOrders:
    """Implements `ShopperOrders`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def placed_by(self, account_id: AccountId, keys: Sequence[str], *, limit: int) -> list[Order]:
        if not keys:
            return []
        pages = PageReader(database=self._database, account_id=account_id)
        query = {"purchase.keys": {"$in": list(keys)}}
        return await pages.find(Order, query, sort=[("purchase.placed_at", -1), ("_id", -1)], limit=limit)


class MongoWaitingTurns:
    """Implements `WaitingTurns`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def accounts(self) -> list[AgentSettings]:
        run = [choice.value for choice in AgentKind if choice is not AgentKind.OFF]
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[AgentSettings]).find({"answered_by": {"$in": run}})
            return entities(AgentSettings, await cursor.to_list())

    async def of(self, account_ids: Sequence[AccountId], *, limit: int) -> list[tuple[AccountId, ConversationId]]:
        places = COLLECTIONS[Conversation], APART[Conversation]
        found = [row for each in places for row in await self._waiting(each, account_ids, limit)]
        found.sort(key=lambda row: row["turn"]["since"])
        return [(AccountId(row["account"]), ConversationId(row["_id"])) for row in found[:limit]]

    async def _waiting(self, collection: str, account_ids: Sequence[AccountId], limit: int) -> list[Document]:
        query = {"account": {"$in": list(account_ids)}, "turn.waits": True}
        shown = {"account": 1, "turn.since": 1}
        with driver_errors():
            cursor = self._database.collection(collection).find(query, shown, sort=[("turn.since", 1)], limit=limit)
            return await cursor.to_list()


async def _of_all_accounts(database: MongoDatabase, kind: type[E], after: str, limit: int) -> list[tuple[AccountId, E]]:
    """Return the next entities after an id, in the order of their ids, each with its account."""
    with driver_errors():
        return await find_readable(
            database.collection(COLLECTIONS[kind]), kind, {"_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit
        )
