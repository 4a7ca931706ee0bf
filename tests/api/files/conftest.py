"""The program, a shop, and files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock()) as program:
        yield program


@pytest.fixture
async def shop(baton: Program) -> Shop:
    return await baton.open_shop("Shop")
