"""The link that the server prints signs the owner in, once; signing out ends it."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import expect

from tests.browser.windows import Shop

_KEPT = """() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"""


async def test_the_printed_link_opens_the_inbox_once(shop: Shop) -> None:
    [line] = [line for line in shop.server.announced if line.startswith("  sign in")]
    link = line.split()[2]
    secret = link.partition("#sign-in=")[2]
    assert secret

    desk = await shop.visitor(viewport={"width": 1200, "height": 800})
    page = desk.page
    await page.goto(link)
    await expect(page.get_by_text("Olivia Owner").first).to_be_visible()
    assert page.url == f"{shop.origin}/inbox"
    kept = await page.evaluate(_KEPT)
    assert secret not in kept
    assert "bat_" not in kept
    assert kept.startswith('["",')
    await page.reload()
    await expect(page.get_by_text("Olivia Owner").first).to_be_visible()

    stranger = await shop.visitor()
    await stranger.page.goto(link)
    await expect(stranger.page.get_by_role("alert")).to_contain_text("was used before")
    await expect(stranger.page.get_by_label("Key of a member of staff")).to_be_focused()
    assert secret not in stranger.page.url

    second = await desk.window()
    await second.page.goto(f"{shop.origin}/graphql")
    pages = second.page.get_by_role("navigation", name="Pages")
    await expect(pages.get_by_role("link", name="API")).to_have_attribute("aria-current", "page")
    await pages.get_by_role("link", name="Inbox").click()
    await expect(second.page.get_by_text("Olivia Owner").first).to_be_visible()

    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    await expect(second.page.get_by_label("Key of a member of staff")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    await desk.is_clean()

    log = await asyncio.to_thread(shop.server.log.read_text)
    assert secret not in log
    assert re.findall(r"bat_\w+", log) == []
