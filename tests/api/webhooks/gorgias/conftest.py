"""The program with Gorgias connected as helpdesk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.gorgias import Gorgias
from dev.fakes.server import serving
from tests.api.webhooks.gorgias.helpdesk import GorgiasHelpdesk
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running
from tests.resolvers.conftest import rival, second, shop

__all__ = ["baton", "gorgias", "helpdesk", "rival", "second", "shop"]


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


@pytest.fixture
async def helpdesk(baton: Program, shop: Shop, gorgias: Gorgias) -> GorgiasHelpdesk:
    """Gorgias, connected and selected, with webhooks as described in docs/guides/helpdesks.md."""
    return await GorgiasHelpdesk.connect(baton, shop, gorgias)
