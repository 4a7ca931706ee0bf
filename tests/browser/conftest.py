"""Chromium, driven by Playwright, on a server of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from pymongo import AsyncMongoClient

from dev.chromium import chromium, program
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Machine
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Skipped, with a word, where no Chromium is installed; the CI installs one, and fails without it."""
    if program() is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("Chromium is not installed: the pages are not tested in a browser.")
    async with chromium() as browser:
        yield browser


@pytest.fixture
def more_settings() -> dict[str, str]:
    """Settings of the server that a module's tests need beside the usual ones."""
    return {}


@pytest.fixture
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


@pytest.fixture
async def visitor(shop: Shop) -> Visitor:
    return await shop.visitor()
