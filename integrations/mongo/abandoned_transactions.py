"""Aborts transactions whose process has died.

A transaction belongs to a session, not to a connection. So when a process is killed in the middle of one, mongod keeps
it, and the account's log head that it has written, for a minute; no other process can write to the account meanwhile.
A transaction that has been inactive for seconds is taken for abandoned. If it was not, its next statement fails and its
batch is run again.
"""

from __future__ import annotations

import logging

from pymongo.errors import PyMongoError

from integrations.mongo.client import MongoDatabase, application_name
from integrations.mongo.driver import Document

_ABANDONED_SECONDS = 3.0  # without a statement; those of a live transaction are milliseconds apart

_logger = logging.getLogger(__name__)


async def abort_abandoned_transactions(database: MongoDatabase) -> None:
    """Abort them. If the credentials do not allow it, log a warning: MongoDB aborts them itself after a minute."""
    try:
        found = await database.admin({"aggregate": 1, "pipeline": _pipeline(database.name), "cursor": {}})
        sessions = [{"id": session["id"]} for session in found["cursor"]["firstBatch"]]
        if sessions:
            await database.admin({"killSessions": sessions})
            _logger.warning("Aborted %d transactions of processes that died.", len(sessions))
    except PyMongoError as error:
        _logger.warning("Cannot abort the transactions of processes that died (%s).", type(error).__name__)


def _pipeline(name: str) -> list[Document]:
    """Return what finds the abandoned transactions of processes that work on a database."""
    return [
        {"$currentOp": {"idleSessions": True}},
        {
            "$match": {
                "type": "idleSession",
                "appName": application_name(name),
                "transaction.timeInactiveMicros": {"$gte": round(_ABANDONED_SECONDS * 1_000_000)},
            }
        },
        {"$project": {"id": "$lsid.id"}},
    ]
