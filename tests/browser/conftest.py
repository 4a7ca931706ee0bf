"""Chromium, driven by Playwright, on a server of its own.

Chromium starts once per test process: with Playwright's driver, a start takes as much CPU as a short test. Playwright
belongs to one event loop, so the tests of this folder and their async fixtures run in that of the session.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from pymongo import AsyncMongoClient

from dev.chromium import chromium, program
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Machine
from tests.harness.clean_database import clean_name, cleaned_client  # noqa: F401

_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_the_session = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if _FOLDER in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(in_the_session, append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def started_browser() -> AsyncIterator[Browser]:
    """Skipped, with a word, where no Chromium is installed; the CI installs one, and fails without it."""
    if program() is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("Chromium is not installed: the pages are not tested in a browser.")
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def browser(started_browser: Browser) -> AsyncIterator[Browser]:
    """Without any context: what a test opens is closed at its end, with its cookies and its storage."""
    yield started_browser
    for context in started_browser.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def mongo_client(mongo_uri: str, database_name: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    async with cleaned_client(mongo_uri, database_name) as client:
        yield client


@pytest.fixture
def more_settings() -> dict[str, str]:
    """Settings of the server that a module's tests need beside the usual ones."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def shop(
    browser: Browser,
    tmp_path: Path,
    mongo_uri: str,
    database_name: str,
    mongo_client: AsyncMongoClient[dict[str, Any]],
    more_settings: dict[str, str],
) -> AsyncIterator[Shop]:
    """The demo's shop on a server that the test may end and start again; the test plays the agent.

    At the end, all windows have kept the policy, and have asked nobody but the server.
    """
    settings = {"BATON_MONGODB_URI": mongo_uri, "BATON_MONGODB_DATABASE": database_name, "BATON_DEMO_AGENT": "false"}
    settings |= more_settings
    async with Machine(tmp_path) as machine:
        server = await machine.serve(**settings)
        shop = Shop(server=server, browser=browser)
        yield shop
        await shop.close()
    # An open transaction of the dead server would block the database for a minute, for which dropping it would wait.
    await mongo_client.admin.command({"killAllSessions": []})
    shop.check()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(shop: Shop) -> Visitor:
    return await shop.visitor()
