"""The dashboard of a shop with a long history: the time from a click to the frame that shows what it asks for."""

from __future__ import annotations

from playwright.async_api import Browser, Page

from benchmarks.browser.page import clicked, middle
from benchmarks.established import Established
from benchmarks.report import Table

_ROUNDS = 15
_DAYS = "nav[aria-label=Days]"
_PRESETS = ("7 days", "30 days", "90 days")


async def measure(browser: Browser, shop: Established) -> Table:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{shop.running.http.removesuffix('/graphql')}/dashboard")
    await page.get_by_label("Key of a member of staff").fill(shop.key)
    await page.keyboard.press("Enter")
    await page.locator(_DAYS).wait_for()
    took: dict[str, list[float]] = {name: [] for name in _PRESETS}
    for _ in range(_ROUNDS):
        for name in _PRESETS:
            took[name].append(await _shown(page, name))
    await context.close()
    return Table(
        title="The dashboard",
        note=f"Of a shop with {shop.conversations:,} conversations, in turns, {_ROUNDS} times each: milliseconds from "
        "the click on a period to the frame that shows its numbers, its bars, and the first rows of its table, the "
        "server's response included. Median, least and greatest.",
        head=("period", "click to drawn", "from", "to"),
        rows=[[name, *middle(values)] for name, values in took.items()],
    )


async def _shown(page: Page, name: str) -> float:
    """Choose a period. The page is busy until it has its numbers."""
    place = 1 + (await page.locator(f"{_DAYS} > *").all_text_contents()).index(name)
    chosen = f"document.querySelector('{_DAYS} > :nth-child({place})').ariaCurrent === 'true'"
    return await clicked(
        page, f"{_DAYS} > :nth-child({place})", f"{chosen} && document.querySelector('main').ariaBusy === 'false'"
    )
