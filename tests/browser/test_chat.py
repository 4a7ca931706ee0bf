"""A shopper's chat in a browser: from the question to the close, over a restart, and with hostile texts."""

from __future__ import annotations

from playwright.async_api import FilePayload, expect

from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Json

_MESSAGE = "message { sequence }"
_TICKET = "conversation { id }"


async def _asked(shop: Shop, visitor: Visitor, text: str) -> Json:
    """The shopper opens the chat and asks; returns the conversation."""
    await visitor.open()
    await visitor.write(text)
    await expect(visitor.messages).to_have_count(1)
    (conversation_id,) = await shop.conversations()
    return await shop.conversation(conversation_id)


async def test_from_the_question_to_the_close(shop: Shop, visitor: Visitor) -> None:
    page = visitor.page
    await expect(page.get_by_role("link", name="API console").first).to_be_visible()
    launcher = page.get_by_role("button", name="Open the chat")
    await launcher.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Write a message")).to_be_focused()
    await page.keyboard.type("Do you have boots?")
    await page.keyboard.press("Enter")
    await expect(visitor.messages).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(launcher).to_be_focused()

    began = await shop.conversation((await shop.conversations())[0])
    conversation = {"conversationId": began["id"]}
    await shop.agent("postAgentMessage", _MESSAGE, **conversation, epoch=1, text="Let me see.")
    await expect(page.get_by_role("button", name="Open the chat. New messages: 1")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Hi! How can I help you?")).to_be_visible()
    await expect(page.get_by_text("Let me see.")).to_be_visible()

    await shop.agent_writes(began["id"], "We have Sti")
    await expect(page.get_by_text("We have Sti", exact=True)).to_be_visible()
    boots: Json = {"productId": "boots-mid", "title": "Sti hiking boots", "url": f"{shop.origin}/#boots-mid"}
    boots["price"] = {"amount": "179.00", "currency": "USD"}
    text = "We have Sti hiking boots. See [our guide](https://shop.example/guide)."
    await shop.agent("postAgentMessage", _MESSAGE, **conversation, epoch=1, text=text, products=[boots])
    await expect(page.get_by_text("We have Sti", exact=True)).to_have_count(0)
    await expect(page.get_by_role("link", name="our guide")).to_have_attribute("href", "https://shop.example/guide")
    async with visitor.context.expect_page():
        await page.get_by_role("link", name="Sti hiking boots $179.00").click()

    lamp: FilePayload = {"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"Serial number 1001"}
    await page.locator("input[type=file]").set_input_files([lamp])
    await expect(page.get_by_role("button", name="Remove lamp.txt")).to_be_visible()
    await visitor.write("And this lamp?")
    file = page.get_by_role("link", name="lamp.txt")
    address = await file.get_attribute("href")
    assert address is not None
    assert await (await page.request.get(address)).body() == lamp["buffer"]

    await shop.agent("requestHandoff", "handoff { id }", **conversation, epoch=1, reason="EXPLICIT_ASK")
    await page.get_by_role("button", name="Yes, connect me with an agent").click()
    await page.get_by_label("Your e-mail address").fill("nobody")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Enter a valid e-mail address.")).to_be_visible()
    await page.get_by_label("Your e-mail address").fill("vic@example.com")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Waiting for our team")).to_be_visible()

    asked = await shop.conversation(began["id"])
    assert asked["contact"]["email"]["value"] == "vic@example.com"
    await shop.team("takeTicket", _TICKET, ticketId=asked["ticket"]["id"])
    await expect(page.get_by_role("heading", name="Olivia Owner")).to_be_visible()
    await shop.team("replyToConversation", _MESSAGE, **conversation, text="Hello, I am Olivia.")
    await expect(page.get_by_text("Hello, I am Olivia.")).to_be_visible()
    await visitor.write("Thank you")
    await page.get_by_role("button", name="End the chat").click()
    await (
        page.get_by_role("group", name="Do you want to end this chat?")
        .get_by_role("button", name="End the chat")
        .click()
    )
    await expect(page.get_by_text("This chat has ended.")).to_be_visible()

    await visitor.shows(await shop.seen_by_shopper(began["id"]))
    assert (await shop.conversation(began["id"]))["status"] == "NOT_RESOLVED_BY_AI"
    await visitor.is_clean()


async def test_every_window_ends_equal_to_the_database(shop: Shop, visitor: Visitor) -> None:
    began = await _asked(shop, visitor, "First")
    conversation = {"conversationId": began["id"]}
    second = await visitor.window()
    await second.open()
    await second.write("Second, from another window")
    await expect(visitor.messages).to_have_count(2)

    await shop.server.kill()
    await visitor.write("Third, while the server is away")
    await expect(visitor.page.get_by_text("No connection. Trying again.")).to_be_visible()
    await shop.server.start()
    await shop.agent("postAgentMessage", _MESSAGE, **conversation, epoch=1, text="Fourth, after the restart")
    for window in (visitor, second):
        await expect(window.page.get_by_text("Fourth, after the restart")).to_be_visible()
        await expect(window.page.get_by_text("Third, while the server is away")).to_be_visible()

    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    await visitor.context.set_offline(True)
    await second.write("Fifth, without a network")
    await expect(second.page.locator(".unsent")).to_have_count(1)
    await second.page.close()  # what it keeps is sent by another window
    for number in range(3):
        await shop.agent("postAgentMessage", _MESSAGE, **conversation, epoch=1, text=f"Missed {number}")
    await visitor.context.set_offline(False)
    second = await visitor.window()
    await second.open()
    await expect(visitor.page.get_by_text("Fifth, without a network")).to_be_visible()

    stored = await shop.seen_by_shopper(began["id"])
    written = ["First", "Second, from another window", "Third, while the server is away", "Fourth, after the restart"]
    written += ["Fifth, without a network", "Missed 0", "Missed 1", "Missed 2"]
    assert sorted(message["text"] for message in stored) == sorted(written)
    for window in (visitor, second):
        await window.shows(stored)
        assert window.elsewhere == []
    assert len(await shop.conversations()) == 1


_HOSTILE = [
    "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>",
    "javascript:alert(1) [click](javascript:alert(1)) data:text/html,<b>no</b>",
    "\u202eevil\u202c שלום, مرحبا, and back",
    "漢字 नमस्ते 🧑‍🚀 Z̷͓̈́a̵l̶g̷o̴",
    "x" * 10_000,
]


async def test_hostile_texts_are_shown_as_text(shop: Shop) -> None:
    visitor = await shop.visitor(viewport={"width": 320, "height": 568}, color_scheme="dark")
    began = await _asked(shop, visitor, _HOSTILE[0])
    for text in _HOSTILE[1:]:
        await visitor.write(text)
    for text in _HOSTILE:
        await shop.agent("postAgentMessage", _MESSAGE, conversationId=began["id"], epoch=1, text=text)

    await expect(visitor.messages).to_have_count(2 * len(_HOSTILE))
    await visitor.shows(await shop.seen_by_shopper(began["id"]))
    assert await visitor.page.evaluate("window.hacked") is None
    assert await visitor.page.locator("[data-sequence] a, [data-sequence] img, [data-sequence] script").count() == 0
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await visitor.page.locator(".thread").evaluate("element => element.scrollWidth <= element.clientWidth")
    await visitor.is_clean()
