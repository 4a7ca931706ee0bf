"""The accounts' event logs in MongoDB: `events`, one document an event, and `account_heads`, where each log stands.

    events         {_id, account, seq, at, topics, type, body}
    account_heads  {_id: account, seq, epoch, floor}

The writer appends inside its transaction: it advances the head by compare-and-set and inserts the events numbered from
there. Two transactions of one account meet in the head's document and only one wins, so numbers have no hole and stand
in the order of the commits. Old events leave by `trim`, which moves `floor` before it deletes: a reader that finds
`floor` at or below its own position after reading knows that it has missed nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument

from domain.events import EventBody, Head, LoggedEvent, topics_of
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import from_body, to_body
from integrations.mongo.driver import Document, Session

EVENTS = "events"
HEADS = "account_heads"

LOG_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    EVENTS: [
        IndexModel([("account", ASCENDING), ("seq", ASCENDING)], unique=True),  # what comes after a position
        IndexModel([("account", ASCENDING), ("topics", ASCENDING), ("seq", ASCENDING)]),  # … of a topic
        IndexModel([("at", ASCENDING), ("account", ASCENDING)]),  # whose events are old
    ],
}

_TRIM_STEP = 5_000  # events deleted by one command: some tens of milliseconds


async def head_in(session: Session, database: MongoDatabase, account_id: AccountId) -> int:
    """The number of the account's last event, as the session's transaction sees it."""
    document = await database.collection(HEADS).find_one({"_id": account_id}, session=session)
    return 0 if document is None else int(document["seq"])


async def claim(session: Session, database: MongoDatabase, account_id: AccountId) -> int:
    """Read the head and hold it: until this transaction ends, whoever else would move it fails at once.

    `advance` or `release` must follow, so that no mark of it is ever committed.
    """
    document = await database.collection(HEADS).find_one_and_update(
        {"_id": account_id}, {"$set": {"claimed": True}}, session=session
    )
    return 0 if document is None else int(document["seq"])


async def release(session: Session, database: MongoDatabase, account_id: AccountId) -> None:
    await database.collection(HEADS).update_one({"_id": account_id}, {"$unset": {"claimed": True}}, session=session)


async def bodies_in(
    session: Session, database: MongoDatabase, account_id: AccountId, after: int, upto: int
) -> list[EventBody] | None:
    """What happened behind a position; None where that cannot be read any more, or not by this version."""
    query = {"account": account_id, "seq": {"$gt": after, "$lte": upto}}
    cursor = database.collection(EVENTS).find(query, sort=[("seq", ASCENDING)], session=session)
    try:
        bodies = [logged_event(document).body for document in await cursor.to_list(None)]
    except Unavailable:
        return None
    return bodies if len(bodies) == upto - after else None


async def advance(session: Session, database: MongoDatabase, account_id: AccountId, head: int, count: int) -> bool:
    """Take the numbers head+1 … head+count; False where the log does not stand at `head` any more."""
    result = await database.collection(HEADS).update_one(
        {"_id": account_id, "seq": head},
        {"$inc": {"seq": count}, "$unset": {"claimed": True}, "$setOnInsert": _birth()},
        upsert=head == 0,
        session=session,
    )
    return result.matched_count == 1 or result.upserted_id is not None


def event_documents(
    account_id: AccountId, first_seq: int, events: Sequence[tuple[EventBody, datetime]]
) -> list[Document]:
    return [_event_document(account_id, first_seq + place, *event) for place, event in enumerate(events)]


def logged_event(document: Mapping[str, Any]) -> LoggedEvent:
    """Raises Unavailable for what this version cannot read: to pass it over would be a silent gap."""
    try:
        return LoggedEvent(
            account_id=AccountId(document["account"]),
            seq=document["seq"],
            at=document["at"],
            topics=tuple(document["topics"]),
            body=from_body(document["type"], document["body"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unavailable("The latest events need a newer version of the server.") from error


class MongoEventLog:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._events = database.collection(EVENTS)
        self._heads = database.collection(HEADS)

    async def head(self, account_id: AccountId) -> Head:
        """An account without a log gets an empty one, so that a cursor from before its first event stays good."""
        with driver_errors():
            document = await self._heads.find_one({"_id": account_id})
            if document is None:
                document = await self._heads.find_one_and_update(
                    {"_id": account_id},
                    {"$setOnInsert": {"seq": 0, **_birth()}},
                    upsert=True,
                    return_document=ReturnDocument.AFTER,
                )
                assert document is not None, "an upsert answers what it made"
        return _head(document)

    async def heads(self, account_ids: Iterable[AccountId]) -> dict[AccountId, Head]:
        with driver_errors():
            documents = await self._heads.find({"_id": {"$in": list(account_ids)}}).to_list(None)
        return {AccountId(document["_id"]): _head(document) for document in documents}

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        query: dict[str, Any] = {"account": account_id, "seq": {"$gt": after, "$lte": upto}}
        if topics is not None:
            query["topics"] = {"$in": sorted(topics)}
        with driver_errors():
            documents = await self._events.find(query, sort=[("seq", ASCENDING)], limit=limit).to_list(None)
        return [logged_event(document) for document in documents]

    async def accounts_with_events_before(self, instant: datetime) -> list[AccountId]:
        with driver_errors():
            return [AccountId(account) for account in await self._events.distinct("account", {"at": {"$lt": instant}})]

    async def trim(self, account_id: AccountId, older_than: datetime) -> int:
        """Let go of the events from before an instant, up to the first that is not; answers how many went."""
        head = await self.head(account_id)
        with driver_errors():
            kept = await self._events.find_one(
                {"account": account_id, "seq": {"$gt": head.floor, "$lte": head.seq}, "at": {"$gte": older_than}},
                sort=[("seq", ASCENDING)],
                projection={"seq": True},
            )
            floor = head.seq if kept is None else int(kept["seq"]) - 1
            await self._heads.update_one({"_id": account_id}, {"$max": {"floor": floor}})
            return await self._delete_upto(account_id, floor)

    async def _delete_upto(self, account_id: AccountId, floor: int) -> int:
        deleted = 0
        while oldest := await self._events.find_one(
            {"account": account_id, "seq": {"$lte": floor}}, sort=[("seq", ASCENDING)], projection={"seq": True}
        ):
            step = {"$lte": min(floor, int(oldest["seq"]) + _TRIM_STEP - 1)}
            deleted += (await self._events.delete_many({"account": account_id, "seq": step})).deleted_count
        return deleted


def _birth() -> Document:
    """A log's first state. The epoch tells it from one that is restored or begun anew under the same account."""
    return {"epoch": secrets.token_urlsafe(6), "floor": 0}


def _head(document: Mapping[str, Any]) -> Head:
    return Head(seq=document["seq"], epoch=document["epoch"], floor=document["floor"])


def _event_document(account_id: AccountId, seq: int, body: EventBody, at: datetime) -> Document:
    tag, document = to_body(body)
    return {
        "account": account_id,
        "seq": seq,
        "at": at,
        "topics": list(topics_of(body)),
        "type": tag,
        "body": document,
    }
