"""The projection of business events, orders and profiles that counts of events and segments are read from.

    event counts  {_id: "<account>|*", by_type: {"<event type>": {count, last_at, by_channel: {"<channel>": count}}}}
    activity      {_id: profile, account, last_event_at: {"<event type>": instant}, last_order_at, not_bought_since}

Both are documents of `account_state`, and of its documents only activity has `account`.
`last_event_at` has the latest event of each type of the shopper, `last_order_at` its latest paid order, and
`not_bought_since` the event types whose latest event is after that order. So every condition of a segment is a range of
an index. Where profiles were merged, the row of the one that is left stands for all of them; where a merge was undone,
both rows are made anew from the stored events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from pymongo import ASCENDING, DESCENDING, DeleteOne, IndexModel, UpdateOne

from domain.events import BusinessEvent, EventType
from domain.model.commerce import Order, PurchaseState
from domain.model.profile import Profile
from domain.values.ids import AccountId, ProfileId
from integrations.mongo.bulk_writes import BulkWrites
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import ACCOUNT_STATE
from integrations.mongo.driver import Document, Session
from integrations.mongo.storage.unit_of_work import Batch

_NEVER = datetime.min.replace(tzinfo=UTC)
ACTIVITY = ACCOUNT_STATE

_CONDITIONS: Sequence[Sequence[tuple[str, int]]] = [
    [],
    *([(f"last_event_at.{kind.value}", DESCENDING)] for kind in EventType),
    [("last_order_at", DESCENDING)],
    [("not_bought_since", ASCENDING)],
]

# One index a kind of condition. Segments are listed by id, so the id makes each index a covering one.
ACTIVITY_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    ACTIVITY: [
        IndexModel(
            [("account", ASCENDING), *condition, ("_id", ASCENDING)],
            partialFilterExpression={"account": {"$exists": True}},
        )
        for condition in _CONDITIONS
    ],
}

# A missing value is less than any instant. So an event that never happened is never "not bought since", and a shopper
# without an order has not bought since any event that did happen.
SET_NOT_BOUGHT_SINCE: Document = {
    "$set": {
        "not_bought_since": {
            "$concatArrays": [
                {"$cond": [{"$gt": [f"$last_event_at.{kind.value}", "$last_order_at"]}, [kind.value], []]}
                for kind in EventType
            ]
        }
    }
}


def event_counts_id(account_id: AccountId) -> str:
    """Return the id of the document with the counts of an account's events."""
    return f"{account_id}|*"


