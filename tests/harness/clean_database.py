"""Fixtures for one database per test process, which is emptied after each test.

Creating a database with all its indexes takes ten times as long as emptying one. A database that a test leaves with
fewer collections or indexes than it should have is dropped, and made anew for the next test.

    from tests.harness.clean_database import clean_client, clean_name  # noqa: F401 - in the conftest of a folder
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from integrations.mongo.indexes import INDEXES, WITHOUT_INDEXES

_NAME = f"test_{secrets.token_hex(8)}"
_EMPTY = "d41d8cd98f00b204e9800998ecf8427e"  # MongoDB's hash of a collection without documents
_COLLECTIONS = len(INDEXES) + len(WITHOUT_INDEXES)
_ALL_INDEXES = _COLLECTIONS + sum(len(models) for models in INDEXES.values())  # each collection has one of its ids
_prepared = set[str]()


@pytest.fixture(name="database_name")
def clean_name() -> str:
    return _NAME


@pytest.fixture(name="mongo_client")
async def clean_client(mongo_uri: str, database_name: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    async with cleaned_client(mongo_uri, database_name) as client:
        yield client


@asynccontextmanager
async def cleaned_client(uri: str, database_name: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    """Return the plain driver. The database is emptied at the end."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        yield client
        database = client[database_name]
        if await _is_whole(database):
            for name in await collections_in_use(database):
                await database[name].delete_many({})
        else:
            await client.drop_database(database_name)
            _prepared.discard(database_name)


async def _is_whole(database: AsyncDatabase[dict[str, Any]]) -> bool:
    """Return whether all collections and indexes are there, by their number."""
    found = await database.command("dbStats")
    return bool(found["collections"] >= _COLLECTIONS and found["indexes"] >= _ALL_INDEXES)


async def collections_in_use(database: AsyncDatabase[dict[str, Any]]) -> list[str]:
    """Return the names of the collections that have documents: about ten of fifty, found by one command."""
    hashes: dict[str, str] = (await database.command("dbHash"))["collections"]
    return sorted(name for name, found in hashes.items() if found != _EMPTY)


def is_to_be_prepared(name: str) -> bool:
    """Return whether the indexes of a database are to be created. Those of the clean one stay after the first time."""
    if name in _prepared:
        return False
    if name == _NAME:
        _prepared.add(name)
    return True
