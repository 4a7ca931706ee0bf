"""The queues of what leaves Baton: claims with leases, the pace of each, and what is known of its trouble.

A lease ends by the database's own clock (`$$NOW`), at which all who work look, so that no clock of theirs can make two
of them work on one row. When a row is due, and a queue's pace, go by the program's clock: to be wrong there costs time
and nothing else.

Rows are changed here alone in what their holder owns, lease, call and payload. Everything else of a row is the unit of
work's, which meets a change from here in a write conflict and is run again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState, parse_queue_name
from domain.outbox.ports import RateLimit, RateLimitDecision, Timeouts
from domain.outbox.retry import MAX_DELAY
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.storage.pages import PageReader

OUTGOING = "outgoing"
QUEUES = "outgoing_queues"

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_FAILURES = 5  # one after another, and a queue is closed
_CLOSED = (timedelta(seconds=15), timedelta(minutes=10))  # at first, and at most
_PROBING = timedelta(minutes=1)  # how long the one that finds out may take; then another one tries


class MongoOutboxQueues:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._rows = database.collection(OUTGOING)
        self._queues = database.collection(QUEUES)

    async def waiting(self, now: datetime) -> Sequence[str]:
        pipeline: list[Document] = [
            {"$match": {"queue": {"$gt": ""}, "due_at": _due(now)}},
            {"$group": {"_id": "$queue", "due_at": {"$min": "$due_at"}}},
            {"$sort": {"due_at": 1}},
        ]
        with driver_errors():
            cursor = await self._rows.aggregate(pipeline)
            return [found["_id"] for found in await cursor.to_list()]

    async def claim(self, queue: str, token: str, patience: Timeouts, now: datetime) -> Outgoing | None:
        free = {"$expr": {"$lte": [{"$ifNull": ["$lease.until", _LONG_AGO]}, "$$NOW"]}}
        # Where somebody began already, the holder waits for that call first, until it must be over.
        wait = {"$cond": [{"$ifNull": ["$call", False]}, _milliseconds(patience.call), 0]}
        until = {"$add": ["$$NOW", _milliseconds(patience.lease), wait]}
        with driver_errors():
            found = await self._rows.find_one_and_update(
                {"queue": queue, "due_at": _due(now), **free},
                [{"$set": {"lease": {"token": token, "until": until}}}],
                sort=[("due_at", 1)],  # as the index has them: the first one fits, however many wait
                return_document=ReturnDocument.AFTER,
            )
        return None if found is None else entity_of(Outgoing, found)

    async def begin(self, row: Outgoing, *, payload: str, now: datetime) -> Outgoing | None:
        assert row.lease is not None, "only what is claimed is begun"
        begun: Document = {"payload": payload, "call": {"token": row.lease.token, "at": now}}
        begun |= {name: now for name in ("frozen_at", "trying_since") if getattr(row, name) is None}
        with driver_errors():
            found = await self._rows.find_one_and_update(
                {
                    "_id": row.id,
                    "state": OutgoingState.PENDING.value,
                    "lease.token": row.lease.token,
                    "call": {"$exists": False},
                    "$expr": {"$gt": ["$lease.until", "$$NOW"]},
                },
                {"$set": begun},
                return_document=ReturnDocument.AFTER,
            )
        return None if found is None else entity_of(Outgoing, found)

    async def release(self, row: Outgoing) -> None:
        if row.lease is not None:
            with driver_errors():
                await self._rows.update_one({"_id": row.id, "lease.token": row.lease.token}, {"$unset": {"lease": ""}})

    async def admit(self, queue: str, pace: RateLimit, now: datetime) -> RateLimitDecision:
        """Places are `interval` apart, and up to `burst` of them may be taken belatedly (GCRA); `free_at` is when the
        next one is. What is further ahead than a clock that is right can have put it is forgotten."""
        taken = _milliseconds(pace.interval)
        failures: Document = {"$ifNull": ["$failures", 0]}
        place = {"$max": [_believed("$free_at", now + pace.interval), now - pace.interval * pace.burst]}
        pipeline: list[Document] = [
            {"$set": {"free_at": place}},
            {"$set": {"opens_at": {"$max": ["$free_at", _believed("$closed_until", now + MAX_DELAY)]}}},
            {"$set": {"admitted": {"$lte": ["$opens_at", now]}}},
            {"$set": {"probes": {"$cond": ["$admitted", {"$gte": [failures, _FAILURES]}, "$probes"]}}},
            {
                "$set": {
                    "account": parse_queue_name(queue)[0],
                    "free_at": {"$cond": ["$admitted", {"$add": ["$free_at", taken]}, "$free_at"]},
                    "closed_until": {"$cond": [{"$and": ["$admitted", "$probes"]}, now + _PROBING, "$closed_until"]},
                }
            },
        ]
        found = await self._change(queue, pipeline)
        return RateLimitDecision(
            opens_at=None if found["admitted"] else found["opens_at"], failing=bool(found.get("failures"))
        )

    async def mark_failed(self, queue: str, now: datetime, until: datetime | None) -> None:
        if until is not None:  # it answers, and says when: no reason to doubt it
            await self._change(queue, [{"$set": {"closed_until": {"$max": [until, "$closed_until"]}}}])
            return
        least, most = (_milliseconds(span * random.uniform(0.8, 1.2)) for span in _CLOSED)  # noqa: S311 - no secret
        # Those that were under way already when it was closed say nothing new.
        counts = {"$or": ["$probes", {"$lte": [{"$ifNull": ["$closed_until", _LONG_AGO]}, now]}]}
        beyond = {"$subtract": ["$failures", _FAILURES]}
        span = {"$min": [most, {"$multiply": [least, {"$pow": [2, {"$min": [beyond, 20]}]}]}]}
        closed = {"$cond": [{"$and": ["$counts", {"$gte": [beyond, 0]}]}, {"$add": [now, span]}, "$closed_until"]}
        await self._change(
            queue,
            [
                {"$set": {"counts": counts}},
                {"$set": {"failures": {"$add": [{"$ifNull": ["$failures", 0]}, {"$toInt": "$counts"}]}}},
                {"$set": {"closed_until": closed, "probes": False}},
            ],
        )

    async def mark_succeeded(self, queue: str, now: datetime) -> None:
        await self._change(queue, [{"$set": {"failures": 0, "closed_until": None, "probes": False, "free_at": now}}])

    async def _change(self, queue: str, pipeline: list[Document]) -> Document:
        """Two that make a queue at once meet in its id; the second then finds it."""
        with driver_errors():
            for _ in range(3):
                try:
                    found = await self._queues.find_one_and_update(
                        {"_id": queue}, pipeline, upsert=True, return_document=ReturnDocument.AFTER
                    )
                except DuplicateKeyError:
                    continue
                assert found is not None, "it is made where it is not there"
                return found
        raise AssertionError("a queue is there and is not there")


class MongoOutboxReader:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def page(self, account_id: AccountId, states: Iterable[OutgoingState], page: Slice) -> Page[Outgoing]:
        pages = PageReader(database=self._database, account_id=account_id)
        return await pages.page(Outgoing, _of(states), ("created_at", "_id"), True, page)

    async def count(self, account_id: AccountId, states: Iterable[OutgoingState]) -> int:
        with driver_errors():
            count: int = await self._collection.count_documents(scoped(account_id, _of(states)))
        return count

    async def of_tickets(self, account_id: AccountId, ticket_ids: Iterable[str]) -> dict[str, Outgoing]:
        query = {"ticket_id": {"$in": list(ticket_ids)}, "kind": OutgoingKind.TICKET.value}
        with driver_errors():
            cursor = self._collection.find(scoped(account_id, query), projection={"payload": False})
            rows = [entity_of(Outgoing, document) for document in await cursor.to_list()]
        return {row.ticket_id: row for row in rows if row.ticket_id is not None}

    async def thread(self, account_id: AccountId, ordering_key: str, before: str) -> tuple[str, ...]:
        query = {"ordering_key": ordering_key, "_id": {"$lt": before}, "external_id": {"$exists": True}}
        with driver_errors():
            cursor = self._collection.find(scoped(account_id, query), projection=["external_id"], sort=[("_id", 1)])
            return tuple(document["external_id"] for document in await cursor.to_list())

    @property
    def _collection(self) -> Any:
        return self._database.collection(OUTGOING)


def _due(now: datetime) -> Document:
    """By now; or further ahead than anything is ever put off: a clock was wrong then, and it does not wait for that."""
    return {"$not": {"$gt": now, "$lte": now + 2 * MAX_DELAY}}


def _believed(field: str, furthest: datetime) -> Document:
    """An instant, or long ago where there is none, or none that a clock that is right can have put there."""
    instant = {"$ifNull": [field, _LONG_AGO]}
    return {"$cond": [{"$gt": [instant, furthest]}, _LONG_AGO, instant]}


def _of(states: Iterable[OutgoingState]) -> dict[str, Any]:
    return {"state": {"$in": [state.value for state in states]}}


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
