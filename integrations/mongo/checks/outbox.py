"""Checks of the outbox: rows that no queue holds, tickets without a row, ordering keys that are blocked.

Traffic goes on meanwhile: what looks wrong is looked at again in a snapshot before it is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.doctor import Check, Finding, Severity
from domain.model.handoff import DeliveryState, Helpdesk
from domain.model.outbox import OutgoingKind, OutgoingState
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import scoped
from integrations.mongo.delivery.outbox_queues import OUTGOING
from integrations.mongo.driver import Document, Session

_LATE = timedelta(minutes=30)  # a queue that is closed is tried again before that, and one with a pace moves
_MOST = 20  # findings of one kind
_PENDING, _FAILED = OutgoingState.PENDING.value, OutgoingState.FAILED.value
_EXPECTED = {  # of a ticket, by the state of its row
    OutgoingState.PENDING.value: {DeliveryState.PENDING.value, DeliveryState.RETRYING.value},
    OutgoingState.DELIVERED.value: {DeliveryState.DELIVERED.value},
    OutgoingState.FAILED.value: {DeliveryState.FAILED.value},
    OutgoingState.CANCELLED.value: {DeliveryState.NOT_NEEDED.value},
}


class OutboxExamination:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, where: str) -> None:
        self._database = database
        self._account_id = account_id
        self._where = where

    async def findings(self, now: datetime) -> list[Finding]:
        found = [*await self._overdue(now), *await self._dead_letters()]
        for stalled in await self._standing(None, None):
            found += [_standing(self._where, row) for row in await self._again(stalled["_id"], None)]
        for ticket in await self._untold(None, None):
            found += [_untold(self._where, row) for row in await self._again(None, ticket["_id"])]
        return found

    async def _overdue(self, now: datetime) -> list[Finding]:
        query = {"queue": {"$exists": True}, "due_at": {"$lt": now - _LATE}}
        rows = self._database.collection(OUTGOING)
        count = await rows.count_documents(scoped(self._account_id, query))
        if not count:
            return []
        oldest = await rows.find_one(scoped(self._account_id, query), sort=[("due_at", 1)])
        since = f", the oldest since {oldest['due_at']:%Y-%m-%d %H:%M} UTC" if oldest else ""
        advice = "Run a worker: `baton worker`, or `baton serve`. If one runs, `baton outbox list` says what fails."
        return [_finding(Severity.WARNING, self._where, f"{count} that are to leave are overdue{since}", advice)]

    async def _dead_letters(self) -> list[Finding]:
        query = scoped(self._account_id, {"state": _FAILED})
        count = await self._database.collection(OUTGOING).count_documents(query)
        advice = "`baton outbox list` says why; put it right, and `baton outbox retry --failed`."
        problem = f"{count} could not be delivered, and nobody tries again"
        return [_finding(Severity.WARNING, self._where, problem, advice)] if count else []

    async def _again(self, ordering_key: str | None, conversation_id: str | None) -> list[Document]:
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                if ordering_key is not None:
                    return await self._standing(ordering_key, session)
                return await self._untold(conversation_id, session)
            finally:
                await session.abort_transaction()

    async def _standing(self, ordering_key: str | None, session: Session | None) -> list[Document]:
        """Lanes in which something waits, and the first of it stands in no queue, or more than one does."""
        holds = {"$or": [{"state": _PENDING}, {"state": _FAILED, "kind": OutgoingKind.TICKET.value}]}
        pipeline: list[Document] = [
            {"$match": scoped(self._account_id, {**holds, **({"ordering_key": ordering_key} if ordering_key else {})})},
            {
                "$group": {
                    "_id": "$ordering_key",
                    "queued": {"$sum": {"$cond": [{"$ifNull": ["$queue", False]}, 1, 0]}},
                    "failed": {"$sum": {"$cond": [{"$eq": ["$state", _FAILED]}, 1, 0]}},
                }
            },
            {"$match": {"$expr": {"$ne": ["$queued", {"$cond": ["$failed", 0, 1]}]}}},
            {"$limit": _MOST},
        ]
        return await self._aggregate(OUTGOING, pipeline, session)

    async def _untold(self, conversation_id: str | None, session: Session | None) -> list[Document]:
        """Tickets of helpdesks outside that do not say what their row says, or have none."""
        query: Document = {"ticket.helpdesk": {"$in": [h.value for h in Helpdesk if h is not Helpdesk.INBOX]}}
        if conversation_id is not None:
            query["_id"] = conversation_id
        row = {"$arrayElemAt": ["$rows", 0]}
        agrees = [
            {"$and": [{"$eq": ["$row.state", state]}, {"$in": ["$ticket.delivery", sorted(deliveries)]}]}
            for state, deliveries in _EXPECTED.items()
        ]
        pipeline: list[Document] = [
            {"$match": scoped(self._account_id, query)},
            {"$project": {"ticket": 1}},
            {
                "$lookup": {
                    "from": OUTGOING,
                    "localField": "ticket.id",
                    "foreignField": "ticket_id",
                    "pipeline": [
                        {"$match": scoped(self._account_id, {"kind": OutgoingKind.TICKET.value})},
                        {"$project": {"state": 1}},
                    ],
                    "as": "rows",
                }
            },
            {"$set": {"row": row}},
            {"$match": {"$expr": {"$not": [{"$or": agrees}]}}},
            {"$limit": _MOST},
        ]
        return await self._aggregate("conversations", pipeline, session)

    async def _aggregate(self, name: str, pipeline: Sequence[Document], session: Session | None) -> list[Document]:
        cursor: Any = await self._database.collection(name).aggregate(pipeline, session=session, allowDiskUse=True)
        found: list[Document] = await cursor.to_list(None)
        return found


def _standing(where: str, key: Document) -> Finding:
    problem = f"ordering key {key['_id']} is blocked: {key['queued']} of its rows are in a queue"
    advice = "Set `queue` of its first row, as its neighbours have it, and unset it on the others."
    return _finding(Severity.ERROR, where, problem, advice)


def _untold(where: str, conversation: Document) -> Finding:
    ticket, row = conversation["ticket"], conversation.get("row")
    stands = f"its row is {row['state']}" if row else "there is no row that brings it there"
    problem = f"ticket {ticket['id']} is {ticket['delivery']}, and {stands}"
    return _finding(Severity.ERROR, where, problem, "Restore conversations and outgoing of one moment.")


def _finding(severity: Severity, where: str, problem: str, advice: str) -> Finding:
    return Finding(severity=severity, check=Check.OUTBOX, where=where, problem=problem, advice=advice)
