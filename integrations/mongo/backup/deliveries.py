"""Outbox rows that wait in a backup, and the knowledge of the replaced database about them.

    former.deliveries   {_id: id of the row, account, delivered, external_id?, external_url?}

A row is `delivered` if it left since the backup. It has no document if nothing is known of it: then it may have left.
It has one with `delivered: false` if it certainly has not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from domain.delivery.model import DeliveryResult
from domain.model.outbox import Destination, Outgoing, OutgoingState
from domain.outbox.restored import RestoredRow
from domain.values.ids import AccountId
from integrations.mongo.backup.loading import FORMER, drop
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities

_DELIVERIES = f"{FORMER}deliveries"
_BATCH = 1_000  # rows of one query


async def keep_deliveries(database: MongoDatabase, pending: Sequence[str]) -> None:
    """Keep what the database in use knows of these rows. Raises PyMongoError."""
    await drop(database, [_DELIVERIES])
    for start in range(0, len(pending), _BATCH):
        found = database.collection(COLLECTIONS[Outgoing]).find({"_id": {"$in": list(pending[start : start + _BATCH])}})
        known = [document async for each in found if (document := _known(each)) is not None]
        if known:
            await database.collection(_DELIVERIES).insert_many(known)


async def undecided_rows(database: MongoDatabase) -> AsyncIterator[RestoredRow]:
    """Yield the rows that were delivered, and those that may have been and cannot be looked up at their destination.
    In the order of their ids, in which rows of an ordering key follow each other. Raises `Unavailable`."""
    query: Document = {"state": OutgoingState.PENDING.value}
    with driver_errors():
        ids = [
            row["_id"] async for row in database.collection(COLLECTIONS[Outgoing]).find(query, {"_id": 1}).sort("_id")
        ]
    for row_id in ids:
        with driver_errors():
            document = await database.collection(COLLECTIONS[Outgoing]).find_one({"_id": row_id, **query})
            known = await database.collection(_DELIVERIES).find_one({"_id": row_id})
        if document is None or (known is not None and not known["delivered"]):
            continue
        row = next(iter(entities(Outgoing, [document])), None)
        if row is None:
            continue  # it cannot be read, so no worker sends it
        account_id = AccountId(document["account"])
        if known is not None:
            result = DeliveryResult(external_id=known.get("external_id"), external_url=known.get("external_url"))
            yield RestoredRow(account_id=account_id, row=row, result=result)
        elif row.destination is Destination.EMAIL:  # the others are looked up, or delete, which can be repeated
            yield RestoredRow(account_id=account_id, row=row, result=None)


def _known(document: Document) -> Document | None:
    row = next(iter(entities(Outgoing, [document])), None)
    if row is None:
        return None
    known: Document = {"_id": row.id, "account": document["account"]}
    if row.state is OutgoingState.DELIVERED:
        links = {"external_id": row.external_id, "external_url": row.external_url}
        return {**known, "delivered": True, **{name: value for name, value in links.items() if value is not None}}
    is_unsent = row.call is None and not row.outcome_unknown and row.state is not OutgoingState.CANCELLED
    return {**known, "delivered": False} if is_unsent else None
