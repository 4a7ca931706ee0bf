"""The program with sign-in, a shop whose provider is connected, and a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.api.graphql.stock_clients import install_packages
from tests.api.sign_in.browser import Browser, browsing
from tests.api.sign_in.providers import CertifiedProvider, FakeProvider, Provider, certified_provider, fake_provider
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401 - emptied, not made anew, for each test
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running


@pytest.fixture(scope="session")
def node_provider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_packages(Path(__file__).parent / "node", tmp_path_factory)


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    clock = ManualClock(datetime.now(UTC))  # the certified provider has no clock of its own
    async with running(
        mongo_uri, database_name, tmp_path, mongo_client, clock, sign_in_private_networks=True
    ) as program:
        yield program


@pytest.fixture
async def fake(baton: Program) -> AsyncIterator[FakeProvider]:
    async with fake_provider(baton.clock.now) as provider:
        yield provider


@pytest.fixture(params=["fake", pytest.param("certified", marks=pytest.mark.node)])
async def provider(request: pytest.FixtureRequest, baton: Program) -> AsyncIterator[FakeProvider | CertifiedProvider]:
    if request.param == "fake":
        async with fake_provider(baton.clock.now) as made:
            yield made
    else:
        async with certified_provider(request.getfixturevalue("node_provider")) as certified:
            yield certified


async def connected(program: Program, provider: Provider) -> Shop:
    shop = await program.open_shop("Shop")
    await program.done(shop.owner, "connectSignIn", issuer=provider.issuer, **provider.client)
    return shop


@pytest.fixture
async def second(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    """Another process on the same database."""
    async with baton.twin(tmp_path / "second") as program:
        yield program


@pytest.fixture
async def second_strict(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    """Another process, whose operator does not allow providers in private networks."""
    async with baton.twin(tmp_path / "strict", sign_in_private_networks=False) as program:
        yield program


@pytest.fixture
async def browser(baton: Program) -> AsyncIterator[Browser]:
    async with browsing(baton) as browser:
        yield browser


@pytest.fixture
async def another_browser(baton: Program) -> AsyncIterator[Browser]:
    async with browsing(baton) as browser:
        yield browser
