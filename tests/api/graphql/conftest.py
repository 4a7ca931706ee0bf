from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.api.graphql.serving import Server, serving
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running
