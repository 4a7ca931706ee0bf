"""Fixtures for one database per test process, which is emptied after each test.

Creating a database with all its indexes takes ten times as long as emptying one. Do not use it in tests that change
indexes or drop collections.

    from tests.harness.clean_database import clean_client, clean_name  # noqa: F401 - in the conftest of a folder
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
