"""Implements `EventLog`: each account's append-only log of events.

    events         {_id, account, seq, at, topics, type, body, history?}      one document an event
    account_state  {_id: account, seq, epoch, floor, silent_writes, claimed}       the head of each log

`seq` counts an account's events 1, 2, 3, …; the head has that of the last. A batch appends inside its transaction: it
advances the head by compare-and-set, and inserts the events with the numbers that it took. Two transactions of one
account conflict in the head, so the numbers have no gap and are in the order of the commits.

`history` belongs to reports of the past (`stats/history.py`). Readers of the log leave it out.

`trim` deletes old events, after it has raised `floor`, the `seq` up to which they are gone. A reader that finds `floor`
at or below its own position after reading has missed nothing. `epoch` is a random name of the log: it differs if the
database is restored or the log begins again. `silent_writes` counts the commits that wrote something without an event,
so that `seq` and it together change with every commit that writes (`Revision`). `claimed` exists only within a
transaction.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from cachetools import LRUCache
from pymongo import ASCENDING, IndexModel, ReturnDocument, UpdateOne

from domain.events import EventBody, EventErased, Head, LoggedEvent, UnknownEvent, topics_of
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import BODY_CLASSES, from_body, to_body
from integrations.mongo.collections import ACCOUNT_STATE
from integrations.mongo.driver import Document, Session

EVENTS = "events"
HEADS = ACCOUNT_STATE  # beside documents of other kinds: read it by `_id`
HISTORY = "history"  # field of the events that end changes of conversations

WITHOUT_HISTORY: Mapping[str, bool] = {HISTORY: False}  # projection

LOG_INDEXES: Sequence[IndexModel] = [
    IndexModel([("account", ASCENDING), ("seq", ASCENDING)], unique=True),  # the events after a position
    IndexModel([("account", ASCENDING), ("topics", ASCENDING), ("seq", ASCENDING)]),  # those of a topic
    IndexModel([("at", ASCENDING), ("account", ASCENDING)]),  # the accounts with events to trim
]
"""Indexes of `events`."""

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # of an event that cannot be read

_logger = logging.getLogger("baton.mongo")

_newer: LRUCache[str, bool] = LRUCache(100)  # kinds of events of newer builds that the log has named

_TRIM_BATCH = 5_000  # events deleted by one command: some tens of milliseconds


async def head_in(session: Session, database: MongoDatabase, account_id: AccountId) -> int:
    """Return the `seq` of the account's last event, as the session's transaction sees it."""
    document = await database.collection(HEADS).find_one({"_id": account_id}, session=session)
    return 0 if document is None else int(document["seq"])


async def heads_in(session: Session, database: MongoDatabase, account_ids: Sequence[AccountId]) -> dict[AccountId, int]:
    """Return the `seq` of the last event of each account, as the session's transaction sees it."""
    cursor = database.collection(HEADS).find(
        {"_id": {"$in": list(account_ids)}}, projection={"seq": True}, session=session
    )
    found = {document["_id"]: int(document["seq"]) for document in await cursor.to_list(None)}
    return {account_id: found.get(account_id, 0) for account_id in account_ids}


async def claim(session: Session, database: MongoDatabase, account_id: AccountId) -> int:
    """Read the head and write to it, so that every other transaction that would move it conflicts at once.

    Returns the `seq` of the last event. `advance` or `release` must follow, so that the mark is never committed.
    """
    document = await database.collection(HEADS).find_one_and_update(
        {"_id": account_id}, {"$set": {"claimed": True}}, session=session
    )
    return 0 if document is None else int(document["seq"])


async def claim_all(session: Session, database: MongoDatabase, account_ids: Sequence[AccountId]) -> None:
    """Write to the heads of several logs, as `claim` does to one."""
    await database.collection(HEADS).update_many(
        {"_id": {"$in": list(account_ids)}}, {"$set": {"claimed": True}}, session=session
    )


async def release(session: Session, database: MongoDatabase, account_id: AccountId) -> None:
    """Remove the mark of `claim` without advancing the head."""
    await database.collection(HEADS).update_one({"_id": account_id}, {"$unset": {"claimed": True}}, session=session)


