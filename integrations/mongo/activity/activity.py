"""Implements `Activity`: lists and counts of business events, and segments, from the rows of `activity_index.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.activity.model import Bought, Condition, Did, DidNot, DidNotBuySince, EventCount, EventQuery, Segment
from domain.events import BusinessEvent, EventType
from domain.model.profile import Profile
from domain.values.channel import Channel
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from domain.values.record import replace
from integrations.mongo.activity.activity_index import ACTIVITY, event_counts_id
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities
from integrations.mongo.stats.counters import COUNTERS
from integrations.mongo.storage.pages import PageReader


class MongoActivity:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def events(self, account_id: AccountId, query: EventQuery, page: Slice) -> Page[BusinessEvent]:
        pages = PageReader(database=self._database, account_id=account_id)
        found = await pages.page(BusinessEvent, _event_filter(query), ("at", "_id"), True, page)
        if any(event.type.is_unknown for event in found.items):  # then a full page of those that are known
            found = await pages.page(BusinessEvent, _event_filter(_of_known(query)), ("at", "_id"), True, page)
        return found

    async def count_events(self, account_id: AccountId, query: EventQuery) -> int:
        """Read the counters where they suffice, so that even years of events are counted at once."""
        if not query.profile_ids and query.happened_from is None and query.happened_before is None:
            types = await self._types(account_id)
            chosen = [types.get(kind.value, {}).get("by_channel", {}) for kind in query.types or EventType]
            return sum(channels.get(channel.value, 0) for channels in chosen for channel in query.channels or Channel)
        with driver_errors():
            events = self._database.collection(COLLECTIONS[BusinessEvent])
            return await events.count_documents(scoped(account_id, _event_filter(_of_known(query))))

    async def event_counts(self, account_id: AccountId) -> dict[EventType, EventCount]:
        return {
            EventType.stored(kind): EventCount(type=EventType.stored(kind), count=row["count"], last_at=row["last_at"])
            for kind, row in (await self._types(account_id)).items()
        }

    async def segment(self, account_id: AccountId, segment: Segment, now: datetime, page: Slice) -> Page[Profile]:
        bounds: list[Document] = []
        if page.after is not None:
            bounds.append({"_id": {"$gt": page.after[0]}})
        if page.before is not None:
            bounds.append({"_id": {"$lt": page.before[0]}})
        query = {"$and": [*_conditions(segment, now), *bounds]}
        with driver_errors():
            cursor = self._database.collection(ACTIVITY).find(
                scoped(account_id, query), projection={"_id": True}, sort=[("_id", 1)], limit=page.limit + 1
            )
            ids = [document["_id"] for document in await cursor.to_list()]
        more, ids = len(ids) > page.limit, ids[: page.limit]
        profiles = await self._profiles(account_id, ids)
        items = [profiles[profile_id] for profile_id in ids if profile_id in profiles]
        return Page(items=items, has_next=more, has_previous=page.after is not None)

    async def count_segment(self, account_id: AccountId, segment: Segment, now: datetime) -> int:
        with driver_errors():
            query = {"$and": _conditions(segment, now)}
            return await self._database.collection(ACTIVITY).count_documents(scoped(account_id, query))

    async def _types(self, account_id: AccountId) -> Mapping[str, Any]:
        with driver_errors():
            row = await self._database.collection(COUNTERS).find_one({"_id": event_counts_id(account_id)})
        types: Mapping[str, Any] = {} if row is None else row["by_type"]
        return types

    async def _profiles(self, account_id: AccountId, ids: list[str]) -> dict[str, Profile]:
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[Profile]).find(scoped(account_id, {"_id": {"$in": ids}}))
            return {profile.id: profile for profile in entities(Profile, await cursor.to_list())}


def _of_known(query: EventQuery) -> EventQuery:
    """Return the query without events of types that a newer build has stored."""
    return query if query.types else replace(query, types=tuple(EventType))


def _event_filter(query: EventQuery) -> Document:
    document: Document = {}
    if query.types:
        document["type"] = {"$in": [kind.value for kind in query.types]}
    if query.channels:
        document["conversation.channel"] = {"$in": [channel.value for channel in query.channels]}
    if query.profile_ids:
        document["conversation.profile_id"] = {"$in": list(query.profile_ids)}
    if query.happened_from is not None:
        document.setdefault("at", {})["$gte"] = query.happened_from
    if query.happened_before is not None:
        document.setdefault("at", {})["$lt"] = query.happened_before
    return document


def _conditions(segment: Segment, now: datetime) -> list[Document]:
    return [_condition(condition, now) for condition in segment.conditions]


def _condition(condition: Condition, now: datetime) -> Document:
    match condition:
        case Did():
            return {f"last_event_at.{condition.event}": {"$gte": now - condition.within}}
        case DidNot():
            return {f"last_event_at.{condition.event}": {"$not": {"$gte": now - condition.within}}}
        case Bought():
            return {"last_order_at": {"$gte": now - condition.within}}
        case DidNotBuySince():
            return {"not_bought_since": condition.event.value}
