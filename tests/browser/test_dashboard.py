"""The dashboard in a browser: every number is that of the API, and leads to its list."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.board import Sample, card, enter, lists, shows
from tests.browser.windows import Shop, Visitor
from tests.e2e.clients import calling
from tests.e2e.processes import Json

# The repeats of a key may come quicker than the page is drawn.
_HELD_DOWN = """slider => {
  for (let n = 0; n < 30; n++) slider.dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown", bubbles: true }));
}"""


async def test_numbers_lists_live_and_past(shop: Shop) -> None:
    async with calling(shop.server.url) as caller:
        sample = Sample(shop, caller)
        await sample.make()
        board = await enter(shop)
        page = board.page
        earlier = await sample.metrics()
        await shows(page, earlier)
        await _numbers_lead_to_lists(page)
        await _is_live(page, sample, shop)
        await _shows_the_past(page, sample, earlier)
        await _saves_the_list(page)
        await _fits_a_phone(board)


async def _numbers_lead_to_lists(page: Page) -> None:
    everything = ("A kettle, please", "Never mind", "I want to complain", "Where is my <b>lamp</b>?")
    await lists(page, "Conversations 4", *everything)
    await card(page, "Resolved by AI").locator(".number").press("Enter")
    await lists(page, "Resolved by AI 1", "Where is my <b>lamp</b>?")
    await expect(page.locator("#list")).to_be_focused()
    await card(page, "Conversations").get_by_role("link", name="1 closed").click()
    await lists(page, "Closed 1", "Never mind")
    await page.get_by_role("navigation", name="Group").get_by_role("link", name="Tag").click()
    await page.locator(".legend").get_by_role("link", name="Untagged 2").click()
    await lists(page, "Conversations 2", "Never mind", "I want to complain")
    await page.get_by_role("link", name="Untagged: remove").click()
    await lists(page, "Conversations 4", *everything)
    await page.locator(".legend").get_by_role("link", name="sizes 1").click()
    await lists(page, "Conversations 1", "A kettle, please")
    picture = page.locator(".picture svg")
    box = await picture.bounding_box()
    assert box is not None
    # The bar of today counts five, "Untagged" twice, below the line of 6; "sizes" is at its top.
    await picture.click(position={"x": box["width"] - (box["width"] - 44) / 60, "y": 8 + 230 * 1.5 / 6})
    await expect(page.locator(".narrowed .chip")).to_have_count(2)
    await page.reload()  # the address has it all
    await expect(page.locator(".narrowed .chip")).to_have_count(2)
    await page.go_back()
    await expect(page.locator(".narrowed .chip")).to_have_count(1)
    await page.get_by_label("Search").fill("comp")
    await lists(page, "Conversations 0")
    await page.get_by_role("link", name="sizes: remove").click()
    await lists(page, "Conversations 1", "I want to complain")
    await card(page, "AI-generated sales").locator(".number").click()
    await expect(page.locator("table.rows tbody tr")).to_have_count(1)
    await expect(page.locator("table.rows tbody tr")).to_contain_text("The shopper clicked a product card")
    await expect(page.locator("table.rows tbody tr")).to_contain_text("€30.00")
    await card(page, "Conversations").locator(".number").click()
    await lists(page, "Conversations 4", *everything)


async def _is_live(page: Page, sample: Sample, shop: Shop) -> None:
    conversation_id, _ = await sample.begin("Is it live?", "liv@example.com")
    await shows(page, await sample.metrics())
    await expect(page.locator("#list")).to_contain_text("Conversations 5")
    await expect(page.locator(".feed").get_by_role("link", name="Is it live?")).to_be_visible()
    question = page.locator("table.rows").get_by_role("link", name="Is it live?")
    await question.press("Enter")
    drawer = page.get_by_role("dialog")
    await expect(drawer.get_by_role("heading", name="liv@example.com", exact=True)).to_be_visible()
    await expect(drawer.locator("[data-sequence]")).to_have_count(1)
    said = await sample.say(conversation_id, "Yes, <i>it</i> is.")
    await expect(drawer.get_by_text("Yes, <i>it</i> is.")).to_be_visible()
    await shop.team("redactMessage", "message { id }", messageId=said)
    await expect(drawer.get_by_text("The words were removed.")).to_be_visible()
    await expect(drawer.get_by_text("Yes, <i>it</i> is.")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(drawer).to_have_count(0)
    await expect(question).to_be_focused()


async def _shows_the_past(page: Page, sample: Sample, earlier: Json) -> None:
    address = page.url.partition("#")[0]
    await page.goto(f"{address}#at={earlier['asOf']}")
    await shows(page, await sample.metrics(earlier["asOf"]))
    await expect(page.get_by_role("status")).to_have_text("The past")
    await expect(page.locator("#list")).to_contain_text("Conversations 4")
    await expect(page.locator(".feed").get_by_role("link", name="Is it live?")).to_have_count(0)
    await page.get_by_role("button", name="Now").click()
    await expect(page.get_by_role("status")).to_have_text("Live")
    await shows(page, await sample.metrics())
    slider = page.get_by_label("As of")
    await expect(slider).to_have_attribute("aria-valuetext", "now")
    await slider.press("ArrowLeft")
    shown = page.locator(".when-shown")
    await expect(shown).to_have_text(re.compile(r"\d \w+ \d{4}, \d+:\d\d:\d\d$"))
    await expect(slider).to_have_attribute("aria-valuetext", await shown.inner_text())
    assert "at=" in page.url
    await slider.evaluate(_HELD_DOWN)
    await expect(card(page, "Conversations").locator(".number")).to_have_text("0")
    await page.get_by_role("button", name="Now").click()
    await shows(page, await sample.metrics())


async def _saves_the_list(page: Page) -> None:
    await card(page, "Not resolved by AI").locator(".number").click()
    await page.locator("summary", has_text="Export").press("Enter")
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save the file").click()
    download = await saving.value
    assert download.suggested_filename.endswith(".csv")
    text = (await download.path()).read_text("utf-8-sig")
    assert "I want to complain" in text
    assert "Never mind" not in text


async def _fits_a_phone(board: Visitor) -> None:
    await board.page.set_viewport_size({"width": 320, "height": 700})
    await expect(board.page.locator("table.rows tbody tr")).to_have_count(1)
    assert await board.page.evaluate("document.documentElement.scrollWidth") <= 320
    await board.is_clean()
