"""Messages that were redacted since a backup: a restore brings their words back, so they are redacted again.

    former.redactions   {_id: id of the message, account}

The audit log of the replaced database names them.
"""

from __future__ import annotations

from datetime import datetime

from domain.model.audit import AuditAction, AuditEntry
from domain.retention.model import RedactedMessage
from domain.values.ids import AccountId, MessageId
from integrations.mongo.backup.loading import FORMER, drop
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import Document

_REDACTIONS = f"{FORMER}redactions"
_BATCH = 1_000  # documents of one write


async def keep_redactions(database: MongoDatabase, since: datetime) -> None:
    """Keep which messages the database in use knows as redacted since an instant. Raises PyMongoError."""
    await drop(database, [_REDACTIONS])
    query = {"action": AuditAction.MESSAGE_REDACTED.value, "at": {"$gte": since}}
    found = database.collection(COLLECTIONS[AuditEntry]).find(query, ["account", "changes"])
    named: dict[str, Document] = {}
    async for entry in found:
        for change in entry.get("changes", ()):
            message_id = change.get("after") if change.get("field") == "message" else None
            if isinstance(message_id, str):
                named[message_id] = {"_id": message_id, "account": entry["account"]}
    kept = list(named.values())
    for start in range(0, len(kept), _BATCH):
        await database.collection(_REDACTIONS).insert_many(kept[start : start + _BATCH])


async def kept_redactions(database: MongoDatabase) -> list[RedactedMessage]:
    """Return these messages. Raises `Unavailable`."""
    with driver_errors():
        rows = await database.collection(_REDACTIONS).find({}, sort=[("_id", 1)]).to_list(None)
    return [RedactedMessage(account_id=AccountId(row["account"]), id=MessageId(row["_id"])) for row in rows]
