"""The chat on a phone, where its window covers the whole page; and what it says while the team is asked for."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect

from tests.browser.axe import severe_problems
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import PATIENCE

_PHONE = {"width": 390, "height": 844}
_WHERE = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.closest(".panel") ? "panel" : element.tagName;
}"""
_REACHED = "(link) => { link.focus(); return document.activeElement === link; }"
_ROUTER = """
window.heard = [];
addEventListener("popstate", () => heard.push("left"));
const push = history.pushState;
history.pushState = (...given) => { heard.push("made"); push.apply(history, given); };
"""
_GREETING = "updateAccount", "account { id }"


async def _holds_the_focus(page: Page) -> None:
    """Tab goes round in the window, or out of the page to the browser, and never to what is behind."""
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 10:
        await page.keyboard.press(key)
        assert await page.evaluate(_WHERE) in ("panel", "BODY"), key


async def test_a_window_over_the_whole_page_is_modal_and_back_closes_it(shop: Shop) -> None:
    visitor = await shop.browser(viewport=_PHONE, reduced_motion="reduce")
    page = visitor.page
    await page.add_init_script(_ROUTER)
    await visitor.come()
    launcher = page.get_by_role("button", name="Open the chat")
    panel = page.get_by_role("dialog")
    link = page.get_by_role("link", name="Help", exact=True).first
    await page.goto(f"{shop.origin}/#goods")
    await page.evaluate("heard.length = 0")
    before = await page.evaluate("history.length")
    await visitor.open()
    await expect(page.get_by_label("Write a message")).to_be_focused()
    await expect(panel).to_have_css("width", "390px")
    assert not await link.evaluate(_REACHED)
    await _holds_the_focus(page)
    assert await severe_problems(page) == []
    await page.set_viewport_size(_PHONE)  # the check has changed it
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(launcher).to_be_focused()
    assert await link.evaluate(_REACHED)

    await visitor.open()
    async with asyncio.timeout(PATIENCE):
        while await page.evaluate("history.state") is None:  # noqa: ASYNC110 - the browser goes back in its own time
            await asyncio.sleep(0.05)
    await page.go_back()
    await expect(panel).to_have_count(0)
    await expect(launcher).to_be_focused()
    for _ in range(2):
        await visitor.open()
        await page.get_by_role("button", name="Close the chat window").click()
        await expect(panel).to_have_count(0)
    async with asyncio.timeout(PATIENCE):
        while await page.evaluate("history.state") is not None:  # noqa: ASYNC110 - the browser goes back in its own time
            await asyncio.sleep(0.05)
    assert await page.evaluate("[location.hash, history.length, history.state]") == ["#goods", before + 1, None]
    assert "made" not in await page.evaluate("heard")  # a router of the page would have gone somewhere

    await page.set_viewport_size({"width": 1280, "height": 720})
    await visitor.open()
    assert await link.evaluate(_REACHED)  # beside the window, the page is used as before
    await page.get_by_label("Write a message").focus()
    await page.set_viewport_size(_PHONE)
    await expect(page.locator(".panel:modal")).to_have_count(1)
    await expect(page.get_by_label("Write a message")).to_be_focused()
    assert not await link.evaluate(_REACHED)
    await page.set_viewport_size({"width": 1280, "height": 720})
    await expect(page.locator(".panel:modal")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await page.evaluate("document.querySelector('baton-chat').style.display = 'none'")
    await page.set_viewport_size(_PHONE)
    await page.evaluate("baton.open()")
    assert await link.evaluate(_REACHED)  # a window that the page hides blocks nothing


async def test_an_address_in_the_message_field_and_what_is_said_of_the_team(shop: Shop, visitor: Visitor) -> None:
    page = visitor.page
    waiting = page.get_by_text("Waiting for our team")
    form, field = page.get_by_label("Your e-mail address"), page.get_by_label("Write a message")
    conversation_id = await shop.asked(visitor, "My tent leaks")
    await visitor.write("vic@example.com")  # nobody has asked for one: these are words
    await expect(visitor.messages).to_have_count(2)
    await shop.agent_asks_for_a_human(conversation_id)
    await page.get_by_role("button", name="Yes, connect me with an agent").click()
    await expect(form).to_be_focused()
    await visitor.write("You can write to vic@example.com, please")
    await expect(form).to_have_value("vic@example.com")
    await visitor.write("vic@-example.com")
    await expect(page.locator(".composer").get_by_role("alert")).to_have_text("Enter a valid e-mail address.")
    await expect(field).to_have_value("vic@-example.com")
    await visitor.write(" sam@example.com ")
    await expect(waiting).to_be_visible()
    await expect(form).to_have_count(0)
    await expect(field).to_have_value("")
    asked = await shop.conversation(conversation_id)
    assert asked["contact"]["email"]["value"] == "sam@example.com"
    said = [message["text"] for message in await shop.seen_by_shopper(conversation_id)]
    assert not any("sam@example.com" in text or "-example" in text for text in said)

    await shop.team("closeTicket", "conversation { id }", ticketId=asked["ticket"]["id"])
    await expect(waiting).to_have_count(0)
    await visitor.write("Is anybody there?")
    await expect(waiting).to_be_visible()  # it opens the ticket again

    await shop.team(*_GREETING, greeting="Welcome back!")
    await page.keyboard.press("Escape")
    await visitor.open()
    await expect(page.get_by_text("Welcome back!")).to_be_visible()
    await shop.team(*_GREETING, greeting="We have moved.")
    await shop.server.kill()
    await expect(page.get_by_text("No connection. Trying again.")).to_be_visible()
    await shop.server.start()
    await expect(page.get_by_text("We have moved.")).to_be_visible()
