"""Appends to an account's audit log, and verifies it. The entries of an account are a chain of hashes.

    audit_entries  {_id, account, number, at, actor, action, target, changes, hash}
    account_state  {…, audit: {number, hash, at}}     the last entry

`hash` is the SHA-256 of the previous entry's hash and of the entry's document without `hash`. So an entry that is
changed, removed or inserted outside of Baton breaks the chain, and the head tells whether the last ones are missing.
An append writes the account's head, in which all transactions of the account conflict: numbers have no gap and are in
the order of the commits. `at` follows the same order: it is raised to that of the previous entry where the clock of
another process is ahead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.model.audit import AuditEntry, AuditRecord
from domain.values.ids import AccountId, new_id
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, entity_document
from integrations.mongo.driver import Document, Session
from integrations.mongo.event_log.log import HEADS, first_state

START = ""  # stands for the hash before the first entry


async def append_to_chain(
    session: Session, database: MongoDatabase, account_id: AccountId, records: Sequence[AuditRecord]
) -> None:
    """Append entries in the session's transaction. Raises PyMongoError, also for a conflict with another process."""
    heads = database.collection(HEADS)
    head = await heads.find_one({"_id": account_id}, projection={"audit": True}, session=session)
    last = (head or {}).get("audit") or {"number": 0, "hash": START, "at": records[0].at}
    number, previous, at = int(last["number"]), str(last["hash"]), last["at"]
    documents: list[Document] = []
    for record in records:
        number, at = number + 1, max(at, record.at)
        document = _document(account_id, replace(record, at=at), number)
        document["hash"] = previous = chained_hash(previous, document)
        documents.append(document)
    await heads.update_one(
        {"_id": account_id},
        {
            "$set": {"audit": {"number": number, "hash": previous, "at": at}},
            "$setOnInsert": {"seq": 0, **first_state()},
        },
        upsert=True,
        session=session,
    )
    await database.collection(COLLECTIONS[AuditEntry]).insert_many(documents, session=session)


def chained_hash(previous: str, document: Mapping[str, Any]) -> str:
    """Return the hash of an entry's document, given that of the entry before it."""
    content = {key: value for key, value in document.items() if key != "hash"}
    text = orjson.dumps(content, default=_written, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    return hashlib.sha256(previous.encode() + b"\n" + text).hexdigest()


def _document(account_id: AccountId, record: AuditRecord, number: int) -> Document:
    entry = AuditEntry(
        id=new_id(),
        number=number,
        at=record.at,
        actor=record.actor,
        action=record.action,
        target=record.target,
        changes=record.changes,
        hash=START,
    )
    return entity_document(account_id, entry)


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)  # as BSON has it
    raise TypeError(f"no such value is stored in the audit log: {value!r}")
