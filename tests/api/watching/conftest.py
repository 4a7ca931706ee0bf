"""The program with metrics, beside GraphQL and with a token, on a database that is emptied after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running
from tests.resolvers.conftest import shop

__all__ = ["shop"]

TOKEN = "the token of a scraper"


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    clock = ManualClock()
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, metrics_token=TOKEN) as program:
        yield program