async def bodies_in(
    session: Session, database: MongoDatabase, account_id: AccountId, after: int, upto: int
) -> list[EventBody] | None:
    """Return the events after a position; None if some were trimmed, or cannot be read by this build."""
    query = {"account": account_id, "seq": {"$gt": after, "$lte": upto}}
    cursor = database.collection(EVENTS).find(
        query, projection=WITHOUT_HISTORY, sort=[("seq", ASCENDING)], session=session
    )
    bodies = [logged_event(document).body for document in await cursor.to_list(None)]
    is_known = len(bodies) == upto - after and not any(isinstance(body, UnknownEvent) for body in bodies)
    return bodies if is_known else None


async def advance(session: Session, database: MongoDatabase, account_id: AccountId, head: int, count: int) -> bool:
    """Take the numbers head+1 … head+count. Returns False if the log is no longer at `head`."""
    return await _move_heads(session, database, [advanced(account_id, head, count)])


async def _move_heads(session: Session, database: MongoDatabase, moves: Sequence[UpdateOne]) -> bool:
    """Move the heads of several accounts. Returns False if the log of any of them is no longer where its move begins;
    the transaction has to be aborted then."""
    result = await database.collection(HEADS).bulk_write(moves, session=session)
    return result.matched_count + result.upserted_count == len(moves)


def advanced(account_id: AccountId, head: int, count: int) -> UpdateOne:
    """Return the move that takes the numbers head+1 … head+count."""
    update = {"$inc": {"seq": count}, "$unset": {"claimed": True}, "$setOnInsert": first_state()}
    return UpdateOne({"_id": account_id, "seq": head}, update, upsert=head == 0)


def silently_written(account_id: AccountId, head: int) -> UpdateOne:
    """Return the move that counts a commit without events."""
    return UpdateOne({"_id": account_id, "seq": head}, {"$inc": {"silent_writes": 1}, "$unset": {"claimed": True}})


async def note_early_write(session: Session, database: MongoDatabase, account_id: AccountId) -> bool:
    """Count a commit without events in a log that is empty. One that has not begun is not begun by it: nobody knows a
    revision of it. Returns False if the log is no longer empty."""
    is_begun = await _move_heads(session, database, [silently_written(account_id, 0)])
    return is_begun or await head_in(session, database, account_id) == 0


async def move_revisions(database: MongoDatabase) -> None:
    """Move the revision of every account. Raises PyMongoError."""
    await database.collection(HEADS).update_many({"epoch": {"$exists": True}}, {"$inc": {"silent_writes": 1}})


def event_documents(
    account_id: AccountId,
    first_seq: int,
    events: Sequence[tuple[EventBody, datetime]],
    history: Mapping[int, Document] = MappingProxyType({}),
) -> list[Document]:
    """Return the documents of events with the numbers from `first_seq` on. `history` is by the number of the
    event that it is stored in."""
    last = first_seq + len(events) - 1
    assert all(first_seq <= seq <= last for seq in history), "a conversation changed, and no event tells of it"
    documents = [_event_document(account_id, first_seq + place, *event) for place, event in enumerate(events)]
    return [
        document | {HISTORY: history[document["seq"]]} if document["seq"] in history else document
        for document in documents
    ]


def logged_event(document: Mapping[str, Any]) -> LoggedEvent:
    """Return the event of a document. One that this build cannot read has the body `UnknownEvent`. Raises ValueError if
    it has no place in a log."""
    account, seq = document.get("account"), document.get("seq")
    if not isinstance(account, str) or not isinstance(seq, int):
        raise ValueError(f"The event {document.get('_id')} has no place in a log.")  # noqa: TRY004 - as the codec does
    try:
        at, topics, body = document["at"], tuple(document["topics"]), from_body(document["type"], document["body"])
        if not isinstance(at, datetime) or not all(isinstance(topic, str) for topic in topics):
            raise TypeError("its time or its topics are damaged")  # noqa: TRY301 - as what the codec raises
    except (KeyError, TypeError, ValueError) as error:
        stored = document.get("type")
        kind = stored if isinstance(stored, str) else ""
        _note_unreadable(account, seq, kind, error)
        at, topics, body = _NO_TIME, (), UnknownEvent(type=kind)
    return LoggedEvent(account_id=AccountId(account), seq=seq, at=at, topics=topics, body=body)


