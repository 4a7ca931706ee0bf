"""Files that a shopper sends: over a lost network, cancelled, refused, too many, or when the chat ends."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import FilePayload, Route, expect

from tests.browser.requests import Held, Lost
from tests.browser.windows import Shop, Visitor

_LAMP: FilePayload = {"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"Serial number 1001"}
_DIRECTIONS = re.compile("[\u200d\u202a-\u202e]")
_NAMES = [
    "<img src=x onerror='window.hacked = true'>.txt",
    "\u202eevil\u202c שלום مرحبا.txt",
    "漢字 🧑‍🚀.txt",
    "x" * 180 + ".txt",
]


async def test_an_upload_goes_on_after_a_lost_network(shop: Shop, visitor: Visitor) -> None:
    """The bytes had arrived, and only the response was lost. The message has the file once."""
    page = visitor.page
    conversation_id = await shop.asked(visitor, "My lamp is dark")
    lost = Lost(address="**/uploads/*")
    await lost.begin(visitor.context)
    await page.locator("input[type=file]").set_input_files([_LAMP])
    await lost.delivered.wait()
    item = page.locator(".files li")
    await expect(item).to_contain_text("Sending")
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    lost.over = True
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    await page.keyboard.press("Escape")
    await page.reload()  # the file that the server has is kept, as the text is
    await visitor.open()
    await expect(item).to_have_text("lamp.txt")
    await visitor.write("This one")
    await expect(page.get_by_role("link", name="lamp.txt")).to_have_count(1)
    await expect(item).to_have_count(0)
    assert len(await shop.seen_by_shopper(conversation_id)) == 2


async def test_an_upload_is_cancelled_refused_or_tried_again(shop: Shop, visitor: Visitor) -> None:
    page = visitor.page
    field, items = page.locator("input[type=file]"), page.locator(".files li")
    conversation_id = await shop.asked(visitor, "My lamp is dark")
    free = asyncio.Event()

    async def held(route: Route) -> None:
        await free.wait()
        await route.fulfill(status=422)

    await visitor.context.route("**/uploads/*", held)
    await field.set_input_files([_LAMP])
    await expect(items).to_contain_text("Sending")
    await page.get_by_role("button", name="Remove lamp.txt").click()
    await expect(items).to_have_count(0)
    await visitor.write("Sent without it")
    await expect(visitor.messages).to_have_count(2)
    free.set()

    await field.set_input_files([{**_LAMP, "name": "refused.txt"}])
    await expect(page.get_by_role("alert")).to_have_text("refused.txt: Not sent")
    await visitor.context.unroute("**/uploads/*")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(items).to_have_text(["refused.txt"])

    await field.set_input_files([{**_LAMP, "name": f"{number}.txt"} for number in range(10)])
    await expect(page.get_by_role("alert")).to_have_text("You can send at most 10 files at once.")
    await expect(items).to_have_count(10)
    for number in range(8):
        await page.get_by_role("button", name=f"Remove {number}.txt").click()
    await shop.team("closeConversation", "conversation { id }", conversationId=conversation_id)
    await expect(page.get_by_text("This chat has ended.")).to_be_visible()
    await expect(items).to_have_text(["refused.txt", "8.txt"])  # they go into the next one
    await visitor.write("Here they are")
    await expect(visitor.messages.last.get_by_role("link")).to_have_text(["refused.txt", "8.txt"])
    await expect(items).to_have_count(0)


async def test_hostile_names_of_files_are_shown_as_text(shop: Shop, visitor: Visitor) -> None:
    page = visitor.page
    await page.set_viewport_size({"width": 320, "height": 568})
    await shop.asked(visitor, "My lamp is dark")
    field, items = page.locator("input[type=file]"), page.locator(".files li")
    for number, name in enumerate(_NAMES):
        await field.set_input_files([{**_LAMP, "name": name}])
        await expect(items.locator("bdi")).to_have_text([name])
        await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
        await visitor.write("This one")
        await expect(visitor.messages).to_have_count(number + 2)
        shown = _DIRECTIONS.sub(
            "", name
        )  # the server takes away what is not seen, and could make a name read otherwise
        await expect(visitor.messages.last.locator(".file bdi")).to_have_text(shown)
    assert await page.evaluate("window.hacked") is None
    assert await visitor.messages.locator("img, script, svg").count() == 0
    for place in (".panel", ".thread"):
        assert await page.locator(place).evaluate("element => element.scrollWidth <= element.clientWidth")


async def test_a_file_of_a_chat_that_has_ended_goes_into_the_next_one(shop: Shop, visitor: Visitor) -> None:
    """The words begin it, and the file is sent again. After a reload nobody has its bytes: the words go, and the
    shopper is told of the file."""
    page = visitor.page
    field, unsent = page.locator("input[type=file]"), page.locator(".unsent")
    ready = page.get_by_role("button", name="Send", exact=True)
    conversation_id = await shop.asked(visitor, "My lamp is dark")
    for words, is_reloaded in (("This one", False), ("And this one", True)):
        await field.set_input_files([_LAMP])
        await expect(page.get_by_role("button", name="Remove lamp.txt")).to_be_visible()
        await expect(ready).to_be_enabled()
        held = Held("SendMessage")
        await held.begin(visitor.context)
        known = set(await shop.conversations())
        await visitor.write(words)
        await held.came.wait()
        await shop.team("closeConversation", "conversation { id }", conversationId=conversation_id)
        if is_reloaded:
            await page.reload()
            await visitor.open()
        held.release()
        await expect(visitor.messages.first.locator(".text")).to_have_text(words)
        (conversation_id,) = set(await shop.conversations()) - known
        if not is_reloaded:
            await expect(page.get_by_role("link", name="lamp.txt")).to_have_count(1)
            await expect(unsent).to_have_count(0)
    await expect(unsent).to_contain_text("Not sent")
    await expect(unsent).to_contain_text("lamp.txt")
    await expect(unsent.get_by_role("button")).to_have_text(["Attach a file", "Discard"])
    await unsent.get_by_role("button", name="Discard").click()
    await expect(unsent).to_have_count(0)
    assert len(await shop.seen_by_shopper(conversation_id)) == 1
