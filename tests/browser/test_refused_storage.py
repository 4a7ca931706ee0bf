"""A browser that keeps nothing for a page, as with cookies switched off: every page and the chat work meanwhile."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.windows import Shop

_REFUSED = """
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
  Object.defineProperty(window, name, {get() { throw new DOMException("Access is denied.", "SecurityError"); }});
}
Object.defineProperty(Document.prototype, "cookie", {
  get() { throw new DOMException("Access is denied.", "SecurityError"); },
  set() { throw new DOMException("Access is denied.", "SecurityError"); },
});
"""


async def test_every_page_works_in_a_browser_that_keeps_nothing(shop: Shop) -> None:
    visitor = await shop.browser()
    await visitor.context.add_init_script(_REFUSED)
    await visitor.come()
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    await visitor.write("In size 42")
    await expect(visitor.messages).to_have_count(2)
    await visitor.page.keyboard.press("Escape")
    await visitor.open()
    await visitor.shows(await shop.seen_by_shopper(conversation_id))
    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")

    key = shop.server.keys["ownerKey"]
    desk = Desk(await visitor.window())
    await desk.enter(key)
    await desk.open("vic@example.com")
    await desk.press("Take")
    await desk.reply("We do.")
    await expect(visitor.messages.last.locator(".text")).to_have_text("We do.")
    await desk.page.keyboard.press("?")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()

    other = await visitor.window()
    for path in ("dashboard", "settings"):
        await other.page.goto(f"{shop.origin}/{path}")
        field = other.page.get_by_label("Key of a member of staff")
        await field.fill(key)
        await field.press("Enter")
        await expect(field).to_have_count(0)
        await expect(other.page.get_by_role("button", name="Sign out")).to_be_visible()
    await other.page.goto(f"{shop.origin}/graphql")
    await expect(other.page.locator(".cm-editor").first).to_be_visible()
    await other.page.goto(f"{shop.origin}/help")
    await expect(other.page.get_by_role("button", name="Open the chat")).to_be_visible()
