"""The program with a shop's JWKS address, which may be on loopback here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.key_set import KeySet, new_key
from dev.fakes.server import serving
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running


@pytest.fixture
async def published() -> AsyncIterator[KeySet]:
    fake = KeySet(new_key("one", "RS256"))
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    given = {"webhook_private_networks": True}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        yield program
