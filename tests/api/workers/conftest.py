"""Tests the outbox with the whole program. Vendors are fake servers, or senders that the tests define."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.gorgias import Gorgias
from dev.fakes.server import serving
from dev.fakes.zendesk import Zendesk
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.program import Program, running
from tests.resolvers.conftest import rival, second, shop

__all__ = ["rival", "second", "shop"]


@pytest.fixture
async def zendesk() -> AsyncIterator[Zendesk]:
    fake = Zendesk()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def gorgias() -> AsyncIterator[Gorgias]:
    fake = Gorgias()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    zendesk: Zendesk,
    gorgias: Gorgias,
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> AsyncIterator[Program]:
    clock = ManualClock()
    zendesk.clock = clock.now
    urls = {"zendesk_url": zendesk.url, "gorgias_url": gorgias.url}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, clock, **urls) as program:
        yield program