def _note_unreadable(account: str, seq: int, kind: str, error: Exception) -> None:
    """Log an event that is damaged; and once each kind that is unknown, as newer builds write during an upgrade."""
    if not kind or kind in BODY_CLASSES:
        reason = str(error) if isinstance(error, ValueError) else type(error).__name__
        _logger.warning("Event %d of account %s cannot be read, and is passed over: %s", seq, account, reason)
    elif kind not in _newer:
        _newer[kind] = True
        text = "Event %d of account %s is of a kind that this build does not know, as all of that kind: %.100s."
        _logger.warning(text, seq, account, kind)


class MongoEventLog:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._events = database.collection(EVENTS)
        self._heads = database.collection(HEADS)

    async def head(self, account_id: AccountId) -> Head:
        """An account without a log gets an empty one, so that a cursor from before its first event stays valid."""
        with driver_errors():
            document = await self._heads.find_one({"_id": account_id})
            if document is None:
                document = await self._heads.find_one_and_update(
                    {"_id": account_id},
                    {"$setOnInsert": {"seq": 0, **first_state()}},
                    upsert=True,
                    return_document=ReturnDocument.AFTER,
                )
                assert document is not None, "an upsert returns the document"
        return _head(document)

    async def heads(self, account_ids: Iterable[AccountId]) -> dict[AccountId, Head]:
        with driver_errors():
            found = await self._database.aggregate(HEADS, [{"$match": {"_id": {"$in": list(account_ids)}}}])
        return {AccountId(document["_id"]): _head(document) for document in found.rows}

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        query: dict[str, Any] = {"account": account_id, "seq": {"$gt": after, "$lte": upto}}
        if topics is not None:
            query["topics"] = {"$in": sorted(topics)}
        with driver_errors():
            found = self._events.find(query, projection=WITHOUT_HISTORY, sort=[("seq", ASCENDING)], limit=limit)
            documents = await found.to_list(None)
        return [logged_event(document) for document in documents]

    async def erase(self, account_id: AccountId, topic: str, *, limit: int) -> int:
        query = {"account": account_id, "topics": topic}
        tag, body = to_body(EventErased())
        with driver_errors():
            found = self._events.find(query, projection={"_id": True}, sort=[("seq", ASCENDING)], limit=limit)
            ids = [document["_id"] for document in await found.to_list(None)]
            if ids:
                erased = {"$set": {"topics": list(topics_of(EventErased())), "type": tag, "body": body}}
                await self._events.update_many({"_id": {"$in": ids}}, erased)
        return len(ids)

    async def accounts_with_events_before(self, instant: datetime) -> list[AccountId]:
        with driver_errors():
            return [AccountId(account) for account in await self._events.distinct("account", {"at": {"$lt": instant}})]

    async def trim(self, account_id: AccountId, older_than: datetime) -> int:
        """Delete events from the oldest up to the first that is not older than the instant. Returns their number.

        An event is as old as the commit where it has a row of the history: its command ran before.
        """
        head = await self.head(account_id)
        is_kept = [{"at": {"$gte": older_than}}, {f"{HISTORY}.replaced_at": {"$gt": older_than}}]
        with driver_errors():
            kept = await self._events.find_one(
                {"account": account_id, "seq": {"$gt": head.floor, "$lte": head.seq}, "$or": is_kept},
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
            step = {"$lte": min(floor, int(oldest["seq"]) + _TRIM_BATCH - 1)}
            deleted += (await self._events.delete_many({"account": account_id, "seq": step})).deleted_count
        return deleted


def first_state() -> Document:
    """Return the first state of a log's head."""
    return {"epoch": secrets.token_urlsafe(6), "floor": 0}


def _head(document: Mapping[str, Any]) -> Head:
    silent_writes = document.get("silent_writes", 0)
    return Head(seq=document["seq"], epoch=document["epoch"], floor=document["floor"], silent_writes=silent_writes)


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
