"""Implements `PastConversations`: pages of conversations by their start, with the shopper's messages of each.

A page takes one query for its conversations, and one for the messages of each group of them; one more each for the
agent's messages, profiles and orders, where rules ask for them. Only the fields that a replay needs are decoded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from domain.guidance.evaluation import OrderValue, ShopperText
from domain.guidance.ports import PastConversation, PastQuery, PlaceOfStart
from domain.handoff.escalation_rules import MOST_ORDERS, order_keys, order_value
from domain.model.commerce import Order
from domain.model.conversation import AuthorKind, Conversation, Message
from domain.model.profile import Profile
from domain.values.ids import AccountId, ConversationId, ProfileId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities
from integrations.mongo.storage.pages import keyset_filter

_BATCH = 5_000  # messages of one query: a page of short conversations, or one long one
_MOST_OF_PAGE = 20_000  # orders of the shoppers of one page
_TEXT_FIELDS = {"_id": 0, "conversation_id": 1, "sequence": 1, "text": 1, "sent_at": 1}
_PLACE_FIELDS = {"_id": 0, "conversation_id": 1, "sequence": 1}
_ORDER = ("started_at", "_id")


class MongoPastConversations:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def page(
        self, account_id: AccountId, query: PastQuery, *, after: PlaceOfStart | None, limit: int
    ) -> list[PastConversation]:
        found = await self._conversations(account_id, query, after, limit)
        texts = await self._texts(account_id, found)
        agent_from = await self._agent_from(account_id, found) if query.topics else {}
        orders = await self._orders(account_id, found) if query.orders else {}
        return [
            PastConversation(each, tuple(texts.get(each.id, ())), agent_from.get(each.id), orders.get(each.id, ()))
            for each in found
        ]

    async def _conversations(
        self, account_id: AccountId, query: PastQuery, after: PlaceOfStart | None, limit: int
    ) -> list[Conversation]:
        span = {"started_at": {"$gte": query.started_from, "$lt": query.started_before}}
        bounds = [] if after is None else [keyset_filter(_ORDER, after, descending=False)]
        rows = await self._find(
            Conversation,
            scoped(account_id, {"$and": [span, *bounds]} if bounds else span),
            sort=[(name, 1) for name in _ORDER],
            limit=limit,
        )
        return entities(Conversation, rows)

    async def _texts(
        self, account_id: AccountId, conversations: Sequence[Conversation]
    ) -> dict[ConversationId, list[ShopperText]]:
        found: dict[ConversationId, list[ShopperText]] = defaultdict(list)
        for group in _groups(conversations):
            query = {"conversation_id": {"$in": group}, "author.kind": AuthorKind.SHOPPER.value}
            for row in await self._find(Message, scoped(account_id, query), projection=_TEXT_FIELDS):
                found[row["conversation_id"]].append(ShopperText(row["sequence"], row["text"], row["sent_at"]))
        for texts in found.values():
            texts.sort(key=lambda text: text.sequence)  # the index has them in this order, which is not promised
        return found

    async def _agent_from(
        self, account_id: AccountId, conversations: Sequence[Conversation]
    ) -> dict[ConversationId, int]:
        found: dict[ConversationId, int] = {}
        for group in _groups(conversations):
            query = {"conversation_id": {"$in": group}, "author.kind": AuthorKind.AI_AGENT.value}
            for row in await self._find(Message, scoped(account_id, query), projection=_PLACE_FIELDS):
                key = row["conversation_id"]
                found[key] = min(row["sequence"], found.get(key, row["sequence"]))
        return found

    async def _orders(
        self, account_id: AccountId, conversations: Sequence[Conversation]
    ) -> dict[ConversationId, tuple[OrderValue, ...]]:
        profiles = await self._profiles(account_id, {each.profile_id for each in conversations})
        keys = {each.id: order_keys(each, profiles.get(each.profile_id)) for each in conversations}
        wanted = sorted({key for own in keys.values() for key in own})
        rows = await self._find(
            Order,
            scoped(account_id, {"purchase.keys": {"$in": wanted}}),
            sort=[("purchase.placed_at", -1)],
            limit=_MOST_OF_PAGE,
        )
        by_key: dict[str, list[tuple[str, OrderValue]]] = defaultdict(list)
        for order in entities(Order, rows):
            value = order_value(order)
            if value is not None and order.purchase is not None:
                for key in order.purchase.keys:
                    by_key[key].append((order.id, value))
        return {each: _latest(by_key, own) for each, own in keys.items()}

    async def _profiles(self, account_id: AccountId, ids: set[ProfileId]) -> dict[ProfileId, Profile]:
        """Return the profiles; for a merged profile, that which it is part of."""
        found: dict[ProfileId, Profile] = {}
        missing = set(ids)
        while missing:
            rows = await self._find(Profile, scoped(account_id, {"_id": {"$in": sorted(missing)}}))
            new = {each.id: each for each in entities(Profile, rows)}
            found |= new
            missing = {each.merged_into for each in new.values() if each.merged_into} - found.keys()
        return {profile_id: _whole(found, profile_id) for profile_id in ids if profile_id in found}

    async def _find(self, kind: Any, query: Document, **options: Any) -> list[Document]:
        with driver_errors():
            return await self._database.collection(COLLECTIONS[kind]).find(query, **options).to_list()


def _groups(conversations: Sequence[Conversation]) -> Iterator[list[ConversationId]]:
    """Yield the ids of conversations, together as long as their messages fit into one query."""
    group: list[ConversationId] = []
    messages = 0
    for each in conversations:
        if group and messages + each.sequence > _BATCH:
            yield group
            group, messages = [], 0
        group.append(each.id)
        messages += each.sequence
    if group:
        yield group


def _latest(by_key: dict[str, list[tuple[str, OrderValue]]], keys: Sequence[str]) -> tuple[OrderValue, ...]:
    orders = dict(order for key in keys for order in by_key.get(key, ()))
    return tuple(sorted(orders.values(), key=lambda order: order.placed_at, reverse=True)[:MOST_ORDERS])


def _whole(profiles: dict[ProfileId, Profile], profile_id: ProfileId) -> Profile:
    profile = profiles[profile_id]
    while profile.merged_into is not None and profile.merged_into in profiles:
        profile = profiles[profile.merged_into]
    return profile
