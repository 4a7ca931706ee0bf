"""Implements `Backlogs`: each figure is one aggregation over an index that holds only what waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.backlog import Backlog, ForwardingBacklog, OutboxBacklog, TicketBacklog
from domain.events import BusinessEvent
from domain.forwarding.model import ReceiverKind
from domain.model.conversation import Conversation
from domain.model.handoff import DeliveryState, Helpdesk
from domain.model.outbox import Destination
from domain.storage import Timer
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.delivery.forwarding import FORWARDINGS
from integrations.mongo.delivery.outbox_queues import OUTGOING
from integrations.mongo.driver import Document

_WAITING = {"account": 1, "ticket.waiting_since": 1, "_id": 1}  # the index of the tickets that wait
_OF_INBOX = [{"ticket.helpdesk": Helpdesk.INBOX.value}, {"ticket.delivery": DeliveryState.FAILED.value}]


class MongoBacklogs:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def read(self, now: datetime) -> Backlog:
        with driver_errors():  # one after the other: each takes a connection from those of commits and credentials
            return Backlog(
                outbox=await self._outbox(now),
                forwarding=await self._forwarding(now),
                tickets=await self._tickets(now),
                timers_late=await self._timers_late(now),
            )

    async def _outbox(self, now: datetime) -> Mapping[Destination, OutboxBacklog]:
        destination = {"$arrayElemAt": [{"$split": ["$queue", ":"]}, 1]}  # of `account:destination`
        pipeline: list[Document] = [
            {"$match": {"queue": {"$gt": ""}}},
            {"$group": {"_id": destination, "waiting": {"$sum": 1}, "since": {"$min": "$created_at"}}},
        ]
        found = await self._aggregate(OUTGOING, pipeline)
        return {
            Destination.stored(row["_id"]): OutboxBacklog(waiting=row["waiting"], oldest=_seconds(row["since"], now))
            for row in found
        }

    async def _forwarding(self, now: datetime) -> Mapping[ReceiverKind, ForwardingBacklog]:
        missing: list[Document] = [
            {"$match": {"$expr": {"$and": [{"$eq": ["$account", "$$account"]}, {"$gt": ["$seq", "$$position"]}]}}},
            {"$sort": {"account": 1, "seq": 1}},
            {"$limit": 1},
            {"$project": {"at": 1}},
        ]
        pipeline: list[Document] = [
            {"$match": {"due_at": {"$ne": None}}},
            {
                "$lookup": {
                    "from": COLLECTIONS[BusinessEvent],
                    "let": {"account": "$account", "position": "$position"},
                    "pipeline": missing,
                    "as": "missing",
                }
            },
            {
                "$group": {
                    "_id": "$kind",
                    "since": {"$min": {"$arrayElemAt": ["$missing.at", 0]}},
                    "failing": {"$sum": {"$cond": [{"$gt": ["$failures", 0]}, 1, 0]}},
                }
            },
        ]
        found = await self._aggregate(FORWARDINGS, pipeline)
        return {
            ReceiverKind.stored(row["_id"]): ForwardingBacklog(lag=_seconds(row["since"], now), failing=row["failing"])
            for row in found
        }

    async def _tickets(self, now: datetime) -> TicketBacklog:
        stranded = {"$cond": [{"$ifNull": ["$ticket.stranded_at", False]}, 1, 0]}
        pipeline: list[Document] = [
            {"$match": {"ticket.waiting_since": {"$exists": True}, "$or": _OF_INBOX}},
            {
                "$group": {
                    "_id": None,
                    "waiting": {"$sum": 1},
                    "since": {"$min": "$ticket.waiting_since"},
                    "stranded": {"$sum": stranded},
                }
            },
        ]
        found = await self._aggregate(COLLECTIONS[Conversation], pipeline, hint=_WAITING)
        if not found:
            return TicketBacklog()
        [row] = found
        oldest = _seconds(row["since"], now)
        return TicketBacklog(waiting=row["waiting"], oldest=oldest, stranded=row["stranded"])

    async def _timers_late(self, now: datetime) -> float:
        timers = self._database.collection(COLLECTIONS[Timer])
        first = await timers.find_one({"due_at": {"$lte": now}}, projection=["due_at"], sort=[("due_at", 1)])
        return 0.0 if first is None else _seconds(first["due_at"], now)

    async def _aggregate(self, collection: str, pipeline: list[Document], **options: Any) -> list[Document]:
        cursor: Any = await self._database.collection(collection).aggregate(pipeline, **options)
        rows: list[Document] = await cursor.to_list(None)
        return rows


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
