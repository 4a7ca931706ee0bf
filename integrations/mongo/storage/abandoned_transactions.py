"""Transactions of processes that died: MongoDB keeps them, with all they hold, for a minute. They are ended here.

A transaction belongs to a session, not to a connection, so mongod goes on waiting for a process that was killed in the
middle of one; and nobody else can write what it had written, which is its account's head. One that has not moved for
seconds has nobody behind it. Should there be somebody after all, its next step fails and it begins anew.
"""

from __future__ import annotations

import logging

from pymongo.errors import PyMongoError

from integrations.mongo.client import APP_NAME, MongoDatabase
from integrations.mongo.driver import Document

_ABANDONED = 3.0  # seconds between two steps of a transaction, which are milliseconds apart

_PIPELINE: list[Document] = [
    {"$currentOp": {"idleSessions": True}},
    {
        "$match": {
            "type": "idleSession",
            "appName": APP_NAME,
            "transaction.timeInactiveMicros": {"$gte": round(_ABANDONED * 1_000_000)},
        }
    },
    {"$project": {"id": "$lsid.id"}},
]

_logger = logging.getLogger(__name__)


async def abort_abandoned_transactions(database: MongoDatabase) -> None:
    """For who finds what it needs held for seconds. Where it may not, MongoDB does it later by itself."""
    try:
        found = await database.admin({"aggregate": 1, "pipeline": _PIPELINE, "cursor": {}})
        sessions = [{"id": session["id"]} for session in found["cursor"]["firstBatch"]]
        if sessions:
            await database.admin({"killSessions": sessions})
            _logger.warning("Ended %d transactions of processes that died.", len(sessions))
    except PyMongoError as error:
        _logger.warning("Transactions of processes that died cannot be ended (%s).", type(error).__name__)
