"""Text of anybody is shown as text everywhere in the inbox, and breaks no layout."""

from __future__ import annotations

from playwright.async_api import FilePayload, Page, expect

from tests.browser.desk import Desk
from tests.browser.texts import HOSTILE
from tests.browser.windows import Shop
from tests.e2e.processes import Json

_LABEL = 200  # characters of a name, a tag, a title
_SHOWN = """query($id: ID!) { conversation(id: $id) { displayName tags summaries: handoffs { summary }
  messages(last: 100) { nodes { kind text products { title } attachments { name } } } } }"""
_WIDE = """() => [...document.querySelectorAll(".messages, .details, .list, .bar, .writing, dialog")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.className)"""


async def test_hostile_names_tags_titles_files_and_notes(shop: Shop) -> None:
    desk = Desk(await shop.browser(viewport={"width": 1400, "height": 900}))
    page = desk.page
    await desk.enter(shop.server.keys["ownerKey"])
    for number, text in enumerate(HOSTILE):
        label = " ".join(text[:_LABEL].split())
        conversation_id = await _hostile_ticket(shop, f"+39333123450{number}", label, text)
        await page.locator(".ticket").first.click()
        await expect(desk.messages.first).to_be_visible()
        payload: FilePayload = {"name": f"{number} {label}.txt", "mimeType": "text/plain", "buffer": b"1"}
        await page.get_by_label("Note, which shoppers never see").check()
        await page.locator("input[type=file]").set_input_files([payload])
        await expect(page.locator(".files button")).to_have_count(1)
        await page.get_by_label("Note", exact=True).fill(text)
        await desk.press("Add the note")
        await expect(desk.thread.locator(".item.note:not(.sending)")).to_have_count(2)

        shown = (await shop.ask("ownerKey", _SHOWN, id=conversation_id))["conversation"]
        await _shows(desk, shown)
        await page.keyboard.press("a")
        await expect(page.get_by_role("dialog")).to_be_visible()
        for width in (390, 1400):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            assert await page.evaluate(_WIDE) == []
        await page.keyboard.press("Escape")
        assert await page.evaluate("window.hacked") is None
        assert await _made_of_texts(page) == 0


async def _hostile_ticket(shop: Shop, phone: str, label: str, text: str) -> str:
    given: Json = {"channel": "SMS", "text": text, "visitor": {"phone": phone, "name": label}}
    started = await shop.team("startConversation", "conversation { id }", **given)
    conversation_id: str = started["conversation"]["id"]
    product = {"productId": "boots-mid", "title": label, "url": f"{shop.origin}/#boots-mid"}
    posted = {"conversationId": conversation_id, "epoch": 1, "text": "Look:", "tags": [label], "products": [product]}
    await shop.agent("postAgentMessage", "message { id }", **posted)
    await shop.agent_asks_for_a_human(conversation_id, summary=text, reasonDetail=label)
    await shop.team("addNote", "message { id }", conversationId=conversation_id, text=text)
    return conversation_id


async def _shows(desk: Desk, shown: Json) -> None:
    page = desk.page
    await expect(page.locator(".bar h2")).to_have_text(shown["displayName"])
    await expect(page.locator(".ticket .who bdi").first).to_have_text(shown["displayName"])
    await expect(page.locator(".details .tags .chip")).to_have_text(shown["tags"])
    messages = shown["messages"]["nodes"]
    await expect(desk.messages.locator(".products .chip")).to_have_text(
        [product["title"] for each in messages for product in each["products"]]
    )
    await expect(desk.messages.locator(".file bdi")).to_have_text(
        [file["name"] for each in messages for file in each["attachments"]]
    )
    await expect(desk.messages.locator(".text")).to_have_text([each["text"] for each in messages if each["text"]])
    await expect(desk.thread.locator(".event .summary")).to_have_text(shown["summaries"][0]["summary"])


async def _made_of_texts(page: Page) -> int:
    """The number of elements that only markup in somebody's text could have made."""
    return await page.locator(".desk :is(script, style, img, iframe)").count()
