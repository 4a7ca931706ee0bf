"""`make pictures`: every page with the demo's data, on a phone and on a desk, light and dark, into docs/pictures."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, expect

from dev.chromium import chromium
from tests.browser.axe import SIZES
from tests.browser.desk import Desk
from tests.browser.windows import Shop
from tests.docs.pages import ROOT
from tests.e2e.processes import Machine

_FOLDER = ROOT / "docs/pictures"
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def draw(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        async with Machine(Path(temporary)) as machine, chromium() as browser:
            server = await machine.serve(BATON_DEMO_AGENT="true")
            filled = await machine.command("demo", BATON_DATA=str(server.data))
            assert filled.code == 0, filled.err
            shop = Shop(server=server, browser=browser)
            await _shop_page(shop, folder)
            await _team_pages(shop, folder)
            await shop.close()


async def _shop_page(shop: Shop, folder: Path) -> None:
    """The shopper asks, the built-in agent replies from its articles, and offers a human."""
    visitor = await shop.visitor()
    await visitor.open()
    await visitor.write("How long do I have to return something?")
    await expect(visitor.messages).to_have_count(2)
    await visitor.write("My boots are wet inside. I want to talk to a person.")
    await expect(visitor.page.get_by_role("button", name="No, thanks")).to_be_visible()
    await _draw(visitor.page, folder, "shop")


async def _team_pages(shop: Shop, folder: Path) -> None:
    desk = Desk(await shop.browser(timezone_id="Europe/Rome"))
    await desk.enter(shop.server.keys["ownerKey"])
    page = desk.page
    await page.get_by_role("region", name="Tickets").get_by_role("listitem").nth(1).get_by_role("button").click()
    await expect(desk.messages.first).to_be_visible()
    phone, desktop = SIZES
    await _draw(page, folder, "inbox", [desktop])
    await desk.press("Hide")  # the details, which cover the thread on a phone
    await _draw(page, folder, "inbox", [phone])
    await page.goto(f"{shop.origin}/dashboard")
    await expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    await _draw(page, folder, "dashboard")
    await page.goto(f"{shop.origin}/settings")
    await expect(page.get_by_role("heading", name="Handoff", exact=True)).to_be_visible()
    await _draw(page, folder, "settings")
    await page.goto(f"{shop.origin}/graphql")
    await page.get_by_label("Credential").fill(shop.server.keys["ownerKey"])
    await page.get_by_label("Example").select_option(index=1)
    await page.get_by_role("button", name="Run", exact=True).click()
    await expect(page.get_by_role("region", name="Result").last).to_contain_text("Olivia Owner")
    await _draw(page, folder, "api")


async def _draw(page: Page, folder: Path, name: str, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
    for width, height in sizes:
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in _SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", animations="disabled", caret="hide")


def main() -> None:
    _FOLDER.mkdir(exist_ok=True)
    asyncio.run(draw(_FOLDER))
    sys.stdout.write(f"The pictures are in {_FOLDER.relative_to(ROOT)}.\n")


if __name__ == "__main__":
    main()
