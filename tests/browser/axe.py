"""axe-core, which finds what a page lacks for people who do not see it, or who use no mouse."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Literal

from playwright.async_api import Page

_SOURCE = (files("axe_playwright_python") / "axe.min.js").read_text()
_SEVERE = ("serious", "critical")
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = ((390, 844), (1440, 900))


async def severe_problems(page: Page) -> list[str]:
    """What axe-core calls serious or critical on a page, on a phone and on a desk, light and dark."""
    await page.evaluate(_SOURCE)
    found = set()
    for scheme in _SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            result: dict[str, Any] = await page.evaluate("axe.run({resultTypes: ['violations']})")
            found |= {f"{scheme} {width}: {each}" for each in _named(result)}
    return sorted(found)


def _named(result: dict[str, Any]) -> list[str]:
    return [
        f"{violation['impact']} {violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in result["violations"]
        if violation["impact"] in _SEVERE
        for node in violation["nodes"]
    ]
