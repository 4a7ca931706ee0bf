"""A shopper's chat in a browser: from the question to the close, over a restart, and with hostile texts."""

from __future__ import annotations

from playwright.async_api import FilePayload, expect

from tests.browser.desk import Desk
from tests.browser.texts import HOSTILE
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Json

_MESSAGE = "message { sequence }"
_TICKET = "conversation { id }"


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
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
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


async def test_hostile_texts_are_shown_as_text(shop: Shop) -> None:
    """By the widget and by the inbox: of the shopper and of the agent, in messages, names, summaries and wordings."""
    visitor = await shop.visitor(viewport={"width": 320, "height": 568}, color_scheme="dark")
    desk = Desk(await shop.browser(viewport={"width": 390, "height": 844}))
    await desk.enter(shop.server.keys["ownerKey"])
    markup, *others = HOSTILE
    # The account's own texts may have no tags: Baton refuses them.
    wording = "5 < 6 & 7 > 3 {{7*7}} שלום"
    await shop.team("updateAccount", "account { id }", greeting=wording, awayMessage=wording, agentName=wording)
    await shop.team("updateHandoffSettings", "handoffSettings { version }", offerText=wording, declineLabel=wording)
    conversation_id = await shop.asked(visitor, markup)
    for text in others:
        await visitor.write(text)
    for text in HOSTILE:
        await shop.agent("postAgentMessage", _MESSAGE, conversationId=conversation_id, epoch=1, text=text)
    await shop.agent_asks_for_a_human(conversation_id, summary=markup)
    await visitor.accept("vic@example.com")
    await expect(visitor.page.get_by_text("Waiting for our team")).to_be_visible()

    await desk.ticket("vic@example.com").click()
    for window, show in ((visitor, visitor.shows), (desk.window, desk.shows)):
        await show(await shop.seen_by_shopper(conversation_id))
        assert await window.page.evaluate("window.hacked") is None
        assert await window.messages.locator("a, img, script, style, svg:not(button > svg)").count() == 0
        width = window.page.viewport_size["width"]
        assert await window.page.evaluate("document.documentElement.scrollWidth") <= width
        thread = window.page.get_by_role("log").last
        assert await thread.evaluate("element => element.scrollWidth <= element.clientWidth")
