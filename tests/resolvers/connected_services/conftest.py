"""The program with a fake of Gorgias."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.gorgias import Gorgias
from dev.fakes.server import serving
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running


@pytest.fixture
async def gorgias() -> AsyncIterator[Gorgias]:
    fake = Gorgias()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    gorgias: Gorgias,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    async with running(
        mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), gorgias_url=gorgias.url
    ) as program:
        yield program
