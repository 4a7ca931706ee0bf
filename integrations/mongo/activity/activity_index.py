"""What follows from business events, orders and profiles: kept with them, so that questions about it are cheap.

    event_tallies     {_id: account, types: {<type>: {count, last_at, channels: {<channel>: count}}}}
    profile_activity  {_id: profile, account, last: {<type>: instant}, bought, not_bought_since: [<type>]}

`last` is when an event last happened to the shopper, `bought` when it last placed an order that is paid for, and
`not_bought_since` which events lie behind that: so every condition of a segment is a range of an index. Where profiles
became one, the row of the one that is left speaks for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, DeleteOne, IndexModel, UpdateOne

from domain.events import BusinessEvent, EventType
from domain.model.commerce import Order, PurchaseState
from domain.model.profile import Profile
from domain.storage import Entity
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document, Session

TALLIES = "event_tallies"
ACTIVITY = "profile_activity"

ACTIVITY_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    ACTIVITY: [
        IndexModel([("account", ASCENDING), ("_id", ASCENDING)]),
        # With the id, in whose order they are listed: so who is in a segment is found without reading a row.
        *(
            IndexModel([("account", ASCENDING), (f"last.{kind.value}", DESCENDING), ("_id", ASCENDING)])
            for kind in EventType
        ),
        IndexModel([("account", ASCENDING), ("bought", DESCENDING), ("_id", ASCENDING)]),
        IndexModel([("account", ASCENDING), ("not_bought_since", ASCENDING), ("_id", ASCENDING)]),
    ],
}

# What is missing is less than any instant: an event that never happened lies behind nothing, and whoever never bought
# has not bought since any that did.
COMPARE: Document = {
    "$set": {
        "not_bought_since": {
            "$concatArrays": [
                {"$cond": [{"$gt": [f"$last.{kind.value}", "$bought"]}, [kind.value], []]} for kind in EventType
            ]
        }
    }
}


class ActivityIndex:
    """Of one batch of commands: what it saved tells whose rows change, and how."""

    def __init__(self, *, database: MongoDatabase, session: Session, account_id: AccountId) -> None:
        self._database = database
        self._session = session
        self._account_id = account_id
        self._writes: list[UpdateOne | DeleteOne] = []

    async def follow(self, saved: Collection[Entity], before: Mapping[str, Profile]) -> None:
        """After the batch is written, and before it is committed. `before` has profiles as they were, by their ids."""
        events = [entity for entity in saved if isinstance(entity, BusinessEvent)]
        orders = [entity for entity in saved if isinstance(entity, Order)]
        profiles: dict[str, Profile] = {entity.id: entity for entity in saved if isinstance(entity, Profile)}
        known: dict[str, Profile] = {**before, **profiles}
        await self._tally(events)
        await self._happened(events, known)
        await self._merged([p for p in profiles.values() if p.merged_into is not None], known)
        keys_of: dict[str, Sequence[str]] = {
            p.id: p.keys
            for p in profiles.values()
            if p.merged_into is None and (p.id not in before or set(p.keys) - set(before[p.id].keys))
        }
        await self._bought({**await self._owners(orders), **keys_of})
        if self._writes:
            await self._database.collection(ACTIVITY).bulk_write(self._writes, session=self._session)

    async def _tally(self, events: Sequence[BusinessEvent]) -> None:
        if not events:
            return
        counts: dict[str, int] = defaultdict(int)
        last: dict[str, datetime] = {}
        for event in events:
            place = f"types.{event.type}"
            counts[f"{place}.count"] += 1
            counts[f"{place}.channels.{event.conversation.channel}"] += 1
            last[f"{place}.last_at"] = max(event.at, last.get(f"{place}.last_at", event.at))
        await self._database.collection(TALLIES).update_one(
            {"_id": self._account_id}, {"$inc": dict(counts), "$max": last}, upsert=True, session=self._session
        )

    async def _happened(self, events: Sequence[BusinessEvent], known: Mapping[str, Profile]) -> None:
        heirs = await self._heirs({event.conversation.profile_id for event in events}, known)
        last: dict[str, dict[str, datetime]] = defaultdict(dict)
        for event in events:
            row = last[heirs[event.conversation.profile_id]]
            row[event.type.value] = max(event.at, row.get(event.type.value, event.at))
        for profile_id, row in last.items():
            self._put(profile_id, {f"last.{kind}": {"$max": [f"$last.{kind}", at]} for kind, at in row.items()})

    async def _merged(self, losers: Sequence[Profile], known: Mapping[str, Profile]) -> None:
        if not losers:
            return
        heirs = await self._heirs({p.id for p in losers}, known)
        query = {"_id": {"$in": sorted(heirs)}, "account": self._account_id}
        cursor = self._database.collection(ACTIVITY).find(query, session=self._session)
        for row in await cursor.to_list():
            self._writes.append(DeleteOne({"_id": row["_id"]}))
            last = row.get("last", {})
            self._put(heirs[row["_id"]], {f"last.{kind}": {"$max": [f"$last.{kind}", at]} for kind, at in last.items()})

    async def _owners(self, orders: Sequence[Order]) -> dict[str, Sequence[str]]:
        """The keys of the profiles that bought what these orders tell of."""
        keys = {key for order in orders if order.purchase is not None for key in order.purchase.keys}
        if not keys:
            return {}
        query = {"account": self._account_id, "keys": {"$in": sorted(keys)}}
        cursor = self._database.collection("profiles").find(query, projection={"keys": True}, session=self._session)
        return {document["_id"]: document["keys"] for document in await cursor.to_list()}

    async def _bought(self, keys_of: Mapping[str, Sequence[str]]) -> None:
        """Asked anew, and not only moved on: an order may have been cancelled, or came before its shopper was known."""
        keys = sorted({key for keys in keys_of.values() for key in keys})
        last = await last_orders(self._database, self._session, self._account_id, keys) if keys else {}
        for profile_id, own in keys_of.items():
            bought = max((last[key] for key in own if key in last), default=None)
            self._put(profile_id, {"bought": "$$REMOVE" if bought is None else bought})

    async def _heirs(self, profile_ids: set[str], known: Mapping[str, Profile]) -> dict[str, str]:
        """Which profile each of them is part of by now."""
        into: dict[str, str | None] = {p.id: p.merged_into for p in known.values()}
        heirs: dict[str, str] = {profile_id: profile_id for profile_id in profile_ids}
        while waiting := {heir for heir in heirs.values() if into.get(heir, heir) is not None}:
            if asked := sorted(waiting - into.keys()):
                cursor = self._database.collection("profiles").find(
                    {"_id": {"$in": asked}}, projection={"merged_into": True}, session=self._session
                )
                into |= dict.fromkeys(asked) | {d["_id"]: d.get("merged_into") for d in await cursor.to_list()}
            heirs = {profile_id: into.get(heir) or heir for profile_id, heir in heirs.items()}
        return heirs

    def _put(self, profile_id: str, changed: Document) -> None:
        update = [{"$set": {"account": self._account_id, **changed}}, COMPARE]
        self._writes.append(UpdateOne({"_id": profile_id}, update, upsert=True))


async def last_orders(
    database: MongoDatabase, session: Session | None, account_id: AccountId, keys: Sequence[str]
) -> dict[str, datetime]:
    """When somebody with the key last placed an order that is paid for; the keys of nobody who did are left out."""
    paid = {"purchase.keys": {"$in": keys}, "purchase.state": PurchaseState.PAID.value}
    pipeline: list[Document] = [
        {"$match": {"account": account_id, **paid}},
        {"$project": {"key": "$purchase.keys", "at": "$purchase.placed_at"}},
        {"$unwind": "$key"},
        {"$match": {"key": {"$in": keys}}},
        {"$group": {"_id": "$key", "at": {"$max": "$at"}}},
    ]
    cursor = await database.collection("orders").aggregate(pipeline, session=session)
    return {document["_id"]: document["at"] for document in await cursor.to_list()}
