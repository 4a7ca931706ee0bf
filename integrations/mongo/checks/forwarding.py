"""Examines the forwarding of business events: receivers that are late, failing, orphaned or beyond the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.doctor import Check, Finding, Severity
from domain.forwarding.model import PROBLEM_AFTER, ReceiverKind
from domain.values.clock import Clock
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import scoped
from integrations.mongo.delivery.forwarding import DEAD_LETTERS, FORWARDINGS
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import HEADS

_LATE = timedelta(minutes=5)  # for a due forwarding; a worker looks every second, and a turn takes some time


class ForwardingExamination:
    def __init__(self, *, database: MongoDatabase, clock: Clock, account_id: AccountId, where: str) -> None:
        self._database = database
        self._clock = clock
        self._account_id = account_id
        self._where = where

    async def examine(self) -> list[Finding]:
        forwardings = {row["_id"]: row for row in await self._all(FORWARDINGS)}
        endpoints = {row["_id"]: row for row in await self._all("webhook_endpoints")}
        orphans = [key for key in endpoints if key not in forwardings]
        found = [
            self._error(f"endpoint {key} has no forwarding, and receives nothing", _CREATE_AGAIN) for key in orphans
        ]
        for key, row in forwardings.items():
            if row["kind"] == ReceiverKind.WEBHOOK and key not in endpoints:
                found.append(self._error(f"forwarding {key} belongs to no endpoint", "Delete it from `forwardings`."))
                continue
            found += await self._examine_one(row)
            if row["kind"] == ReceiverKind.WEBHOOK and endpoints[key].get("enabled", True):
                found += await self._paused(row)
        return found

    async def _paused(self, row: Document) -> list[Finding]:
        """Return an error if the forwarding of an enabled endpoint is paused: nothing wakes it. A worker pauses it if
        it cannot read the endpoint."""
        if row.get("due_at") is not None:
            return []
        # Read again: the endpoint may have been switched on after the forwardings were read.
        which = scoped(self._account_id, {"_id": row["_id"], "due_at": None})
        if await self._database.collection(FORWARDINGS).find_one(which) is None:
            return []
        problem = f"endpoint {row['_id']} is enabled, but its forwarding is paused: it receives nothing"
        return [self._error(problem, _WAKE)]

    async def _examine_one(self, row: Document) -> list[Finding]:
        name = f"{row['kind'].lower()} {row['_id']}"
        head = await self._database.collection(HEADS).find_one({"_id": self._account_id}) or {"seq": 0}
        if row["position"] > head["seq"]:
            return [
                self._error(
                    f"the position of {name} is event {row['position']}, beyond the log's head, {head['seq']}",
                    "The database was restored in part. Set the position with `redeliverEvents`.",
                )
            ]
        now = self._clock.now()
        found = [*self._failing(name, row, now)]
        if await self._is_waiting(row, now):
            found.append(
                Finding(
                    severity=Severity.WARNING,
                    check=Check.WORKER,
                    where=self._where,
                    problem=f"events for {name} have waited since {row['due_at']:%Y-%m-%d %H:%M} UTC",
                    advice="Run a worker: `baton worker`, or `baton serve`.",
                )
            )
        letters = await self._database.collection(DEAD_LETTERS).count_documents(
            scoped(self._account_id, {"forwarding_id": row["_id"]})
        )
        if letters:
            problem = f"events that {name} did not accept: {letters:,}"
            found.append(self._warning(problem, "See its `deadLetters`. `retryDeadLetter` sends one again."))
        return found

    def _failing(self, name: str, row: Document, now: datetime) -> Iterator[Finding]:
        since = row.get("failing_since")
        if since is not None and now - since >= PROBLEM_AFTER:
            problem = f"{name} has accepted no events since {since:%Y-%m-%d %H:%M} UTC"
            yield self._warning(problem, "See `attempts` of its forwarding. `pingWebhookEndpoint` tests the endpoint.")

    async def _is_waiting(self, row: Document, now: datetime) -> bool:
        """Return whether events have been due for long and no worker holds the forwarding."""
        due, lease = row.get("due_at"), row.get("lease")
        if due is None or due > now - _LATE or (lease is not None and lease["until"] > now):
            return False
        waiting = await self._database.collection("business_events").find_one(
            scoped(self._account_id, {"seq": {"$gt": row["position"]}}), sort=[("seq", 1)]
        )
        return waiting is not None and waiting["at"] < now - _LATE

    async def _all(self, name: str) -> list[Document]:
        cursor = self._database.collection(name).find(scoped(self._account_id, {}), sort=[("_id", 1)])
        return await cursor.to_list(None)

    def _error(self, problem: str, advice: str) -> Finding:
        return Finding(
            severity=Severity.ERROR, check=Check.FORWARDING, where=self._where, problem=problem, advice=advice
        )

    def _warning(self, problem: str, advice: str) -> Finding:
        return Finding(
            severity=Severity.WARNING, check=Check.FORWARDING, where=self._where, problem=problem, advice=advice
        )


_WAKE = (
    "Repair the endpoint if it is reported as damaged. Then `updateWebhookEndpoint` with `enabled: false`, and with "
    "`enabled: true`: what waits is sent."
)
_CREATE_AGAIN = (
    "Delete it with `deleteWebhookEndpoint`, and create it again `after` the last event that its receiver knows."
)
