"""Implements `OutboxQueues` and `OutboxReader`: leases of outbox rows, rate limit and circuit breaker of queues.

`outgoing` holds the records `Outgoing`. Only this module changes their `lease`, `call` and `payload` while a row is
leased. All else belongs to the unit of work, which gets a write conflict from a change made here and is run again.

`outgoing_queues` has one document a queue:

    _id, account   name of the queue (`domain/model/outbox.py`), id of its account
    next_slot_at   when the rate limit has its next slot
    failures       failed calls in a row; five of them open the circuit breaker
    closed_until   until when the circuit breaker, or a `Retry-After` of the destination, admits no call
    is_probing     whether the one call is under way that tells if the destination works again
    opens_at, is_admitted, is_counted   intermediate values of the last update

Leases begin and end by the clock of the database (`$$NOW`), which all processes share, so that clock skew cannot give a
row two holders. When a row is due, and when a queue opens, goes by the clock of the process: an error there costs time,
and nothing else.
"""

from __future__ import annotations

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
from domain.values.retry import jittered
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities
from integrations.mongo.storage.pages import PageReader

OUTGOING = COLLECTIONS[Outgoing]
QUEUES = "outgoing_queues"

# A newer build delivers what it alone knows. Until then it waits, and what has to follow it waits behind it.
_KNOWN: Document = {"kind": {"$in": [kind.value for kind in OutgoingKind]}, "state": OutgoingState.PENDING.value}

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_FAILURES = 5  # in a row, before the circuit breaker opens
_CLOSED = (timedelta(seconds=15), timedelta(minutes=10))  # first and longest time that a queue stays closed
_JITTER = 0.2
_PROBING = timedelta(minutes=1)  # for the probing call; after it, another call may probe
_MAX_DOUBLINGS = 20  # keeps the power below from overflowing


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
            return [found["_id"] for found in await cursor.to_list() if _is_known(found["_id"])]

    async def claim(self, queue: str, token: str, timeouts: Timeouts, now: datetime) -> Outgoing | None:
        free = {"$expr": {"$lte": [{"$ifNull": ["$lease.until", _LONG_AGO]}, "$$NOW"]}}
        # If a holder before has begun a call, the new one must first wait until that call has timed out.
        wait = {"$cond": [{"$ifNull": ["$call", False]}, _milliseconds(timeouts.call), 0]}
        until = {"$add": ["$$NOW", _milliseconds(timeouts.lease), wait]}
        while True:
            with driver_errors():
                found = await self._rows.find_one_and_update(
                    {"queue": queue, "due_at": _due(now), **_KNOWN, **free},
                    [{"$set": {"lease": {"token": token, "until": until}}}],
                    sort=[("due_at", 1)],  # the order of the index, so that the first document matches
                    return_document=ReturnDocument.AFTER,
                )
            if found is None:
                return None
            for row in entities(Outgoing, [found]):
                return row
            # It cannot be read, and keeps its lease, so that it is passed over until that ends.

    async def begin(self, row: Outgoing, *, payload: str, now: datetime) -> Outgoing | None:
        assert row.lease is not None, "a row must be claimed before it is begun"
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

    async def admit(self, queue: str, rate_limit: RateLimit, now: datetime) -> RateLimitDecision:
        """Slots are `interval` apart, and up to `burst` unused ones may be taken late (GCRA).

        An instant further ahead than any process can have put it comes from a skewed clock, and is ignored.
        """
        interval = _milliseconds(rate_limit.interval)
        failures: Document = {"$ifNull": ["$failures", 0]}
        slot = {
            "$max": [
                _plausible("$next_slot_at", now + rate_limit.interval),
                now - rate_limit.interval * rate_limit.burst,
            ]
        }
        pipeline: list[Document] = [
            {"$set": {"next_slot_at": slot}},
            {"$set": {"opens_at": {"$max": ["$next_slot_at", _plausible("$closed_until", now + MAX_DELAY)]}}},
            {"$set": {"is_admitted": {"$lte": ["$opens_at", now]}}},
            {"$set": {"is_probing": {"$cond": ["$is_admitted", {"$gte": [failures, _MAX_FAILURES]}, "$is_probing"]}}},
            {
                "$set": {
                    "account": parse_queue_name(queue)[0],
                    "next_slot_at": {"$cond": ["$is_admitted", {"$add": ["$next_slot_at", interval]}, "$next_slot_at"]},
                    "closed_until": {
                        "$cond": [{"$and": ["$is_admitted", "$is_probing"]}, now + _PROBING, "$closed_until"]
                    },
                }
            },
        ]
        found = await self._change(queue, pipeline)
        return RateLimitDecision(
            opens_at=None if found["is_admitted"] else found["opens_at"], failing=bool(found.get("failures"))
        )

    async def mark_failed(self, queue: str, now: datetime, until: datetime | None) -> None:
        if until is not None:  # the destination responds, and says when to come back: that is no failure
            await self._change(queue, [{"$set": {"closed_until": {"$max": [until, "$closed_until"]}}}])
            return
        first, longest = (round(jittered(_milliseconds(span), _JITTER)) for span in _CLOSED)
        # Calls that were already under way when the queue was closed do not count.
        is_counted = {"$or": ["$is_probing", {"$lte": [{"$ifNull": ["$closed_until", _LONG_AGO]}, now]}]}
        excess = {"$subtract": ["$failures", _MAX_FAILURES]}
        span = {"$min": [longest, {"$multiply": [first, {"$pow": [2, {"$min": [excess, _MAX_DOUBLINGS]}]}]}]}
        closed = {"$cond": [{"$and": ["$is_counted", {"$gte": [excess, 0]}]}, {"$add": [now, span]}, "$closed_until"]}
        await self._change(
            queue,
            [
                {"$set": {"is_counted": is_counted}},
                {"$set": {"failures": {"$add": [{"$ifNull": ["$failures", 0]}, {"$toInt": "$is_counted"}]}}},
                {"$set": {"closed_until": closed, "is_probing": False}},
            ],
        )

    async def mark_succeeded(self, queue: str, now: datetime) -> None:
        await self._change(
            queue, [{"$set": {"failures": 0, "closed_until": None, "is_probing": False, "next_slot_at": now}}]
        )

    async def _change(self, queue: str, pipeline: list[Document]) -> Document:
        """Update a queue's document, or create it. If two create it at once, one fails on the id and tries again."""
        with driver_errors():
            for _ in range(3):
                try:
                    found = await self._queues.find_one_and_update(
                        {"_id": queue}, pipeline, upsert=True, return_document=ReturnDocument.AFTER
                    )
                except DuplicateKeyError:
                    continue
                assert found is not None, "an upsert returns the document"
                return found
        raise AssertionError("the document of a queue both exists and does not")


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
            rows = entities(Outgoing, await cursor.to_list())
        return {row.ticket_id: row for row in rows if row.ticket_id is not None}

    async def thread(self, account_id: AccountId, ordering_key: str, before: str) -> tuple[str, ...]:
        query = {"ordering_key": ordering_key, "_id": {"$lt": before}, "external_id": {"$exists": True}}
        with driver_errors():
            cursor = self._collection.find(scoped(account_id, query), projection=["external_id"], sort=[("_id", 1)])
            return tuple(document["external_id"] for document in await cursor.to_list())

    @property
    def _collection(self) -> Any:
        return self._database.collection(OUTGOING)


def _is_known(queue: object) -> bool:
    """Return whether this build knows the destination of a queue."""
    try:
        return isinstance(queue, str) and bool(parse_queue_name(queue))
    except ValueError:
        return False


def _due(now: datetime) -> Document:
    """Return the filter of due instants. One further ahead than any retry comes from a skewed clock, and is due."""
    return {"$not": {"$gt": now, "$lte": now + 2 * MAX_DELAY}}


def _plausible(field: str, furthest: datetime) -> Document:
    """Return an expression of an instant: long ago if it is missing, or too far ahead to be from a correct clock."""
    instant = {"$ifNull": [field, _LONG_AGO]}
    return {"$cond": [{"$gt": [instant, furthest]}, _LONG_AGO, instant]}


def _of(states: Iterable[OutgoingState]) -> dict[str, Any]:
    return {"state": {"$in": [state.value for state in states]}}


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