class ActivityIndex:
    """Makes the writes of one batch to the activity."""

    def __init__(self, batch: Batch) -> None:
        self._database = batch.database
        self._session = batch.session
        self._account_id = batch.account_id
        self._saved = [entity for entity in batch.projected.values() if entity is not None]
        self._before = batch.found_of(Profile)
        self._fresh_keys = batch.fresh_keys
        self._writes: list[UpdateOne | DeleteOne] = []

    @property
    def reads_saved(self) -> bool:
        """Whether `collect` reads what the batch saves, which then must be in the database already: orders, and the
        profiles that have other keys, or were merged or separated."""
        return any(
            isinstance(entity, Order) or (isinstance(entity, Profile) and entity.id in self._before)
            for entity in self._saved
        )

    async def collect(self, writes: BulkWrites) -> None:
        """Add the writes that follow from the saved entities. Raises PyMongoError."""
        saved, before = self._saved, self._before
        events = [entity for entity in saved if isinstance(entity, BusinessEvent)]
        orders = [entity for entity in saved if isinstance(entity, Order)]
        profiles: dict[str, Profile] = {entity.id: entity for entity in saved if isinstance(entity, Profile)}
        known: dict[str, Profile] = {**before, **profiles}
        writes.add(ACCOUNT_STATE, self._counts(events))
        await self._add_events(events, known)
        await self._merge([p for p in profiles.values() if p.merged_into is not None], known)
        keys_of: dict[str, Sequence[str]] = {
            p.id: p.order_keys
            for p in profiles.values()
            if p.merged_into is None and (p.id not in before or set(p.order_keys) != set(before[p.id].order_keys))
        }
        await self._reread_events([p for p in profiles.values() if p.id in before and _was_split(before[p.id], p)])
        await self._set_last_orders({**await self._owners(orders), **keys_of})
        writes.add(ACCOUNT_STATE, self._writes)

    def _counts(self, events: Sequence[BusinessEvent]) -> list[UpdateOne]:
        if not events:
            return []
        counts: dict[str, int] = defaultdict(int)
        last: dict[str, datetime] = {}
        for event in events:
            path = f"by_type.{event.type}"
            counts[f"{path}.count"] += 1
            counts[f"{path}.by_channel.{event.conversation.channel}"] += 1
            last[f"{path}.last_at"] = max(event.at, last.get(f"{path}.last_at", event.at))
        own = {"_id": event_counts_id(self._account_id)}
        return [UpdateOne(own, {"$inc": dict(counts), "$max": last}, upsert=True)]

    async def _add_events(self, events: Sequence[BusinessEvent], known: Mapping[str, Profile]) -> None:
        heirs = await self._heirs({event.conversation.profile_id for event in events}, known)
        last: dict[str, dict[str, datetime]] = defaultdict(dict)
        for event in events:
            row = last[heirs[event.conversation.profile_id]]
            row[event.type.value] = max(event.at, row.get(event.type.value, event.at))
        for profile_id, row in last.items():
            self._put(profile_id, _latest(row))

    async def _merge(self, merged: Sequence[Profile], known: Mapping[str, Profile]) -> None:
        if not merged:
            return
        heirs = await self._heirs({p.id for p in merged}, known)
        query = {"_id": {"$in": sorted(heirs)}, "account": self._account_id}
        cursor = self._database.collection(ACTIVITY).find(query, session=self._session)
        for row in await cursor.to_list():
            self._writes.append(DeleteOne({"_id": row["_id"]}))
            self._put(heirs[row["_id"]], _latest(row.get("last_event_at", {})))

    async def _reread_events(self, split: Sequence[Profile]) -> None:
        for profile in split:
            last = await last_events(
                self._database, self._session, self._account_id, {profile.id: (profile.id, *profile.merged_ids)}
            )
            found = last.get(profile.id, {})
            self._put(profile.id, {"last_event_at": {"$literal": found} if found else "$$REMOVE"})

    async def _owners(self, orders: Sequence[Order]) -> dict[str, Sequence[str]]:
        """Return the keys of the profiles that placed these orders, or claim to have, by profile id."""
        keys = sorted({key for order in orders if order.purchase is not None for key in order.purchase.keys})
        if not keys:
            return {}
        whole = {"account": self._account_id, "merged_into": {"$exists": False}}
        query = {"$or": [{**whole, "keys": {"$in": keys}}, {**whole, "claims": {"$in": keys}}]}
        projection = {"keys": True, "claims": True}
        cursor = self._database.collection("profiles").find(query, projection=projection, session=self._session)
        return {document["_id"]: order_keys(document) for document in await cursor.to_list()}

    async def _set_last_orders(self, keys_of: Mapping[str, Sequence[str]]) -> None:
        """Read the latest orders again: an order may have been cancelled, or be older than its shopper's identity."""
        keys = sorted({key for keys in keys_of.values() for key in keys} - self._fresh_keys)
        last = await last_orders(self._database, self._session, self._account_id, keys) if keys else {}
        for profile_id, own in keys_of.items():
            at = max((last[key] for key in own if key in last), default=None)
            self._put(profile_id, {"last_order_at": "$$REMOVE" if at is None else at})

    async def _heirs(self, profile_ids: set[str], known: Mapping[str, Profile]) -> dict[str, str]:
        """Return, for each profile, the one that it is part of by now: itself, or the one it was merged into."""
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
        update = [{"$set": {"account": self._account_id, **changed}}, SET_NOT_BOUGHT_SINCE]
        self._writes.append(UpdateOne({"_id": profile_id}, update, upsert=True))


def _latest(last_event_at: Mapping[str, datetime]) -> Document:
    """Return the assignments that move `last_event_at` on, and never back."""
    return {f"last_event_at.{kind}": {"$max": [f"$last_event_at.{kind}", at]} for kind, at in last_event_at.items()}


def order_keys(profile: Document) -> tuple[str, ...]:
    """Return the `Profile.order_keys` of a stored profile, of which only the keys and claims were read."""
    keys, claims = tuple(profile.get("keys", ())), tuple(profile.get("claims", ()))
    return Profile(id=ProfileId(""), created_at=_NEVER, keys=keys, claims=claims).order_keys


def _was_split(before: Profile, after: Profile) -> bool:
    """Whether a part of the profile became a profile of its own, or the profile was such a part."""
    gone = set(before.merged_ids) - set(after.merged_ids)
    return after.merged_into is None and (before.merged_into is not None or bool(gone))


async def last_events(
    database: MongoDatabase, session: Session | None, account_id: AccountId, parts: Mapping[str, Collection[str]]
) -> dict[str, dict[str, datetime]]:
    """Return when each type of event last happened to a profile, by profile id. `parts` are the ids that each consists
    of. Profiles without an event are missing."""
    heirs = {part: profile_id for profile_id, ids in parts.items() for part in ids}
    last: dict[str, dict[str, datetime]] = defaultdict(dict)
    if not heirs:
        return last
    pipeline: list[Document] = [
        {"$match": {"account": account_id, "conversation.profile_id": {"$in": list(heirs)}}},
        {"$group": {"_id": {"profile": "$conversation.profile_id", "type": "$type"}, "at": {"$max": "$at"}}},
    ]
    cursor = await database.collection("business_events").aggregate(pipeline, session=session)
    for row in await cursor.to_list():
        owner, kind = last[heirs[row["_id"]["profile"]]], row["_id"]["type"]
        owner[kind] = max(row["at"], owner.get(kind, row["at"]))
    return last


async def last_orders(
    database: MongoDatabase, session: Session | None, account_id: AccountId, keys: Sequence[str]
) -> dict[str, datetime]:
    """Return when a buyer last placed an order that is paid, by identity key. Keys without one are missing."""
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
