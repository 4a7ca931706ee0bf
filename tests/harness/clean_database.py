"""A database that the tests of a process use one after the other, emptied after each: to make one with all its indexes
takes ten times as long as to empty it. For tests that change no index and no collection's being there.

    from tests.emptied import emptied_client, emptied_name  # noqa: F401 - in the conftest of a folder
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo import AsyncMongoClient

_NAME = f"test_{secrets.token_hex(8)}"


@pytest.fixture(name="database_name")
def clean_name() -> str:
    return _NAME


@pytest.fixture(name="mongo_client")
async def clean_client(mongo_uri: str, database_name: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    async with AsyncMongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        yield client
        database = client[database_name]
        names = await database.list_collection_names()
        await asyncio.gather(*(database[name].delete_many({}) for name in names))
