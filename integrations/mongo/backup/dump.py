"""Writes a backup: every collection as it was at one instant, read by snapshot reads at one cluster time.

    list the collections ─▶ pin the cluster time ─▶ copy each collection, as raw BSON ─▶ manifest

Servers go on meanwhile. MongoDB keeps a snapshot readable for `minSnapshotHistoryWindowInSeconds`, 300 by default. A
copy that takes longer is refused by MongoDB, and never mixed from two instants; `window` raises the parameter on the
primary for the time of the copy.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bson import Timestamp, json_util
from pymongo.errors import OperationFailure, PyMongoError

from domain.backup.model import FORMAT, Backup, BackupRefused, BackupWish, CopiedCollection
from domain.values.record import replace
from integrations.mongo.backup.folder import BackupFolder, new_folder, write_manifest
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Document
from integrations.mongo.event_log.signals import SIGNALS

RESTORES = "restores"  # what a restore says to servers (`restore_record.py`): of this database, not of its data
LEFT_OUT = frozenset({SIGNALS, RESTORES})  # signals are of a moment: nobody needs them after a restore
APART = ("restored.", "former.")  # begin the names of collections that a restore is at work on
_BATCH = 2_000  # documents; a reply has at most 16 MB
_WINDOW = "minSnapshotHistoryWindowInSeconds"
# MongoDB's error codes: too old; changed in a way that it cannot read across; dropped.
_SNAPSHOT_GONE = frozenset({239, 246, 26})
_PARAMETER_REFUSED = frozenset({13, 72, 40352, 59})  # no right to set it, or no such parameter, or no such command

Progress = Callable[[str], None]


async def write_backup(database: MongoDatabase, path: Path, *, wish: BackupWish, progress: Progress) -> Backup:
    """Write a backup of the database into a new folder, and return what it has.

    Raises `BackupRefused` if the folder cannot be written or the copy took too long, and `Unavailable`.
    """
    with driver_errors():
        async with _wide(database, wish.window):
            names = await collection_names(database)
            if not names:
                raise BackupRefused(f"The database {database.name} is empty.")
            pinned, time = await _pin(database, names[0])
            backup = Backup(
                format=FORMAT,
                program=version("baton"),
                mongodb=(await database.command({"buildInfo": 1}))["version"],
                database=database.name,
                taken_at=datetime.fromtimestamp(time.time, UTC),
                cluster_time=f"{time.time}.{time.inc}",
                compressed=wish.compressed,
                has_files=wish.has_files,
                collections=(),
            )
            with new_folder(path, database.name) as folder:
                copied = []
                for name in names:
                    progress(name)
                    copied.append(await _copy(database, pinned, folder, backup, name))
                backup = replace(backup, collections=tuple(copied))
                write_manifest(folder, backup)
    return backup


async def collection_names(database: MongoDatabase) -> list[str]:
    """Return the names of the collections that belong to a backup, in order. Raises PyMongoError."""
    command = {"listCollections": 1, "nameOnly": True, "cursor": {"batchSize": 10_000}}
    found = (await database.command(command))["cursor"]["firstBatch"]
    names = [each["name"] for each in found if each["type"] == "collection"]
    return sorted(n for n in names if n not in LEFT_OUT and not n.startswith((*APART, "system.")))


async def _pin(database: MongoDatabase, name: str) -> tuple[MongoDatabase, Timestamp]:
    """Return the database as it is now, for reads, and the cluster time. It has all that was confirmed before. MongoDB
    tells the time by any collection (`name`) that exists."""
    one: Document = {"find": name, "projection": {"_id": True}, "limit": 1}
    reply = await database.command({**one, "readConcern": {"level": "snapshot"}})
    time = reply["cursor"]["atClusterTime"]
    return database.at(time), time


async def _copy(
    database: MongoDatabase, pinned: MongoDatabase, folder: BackupFolder, backup: Backup, name: str
) -> CopiedCollection:
    found, documents, size = hashlib.sha256(), 0, 0
    try:
        with folder.open(backup, name, "wb") as file:
            # In the order of the ids, in which mongorestore inserts fastest.
            cursor: Any = pinned.collection(name).find_raw_batches({}, batch_size=_BATCH, sort=[("_id", 1)])
            async for batch in cursor:
                file.write(batch)
                found.update(batch)
                documents, size = documents + _count(batch), size + len(batch)
        indexes = await database.command({"listIndexes": name, "cursor": {"batchSize": 10_000}})
    except OperationFailure as error:
        if error.code in _SNAPSHOT_GONE:
            raise _too_late(name) from error
        raise
    metadata = {
        "indexes": indexes["cursor"]["firstBatch"],
        "collectionName": name,
        "type": "collection",
        "options": {},
    }
    folder.write_metadata(backup, name, json_util.dumps(metadata, json_options=json_util.CANONICAL_JSON_OPTIONS))
    return CopiedCollection(name=name, documents=documents, size=size, sha256=found.hexdigest())


def _count(batch: bytes) -> int:
    """Return the number of documents in a batch: each begins with its length."""
    count = at = 0
    while at < len(batch):
        at += struct.unpack_from("<i", batch, at)[0]
        count += 1
    return count


@asynccontextmanager
async def _wide(database: MongoDatabase, window: timedelta | None) -> AsyncIterator[None]:
    """Have MongoDB keep snapshots for so long within the block. Raises `BackupRefused` if it does not allow that."""
    if window is None:
        yield
        return
    try:
        before = (await database.admin({"getParameter": 1, _WINDOW: 1}))[_WINDOW]
        await database.admin({"setParameter": 1, _WINDOW: max(before, round(window.total_seconds()))})
    except OperationFailure as error:
        if error.code not in _PARAMETER_REFUSED:
            raise
        raise BackupRefused(
            f"MongoDB does not let this user set {_WINDOW}. Leave --window out, or have an administrator set it on the "
            f"primary: db.adminCommand({{setParameter: 1, {_WINDOW}: {round(window.total_seconds())}}})"
        ) from error
    try:
        yield
    finally:
        with suppress(PyMongoError):  # a restart of MongoDB has the configured value again
            await database.admin({"setParameter": 1, _WINDOW: before})


def _too_late(name: str) -> BackupRefused:
    return BackupRefused(
        f"MongoDB keeps the state of an instant for a limited time, and could not read {name} from it any more: the "
        "copy took too long, or an index was made meanwhile. Nothing was written. Try again, with a longer --window."
    )
