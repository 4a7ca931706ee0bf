"""A member of staff at the settings, in a browser."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.windows import Shop, Visitor


async def enter(shop: Shop, section: str = "", window: Visitor | None = None) -> Visitor:
    """Sign the owner in at the settings, or at one of their sections."""
    visitor = window or await shop.visitor(viewport={"width": 1200, "height": 900})
    await visitor.page.goto(f"{shop.origin}/settings#{section}")
    field = visitor.page.get_by_label("Key of a member of staff")
    await field.fill(shop.server.keys["ownerKey"])
    await field.press("Enter")
    await expect(visitor.page.get_by_role("navigation", name="Settings")).to_be_visible()
    return visitor


async def go_to(page: Page, section: str) -> None:
    await page.get_by_role("navigation", name="Settings").get_by_role("link", name=section).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(section)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def choice(panel: Locator, title: str) -> Locator:
    return panel.get_by_role("radio", name=re.compile(f"^{title}"))


def button(panel: Locator, name: str = "Save") -> Locator:
    return panel.get_by_role("button", name=name, exact=True)


async def save(panel: Locator) -> None:
    await button(panel).click()
    await expect(panel.get_by_text("Saved", exact=True)).to_be_visible()


async def is_refused(field: Locator, reason: str) -> None:
    """The reason stands at the field, and a screen reader says it there."""
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile(reason))
