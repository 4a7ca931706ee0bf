"""A machine for each test, and a database for tests that do not touch MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.e2e.processes import Machine


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with Machine(tmp_path) as machine:
        yield machine


@pytest.fixture
def shared_mongo(mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]]) -> dict[str, str]:
    """Settings of a server on the tests' MongoDB, with a database that is dropped at the end."""
    return {"BATON_MONGODB_URI": mongo_uri, "BATON_MONGODB_DATABASE": database_name}
