"""The Chromium of the machine, headless, driven by Playwright: for the tests, the benchmarks and the pictures."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

# Root has no sandbox. The pages of shops are on this machine here, to which Chromium lets no page of the internet.
_OPTIONS = ("--no-sandbox", "--disable-features=LocalNetworkAccessChecks")
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def program() -> str | None:
    """Return the path of the installed Chromium; None if there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start it. Raises `RuntimeError` where it is not installed."""
    path = program()
    if path is None:
        raise RuntimeError("Chromium is not installed. On Debian or Ubuntu: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*_OPTIONS])
        yield browser
        await browser.close()
