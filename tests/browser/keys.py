"""A person without a mouse, who has to see where the focus is."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

_MOST = 80  # presses of Tab that reach any place of a page
_FOCUSED = "element => element.getRootNode().activeElement === element"
# The focus is shown at the element, or at its label around it.
_SEEN = """element => [element, ...(element.labels ?? [])].some((each) => {
  const {outlineStyle, outlineWidth} = getComputedStyle(each);
  const {width, height} = each.getBoundingClientRect();
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && width > 0 && height > 0;
})"""


class Keys:
    def __init__(self, page: Page) -> None:
        self._page = page

    async def to(self, target: Locator, *, back: bool = False) -> None:
        """Press Tab until the element has the focus, which must be seen there."""
        await expect(target).to_be_attached()
        for _ in range(_MOST):
            if await target.evaluate(_FOCUSED):
                break
            await self._page.keyboard.press("Shift+Tab" if back else "Tab")
        await self.at(target)

    async def at(self, target: Locator) -> None:
        await expect(target).to_be_focused()
        assert await target.evaluate(_SEEN), f"nobody sees that {target} has the focus"

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._page.keyboard.press(key)

    async def use(self, target: Locator, *, back: bool = False) -> None:
        await expect(target).to_be_enabled()  # a button rests while an answer to the last one is awaited
        await self.to(target, back=back)
        await self.press("Enter")

    async def write(self, text: str) -> None:
        await self._page.keyboard.type(text)
