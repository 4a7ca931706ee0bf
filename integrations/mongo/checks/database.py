"""Implements `Doctor`: examines the server, the indexes, and each account's log, conversations, profiles and timers.

Documents are read as they are, not through the domain's types, so that damaged ones can be reported. It runs beside
traffic: what looks wrong is examined again in a snapshot before it is reported (`conversations.py`). At most one page
of documents is in memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import UTC, timedelta
from typing import TypeVar

import pymongo

from domain.doctor import Check, Finding, Progress, Severity
from domain.values.clock import Clock
from domain.values.ids import AccountId
from integrations.mongo.checks.audit_log import AuditLogExamination
from integrations.mongo.checks.conversations import ConversationExamination
from integrations.mongo.checks.damage import all_in_spite_of_damage, in_spite_of_damage
from integrations.mongo.checks.forwarding import ForwardingExamination
from integrations.mongo.checks.outbox import OutboxExamination
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS, HEADS, move_revisions
from integrations.mongo.indexes import INDEXES

T = TypeVar("T")

_OLDEST_VERSION = (6, 0)  # of MongoDB; the tests run on it
_MAX_CLOCK_DIFFERENCE = timedelta(seconds=2)  # beyond it, users would see messages from the future
_LATE = timedelta(minutes=1)  # for a timer; a worker fires them every second
_TIMEOUT = 600.0  # seconds for a query: an account can have millions of events
_MAX_FINDINGS = 20  # of one kind and account: more of them say nothing new


class MongoDoctor:
    def __init__(self, *, database: MongoDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def note_repairs(self) -> None:
        await _with_timeout(move_revisions(self._database))

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        progress("MongoDB")
        for finding in [*await _with_timeout(self._server()), *await _with_timeout(self._indexes())]:
            yield finding
        for account in await _with_timeout(self._accounts()):
            account_id, where = AccountId(account["_id"]), f"account {account.get('name')} ({account['_id']})"
            progress(f"{where}: events")
            for finding in await _checked(self._log(account_id, where), Check.LOG, where):
                yield finding
            examined = self._conversations(account_id, where, progress)
            async for finding in in_spite_of_damage(examined, Check.NUMBERING, where):
                yield finding
            for finding in await self._deliveries_and_audit(account_id, where):
                yield finding
            progress(f"{where}: profiles and timers")
            for finding in [
                *await _checked(self._identities(account_id, where), Check.PROFILE, where),
                *await _checked(self._timers(account_id, where), Check.WORKER, where),
            ]:
                yield finding

    async def _conversations(self, account_id: AccountId, where: str, progress: Progress) -> AsyncIterator[Finding]:
        conversations = ConversationExamination(database=self._database, account_id=account_id, where=where)
        seen = 0
        while page := await _with_timeout(conversations.next_page()):
            for finding in await _with_timeout(conversations.examine(page)):
                yield finding
            seen += len(page.conversations)
            progress(f"{where}: {seen} conversations")

    async def _deliveries_and_audit(self, account_id: AccountId, where: str) -> list[Finding]:
        database, clock = self._database, self._clock
        forwarding = ForwardingExamination(database=database, clock=clock, account_id=account_id, where=where)
        audit_log = AuditLogExamination(database=database, account_id=account_id, where=where)
        outbox = OutboxExamination(database=database, account_id=account_id, where=where)
        return [
            *await _checked(forwarding.examine(), Check.FORWARDING, where),
            *await _checked(audit_log.examine(), Check.AUDIT, where),
            *await _checked(outbox.findings(clock.now()), Check.OUTBOX, where),
        ]

    async def _accounts(self) -> list[Document]:
        cursor = self._database.collection("accounts").find({}, sort=[("_id", 1)], projection={"name": True})
        return await cursor.to_list(None)

    async def _server(self) -> list[Finding]:
        before = self._clock.now()
        hello = await self._database.command({"hello": 1})
        after = self._clock.now()
        version = tuple((await self._database.command({"buildInfo": 1}))["versionArray"][:2])
        found = []
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            problem = "it is not a replica set"
            advice = "Start it with --replSet and initiate it: transactions and live updates need one."
            found.append(_error(Check.DATABASE, "MongoDB", problem, advice))
        if version < _OLDEST_VERSION:
            advice = f"Upgrade it to {_dotted(_OLDEST_VERSION)} or newer."
            found.append(_error(Check.DATABASE, "MongoDB", f"it is version {_dotted(version)}", advice))
        theirs = hello["localTime"].replace(tzinfo=UTC)
        difference = max(before - theirs, theirs - after)
        if difference > _MAX_CLOCK_DIFFERENCE:
            problem = f"they differ by {difference.total_seconds():.1f} s"
            advice = "Synchronize both with NTP: messages are dated by the one, tokens expire by the other."
            found.append(_warning(Check.CLOCK, "the clocks of this machine and MongoDB's", problem, advice))
        return found

    async def _indexes(self) -> list[Finding]:
        found = []
        for name, models in INDEXES.items():
            present = await self._database.collection(name).index_information()
            for wanted in (model.document for model in models):
                index = present.get(wanted["name"])
                if index is None or bool(index.get("unique")) != bool(wanted.get("unique")):
                    problem = f"index {wanted['name']} {'does not exist' if index is None else 'is not unique'}"
                    advice = "Drop it if it exists, and restart the server, which creates missing indexes."
                    found.append(_error(Check.INDEXES, f"collection {name}", problem, advice))
        return found

    async def _log(self, account_id: AccountId, where: str) -> list[Finding]:
        """Count the events; look for gaps only where the count is wrong."""
        events = self._database.collection(EVENTS)
        seq, floor = await self._head(account_id)
        found = []
        span = {"account": account_id, "seq": {"$gt": floor, "$lte": seq}}
        if await events.count_documents(span) != seq - floor:
            found += [_gap(where, *hole) for hole in await self._holes(account_id, floor, seq)]
        now, _ = await self._head(account_id)
        beyond = await events.find_one({"account": account_id, "seq": {"$gt": now}}, sort=[("seq", -1)])
        latest, _ = await self._head(account_id)  # a batch may have been committed between the two reads
        if beyond is not None and beyond["seq"] > latest:
            problem = f"event {beyond['seq']} lies beyond the head, {latest}"
            advice = "The log was restored in part. Restore `events` and `account_state` from the same backup."
            found.append(_error(Check.LOG, where, problem, advice))
        return found

    async def _head(self, account_id: AccountId) -> tuple[int, int]:
        head = await self._database.collection(HEADS).find_one({"_id": account_id})
        return (0, 0) if head is None else (int(head["seq"]), int(head["floor"]))

    async def _holes(self, account_id: AccountId, floor: int, upto: int) -> list[tuple[int, int]]:
        """Return the (first, last) of each gap; last < first stands for a duplicate number."""
        query = {"account": account_id, "seq": {"$gt": floor, "$lte": upto}}
        cursor = self._database.collection(EVENTS).find(
            query, projection={"_id": False, "seq": True}, sort=[("seq", 1)]
        )
        holes, expected = [], floor + 1
        async for event in cursor:
            if event["seq"] != expected:
                holes.append((expected, event["seq"] - 1))
                if len(holes) == _MAX_FINDINGS:
                    return holes
            expected = event["seq"] + 1
        if expected <= upto:
            holes.append((expected, upto))
        _, floor = await self._head(account_id)  # events may have been trimmed meanwhile
        return [(max(first, floor + 1), last) for first, last in holes if last > floor]

    async def _identities(self, account_id: AccountId, where: str) -> list[Finding]:
        pipeline: list[Document] = [
            {"$match": {"account": account_id, "keys": {"$exists": True}}},
            {"$unwind": "$keys"},
            {"$group": {"_id": "$keys", "profiles": {"$push": "$_id"}}},
            {"$match": {"profiles.1": {"$exists": True}}},
            {"$limit": _MAX_FINDINGS},
        ]
        cursor = await self._database.collection("profiles").aggregate(pipeline, allowDiskUse=True)
        advice = "Remove it from all but the oldest, then restart the server, which creates the unique index."
        return [
            _error(
                Check.PROFILE,
                where,
                f"several profiles have the same identity: {', '.join(shared['profiles'])}",
                advice,
            )
            for shared in await cursor.to_list(None)
        ]

    async def _timers(self, account_id: AccountId, where: str) -> list[Finding]:
        overdue = {"account": account_id, "due_at": {"$lt": self._clock.now() - _LATE}}
        timers = self._database.collection("timers")
        count, oldest = await timers.count_documents(overdue), await timers.find_one(overdue, sort=[("due_at", 1)])
        if oldest is None:
            return []
        problem = f"{count} overdue, the oldest since {oldest['due_at']:%Y-%m-%d %H:%M} UTC"
        return [_warning(Check.WORKER, where, problem, "Run a worker: `baton worker`, or `baton serve`.")]


async def _with_timeout(query: Awaitable[T]) -> T:
    with pymongo.timeout(_TIMEOUT), driver_errors():
        return await query


async def _checked(findings: Awaitable[Sequence[Finding]], check: Check, where: str) -> list[Finding]:
    return await _with_timeout(all_in_spite_of_damage(findings, check, where))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _gap(where: str, first: int, last: int) -> Finding:
    if last < first:
        problem = f"event {last} is stored more than once"
    else:
        problem = f"event {first} is missing" if first == last else f"events {first} to {last} are missing"
    advice = "Restore them, or raise `floor` in `account_state` above them: clients that are behind then start again."
    return _error(Check.LOG, where, problem, advice)


def _error(check: Check, where: str, problem: str, advice: str) -> Finding:
    return Finding(severity=Severity.ERROR, check=check, where=where, problem=problem, advice=advice)


def _warning(check: Check, where: str, problem: str, advice: str) -> Finding:
    return Finding(severity=Severity.WARNING, check=check, where=where, problem=problem, advice=advice)
