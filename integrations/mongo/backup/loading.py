"""Loads collections of a backup under other names, beside those in use, and then puts them in their place.

    restored.<name>   a collection of the backup, with its indexes
    <name>            the one in use, until `replace_collections` renames the other over it

A rename is one step for whoever reads. Between two of them nobody reads: processes hold off (`domain/backup`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import bson
from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure

from domain.backup.model import Backup, BackupRefused, CopiedCollection
from integrations.mongo.backup.dump import APART, LEFT_OUT
from integrations.mongo.backup.folder import BackupFolder
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import AWARE, Document

STAGED, FORMER = APART
Change = Callable[[Document], Document | None]  # a document of the backup as it is to be restored; None: not at all

_DOCUMENTS = 1_000  # of one insert
_BYTES = 8 << 20  # of one insert, about
_NO_COLLECTION = 26  # MongoDB's error code


def staged(name: str) -> str:
    """Return the name under which a collection is loaded."""
    return STAGED + name


async def load(
    database: MongoDatabase,
    folder: BackupFolder,
    backup: Backup,
    collection: CopiedCollection,
    change: Change | None = None,
) -> None:
    """Load one collection with its indexes; what an interrupted restore had loaded of it goes before. Raises
    `BackupRefused` if the backup is damaged, PyMongoError."""
    name = staged(collection.name)
    await drop(database, [name])
    await database.command({"create": name})
    count, documents = 0, folder.documents(backup, collection)
    while batch := await asyncio.to_thread(_next, documents):
        wanted = [RawBSONDocument(raw) for raw in batch] if change is None else _changed(batch, change)
        if wanted:
            await database.collection(name).insert_many(wanted, ordered=False)
            count += len(wanted)
    if change is None and count != collection.documents:
        raise BackupRefused(f"The backup's {collection.name} changed while it was read.")
    indexes = [index for index in _indexes(folder, backup, collection.name) if index["name"] != "_id_"]
    if indexes:
        await database.command({"createIndexes": name, "indexes": indexes})


async def replace_collections(database: MongoDatabase, names: Sequence[str]) -> None:
    """Put every loaded collection in its place, and drop what the backup does not have. It can be repeated after an
    interruption. Raises PyMongoError."""
    present = await _present(database)
    for name in names:
        if staged(name) in present:
            await database.admin(
                {
                    "renameCollection": f"{database.name}.{staged(name)}",
                    "to": f"{database.name}.{name}",
                    "dropTarget": True,
                    "writeConcern": {"w": "majority"},
                }
            )
    kept = {*names, *LEFT_OUT}
    await drop(database, [name for name in present if name not in kept and not name.startswith(APART)])


async def drop_apart(database: MongoDatabase) -> None:
    """Drop what a restore has loaded or kept apart. Raises PyMongoError."""
    await drop(database, [name for name in await _present(database) if name.startswith(APART)])


async def drop(database: MongoDatabase, names: Iterable[str]) -> None:
    """Drop collections, if they are there. Raises PyMongoError."""
    for name in names:
        try:
            await database.command({"drop": name})
        except OperationFailure as error:
            if error.code != _NO_COLLECTION:
                raise


async def _present(database: MongoDatabase) -> list[str]:
    command = {"listCollections": 1, "nameOnly": True, "cursor": {"batchSize": 10_000}}
    found = (await database.command(command))["cursor"]["firstBatch"]
    return [each["name"] for each in found if not each["name"].startswith("system.")]


def _next(documents: Iterator[bytes]) -> list[bytes]:
    """Return the next documents for one insert."""
    found, size = [], 0
    for document in islice(documents, _DOCUMENTS):
        found.append(document)
        size += len(document)
        if size > _BYTES:
            break
    return found


def _changed(batch: Iterable[bytes], change: Change) -> list[Document]:
    documents = (change(bson.decode(raw, AWARE)) for raw in batch)
    return [document for document in documents if document is not None]


def _indexes(folder: BackupFolder, backup: Backup, name: str) -> list[dict[str, Any]]:
    try:
        found = json_util.loads(folder.metadata(backup, name))["indexes"]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupRefused(f"The backup's indexes of {name} are damaged.") from error
    return [{key: value for key, value in index.items() if key != "ns"} for index in found]
