"""Chromium, driven by Playwright, on a server of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright
from pymongo import AsyncMongoClient

from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Machine

# Root has no sandbox. The pages of shops are on this machine here, to which Chromium lets no page of the internet.
_OPTIONS = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"]
_PATHS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Skipped, with a word, where no Chromium is installed; the CI installs one, and fails without it."""
    program = next((found for name in _PATHS if (found := shutil.which(name))), None)
    if program is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("Chromium is not installed: the pages are not tested in a browser.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_OPTIONS)
        yield browser
        await browser.close()


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
    """The demo's shop on a server that the test may end and start again; the test plays the agent."""
    settings = {"BATON_MONGODB_URI": mongo_uri, "BATON_MONGODB_DATABASE": database_name, "BATON_DEMO_AGENT": "false"}
    settings |= more_settings
    async with Machine(tmp_path) as machine:
        server = await machine.serve(**settings)
        shop = Shop(server=server, browser=browser)
        yield shop
        await shop.close()


@pytest.fixture
async def visitor(shop: Shop) -> Visitor:
    return await shop.visitor()
