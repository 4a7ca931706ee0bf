"""Examines the audit log of an account: its entries are the chain of hashes that was written, without a gap."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.doctor import Check, Finding, Severity
from domain.model.audit import AuditEntry
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.event_log.log import HEADS
from integrations.mongo.storage.audit_chain import START, chained_hash

_MAX_FINDINGS = 20
_ADVICE = "Somebody has changed the database. Compare `audit_entries` with a backup, or with an export of the log."


class AuditLogExamination:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, where: str) -> None:
        self._database = database
        self._account_id = account_id
        self._where = where

    async def examine(self) -> list[Finding]:
        problems: list[str] = []
        async for problem in self._problems():
            problems.append(problem)
            if len(problems) == _MAX_FINDINGS:
                break
        return [
            Finding(severity=Severity.ERROR, check=Check.AUDIT, where=self._where, problem=problem, advice=_ADVICE)
            for problem in problems
        ]

    async def _problems(self) -> AsyncIterator[str]:
        last, last_hash = await self._head()
        number, previous = 0, START
        query = scoped(self._account_id, {"number": {"$lte": last}})
        async for entry in self._database.collection(COLLECTIONS[AuditEntry]).find(query, sort=[("number", 1)]):
            if entry["number"] != number + 1:
                yield _missing(number + 1, entry["number"] - 1)
            elif entry["hash"] != chained_hash(previous, entry):
                yield f"entry {entry['number']}, or the hash of the one before it, was changed"
            number, previous = entry["number"], entry["hash"]
        if number < last:
            yield _missing(number + 1, last)
        elif previous != last_hash:
            yield f"the hash of entry {last} is not that of the head"
        beyond = await self._database.collection(COLLECTIONS[AuditEntry]).find_one(
            scoped(self._account_id, {"number": {"$gt": last}}), sort=[("number", -1)]
        )
        latest, _ = await self._head()  # entries may have been added since the first look
        if beyond is not None and beyond["number"] > latest:
            yield f"entry {beyond['number']} lies beyond the head, {latest}"

    async def _head(self) -> tuple[int, str]:
        head = await self._database.collection(HEADS).find_one({"_id": self._account_id}) or {}
        last = head.get("audit") or {"number": 0, "hash": START}
        return int(last["number"]), str(last["hash"])


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"
