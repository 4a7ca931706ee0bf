"""Checks of the outbox: rows that no queue holds, tickets without a row, ordering keys that are blocked.

It runs beside traffic: what looks wrong is examined again in a snapshot before it is reported.
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

_LATE = timedelta(minutes=30)  # a closed queue is probed earlier, and a rate-limited one advances
_MAX_FINDINGS = 20  # of one kind
_PENDING, _FAILED = OutgoingState.PENDING.value, OutgoingState.FAILED.value
_EXPECTED = {  # `delivery` of a ticket, by the state of its row
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
        for blocked in await self._blocked_keys(None, None):
            found += [_blocked_key(self._where, row) for row in await self._confirmed(blocked["_id"], None)]
        for ticket in await self._inconsistent_tickets(None, None):
            found += [_inconsistent_ticket(self._where, row) for row in await self._confirmed(None, ticket["_id"])]
        return found

    async def _overdue(self, now: datetime) -> list[Finding]:
        query = {"queue": {"$exists": True}, "due_at": {"$lt": now - _LATE}}
        rows = self._database.collection(OUTGOING)
        count = await rows.count_documents(scoped(self._account_id, query))
        if not count:
            return []
        oldest = await rows.find_one(scoped(self._account_id, query), sort=[("due_at", 1)])
        since = f", the oldest since {oldest['due_at']:%Y-%m-%d %H:%M} UTC" if oldest else ""
        advice = "Run a worker: `baton worker`, or `baton serve`. If one runs, `baton outbox list` shows what fails."
        return [_finding(Severity.WARNING, self._where, f"{count} rows are overdue{since}", advice)]

    async def _dead_letters(self) -> list[Finding]:
        query = scoped(self._account_id, {"state": _FAILED})
        count = await self._database.collection(OUTGOING).count_documents(query)
        advice = "`baton outbox list` shows why. Fix the cause, and run `baton outbox retry --failed`."
        problem = f"{count} rows could not be delivered, and are not retried"
        return [_finding(Severity.WARNING, self._where, problem, advice)] if count else []

    async def _confirmed(self, ordering_key: str | None, conversation_id: str | None) -> list[Document]:
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                if ordering_key is not None:
                    return await self._blocked_keys(ordering_key, session)
                return await self._inconsistent_tickets(conversation_id, session)
            finally:
                await session.abort_transaction()

    async def _blocked_keys(self, ordering_key: str | None, session: Session | None) -> list[Document]:
        """Return ordering keys with pending rows of which not exactly one, the first, is in a queue."""
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
            {"$limit": _MAX_FINDINGS},
        ]
        return await self._aggregate(OUTGOING, pipeline, session)

    async def _inconsistent_tickets(self, conversation_id: str | None, session: Session | None) -> list[Document]:
        """Return external tickets whose `delivery` differs from the state of their row, or that have none."""
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
            {"$limit": _MAX_FINDINGS},
        ]
        return await self._aggregate("conversations", pipeline, session)

    async def _aggregate(self, name: str, pipeline: Sequence[Document], session: Session | None) -> list[Document]:
        cursor: Any = await self._database.collection(name).aggregate(pipeline, session=session, allowDiskUse=True)
        found: list[Document] = await cursor.to_list(None)
        return found


def _blocked_key(where: str, key: Document) -> Finding:
    problem = f"ordering key {key['_id']} is blocked: {key['queued']} of its rows are in a queue"
    advice = "Set `queue` of its first row, and unset it on the others."
    return _finding(Severity.ERROR, where, problem, advice)


def _inconsistent_ticket(where: str, conversation: Document) -> Finding:
    ticket, row = conversation["ticket"], conversation.get("row")
    state = f"its row is {row['state']}" if row else "it has no row"
    problem = f"ticket {ticket['id']} is {ticket['delivery']}, but {state}"
    return _finding(Severity.ERROR, where, problem, "Restore `conversations` and `outgoing` from the same backup.")


def _finding(severity: Severity, where: str, problem: str, advice: str) -> Finding:
    return Finding(severity=severity, check=Check.OUTBOX, where=where, problem=problem, advice=advice)
