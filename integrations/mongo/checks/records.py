"""The integrity check of the form of records: reads each as the program does, and names those that cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pymongo

from domain.doctor import Check, Finding, Progress, Severity
from domain.storage import Entity
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.codec import BODY_CLASSES, from_body
from integrations.mongo.collections import APART, COLLECTIONS, entity_of
from integrations.mongo.driver import Document
from integrations.mongo.event_log.log import EVENTS, WITHOUT_HISTORY
from integrations.mongo.records.readable import UNREADABLE

_MAX_FINDINGS = 20  # of one collection: more of them say nothing new
_TIMEOUT = 3_600.0  # seconds for a collection: it may have millions of records
_BATCH = 1_000  # records of a round trip
_ADVICE = "It is left out everywhere. Restore it from a backup, or delete it."


class RecordCheck:
    """Implements `IntegrityCheck` for the records of all accounts."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        kinds = [*COLLECTIONS.items(), *APART.items()]
        for kind, name in sorted(kinds, key=lambda each: each[1]):
            progress(f"records of {name}")
            for finding in await self._unreadable(name, kind):
                yield finding
        progress("records of the log")
        for finding in await self._unreadable(EVENTS, None):
            yield finding

    async def repair(self, progress: Progress) -> int:
        """Repair nothing: what a damaged record had, nobody knows."""
        return 0

    async def _unreadable(self, name: str, kind: type[Entity] | None) -> list[Finding]:
        """Return the findings of a collection; without a kind, of the log."""
        projection = WITHOUT_HISTORY if kind is None else None
        found, count = list[Finding](), 0
        with pymongo.timeout(_TIMEOUT), driver_errors():
            async for document in self._database.collection(name).find({}, projection, batch_size=_BATCH):
                problem = _problem(document, kind)
                if problem is not None:
                    count += 1
                    found += [_finding(name, document, problem)] if count <= _MAX_FINDINGS else []
        if count > _MAX_FINDINGS:
            rest = f"more records that cannot be read: {count - _MAX_FINDINGS:,}"
            found.append(
                Finding(severity=Severity.ERROR, check=Check.RECORDS, where=name, problem=rest, advice=_ADVICE)
            )
        return found


def _problem(document: Mapping[str, Any], kind: type[Entity] | None) -> str | None:
    """Return why a record cannot be read. An event of a type that this build does not know is of a newer one."""
    try:
        if kind is not None:
            entity_of(kind, document)
        elif document["type"] in BODY_CLASSES:
            from_body(document["type"], document["body"])
        if not isinstance(document["account"], str):
            return "it is of no account"
    except UNREADABLE as error:
        return f"it cannot be read: {error}"
    return None


def _finding(name: str, document: Document, problem: str) -> Finding:
    where = f"account {document.get('account')}, {name} {document['_id']}"
    return Finding(severity=Severity.ERROR, check=Check.RECORDS, where=where, problem=problem, advice=_ADVICE)
