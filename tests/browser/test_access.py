"""The pages for everybody: axe-core finds nothing severe, and every action works without a mouse."""

from __future__ import annotations

import asyncio

from playwright.async_api import FilePayload, Locator, Route, expect

from tests.browser.axe import severe_problems
from tests.browser.desk import Desk
from tests.browser.keys import Keys
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Json

_LAMP: FilePayload = {"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"Serial number 1001"}


async def _recommended(shop: Shop, conversation_id: str) -> None:
    boots: Json = {"productId": "boots-mid", "title": "Sti hiking boots", "url": f"{shop.origin}/#boots-mid"}
    boots["price"] = {"amount": "179.00", "currency": "USD"}
    given = {"conversationId": conversation_id, "epoch": 1, "text": "See [our guide](https://shop.example/guide)."}
    await shop.agent("postAgentMessage", "message { id }", **given, products=[boots])


async def test_nothing_severe_on_any_page(shop: Shop, visitor: Visitor) -> None:
    """The chat with an offer and with its question, the inbox's door, and its thread with a note and a draft."""
    desk = Desk(await shop.browser())
    await desk.page.goto(f"{shop.origin}/inbox")
    assert await severe_problems(desk.page) == []
    await desk.enter(shop.server.keys["ownerKey"])

    assert await severe_problems(visitor.page) == []
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    await _recommended(shop, conversation_id)
    await shop.agent_asks_for_a_human(conversation_id, summary="Wants boots")
    await expect(visitor.page.get_by_role("button", name="No, thanks")).to_be_visible()
    assert await severe_problems(visitor.page) == []
    await visitor.page.get_by_role("button", name="Yes, connect me with an agent").click()
    await expect(visitor.page.get_by_label("Your e-mail address")).to_be_visible()
    assert await severe_problems(visitor.page) == []
    await visitor.page.get_by_label("Your e-mail address").fill("vic@example.com")
    await visitor.page.keyboard.press("Enter")

    await desk.open("vic@example.com")
    await desk.press("Take")
    assert await shop.late_agent(conversation_id, "Which size?") == "NOT_IN_CONTROL"
    await shop.team("addNote", "message { id }", conversationId=conversation_id, text="Size 42")
    await expect(desk.thread.get_by_text("Which size?")).to_be_visible()
    await expect(desk.thread.get_by_text("Size 42")).to_be_visible()
    assert await severe_problems(desk.page) == []
    for path, heading in (("dashboard", "Dashboard"), ("settings", "Handoff")):
        await desk.page.goto(f"{shop.origin}/{path}")
        await expect(desk.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        assert await severe_problems(desk.page) == []


async def test_nothing_severe_in_what_opens_in_the_inbox(shop: Shop) -> None:
    """Dialogs, filters, details, a colleague who writes, a refusal, an unsent note, an empty list; the help page."""
    conversation_id = await shop.ticket("+393331234501")
    await shop.ticket("+393331234502")
    desk = Desk(await shop.browser())
    page = desk.page
    await desk.enter(shop.server.keys["ownerKey"])
    await desk.open("+393331234501")
    for name, key in (("Keys", "?"), ("Assign the ticket", "a"), ("Snooze the ticket", "s")):
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert await severe_problems(page) == []
        await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    sam = await shop.key_of("Sam Support")
    await shop.team("takeTicket", "ticket { id }", ticketId=(await shop.conversation(conversation_id))["ticket"]["id"])
    asked = asyncio.Event()

    async def refuse(route: Route) -> None:
        errors = [{"message": "Not today.", "extensions": {"code": "FORBIDDEN"}}]
        await route.fulfill(json={"data": None, "errors": errors})

    async def hold(route: Route) -> None:
        await asked.wait()
        await route.continue_()

    async with desk.met("closeTicket", refuse), desk.met("addNote", hold):
        await desk.press("Close")
        await expect(page.get_by_text("Not today.")).to_be_visible()
        await page.get_by_label("Note, which shoppers never see").check()
        await page.get_by_label("Note", exact=True).fill("Size 42")
        await desk.press("Add the note")
        await page.locator("input[type=file]").set_input_files([_LAMP])
        await expect(page.get_by_role("button", name="Remove lamp.txt")).to_be_visible()
        await shop.types_as(sam, conversation_id)
        await expect(page.locator(".collision")).to_contain_text("Sam Support is writing")
        assert await severe_problems(page) == []
        asked.set()
    await page.set_viewport_size({"width": 1400, "height": 900})
    await desk.press("Hold…")
    assert await severe_problems(page) == []
    await page.keyboard.press("Escape")
    keys = Keys(page)
    await keys.use(page.get_by_role("button", name="Remove words…"))
    await keys.use(desk.messages.get_by_role("button", name="Remove the words").last, back=True)
    assert await severe_problems(page) == []
    await page.keyboard.press("Escape")
    await desk.press("Filter")
    await page.get_by_label("Unread only").check()
    await page.get_by_label("Channel").select_option("EMAIL")
    await expect(page.get_by_text("No ticket matches.")).to_be_visible()
    assert await severe_problems(page) == []
    await page.goto(f"{shop.origin}/help")
    assert await severe_problems(page) == []


async def test_the_widget_without_a_mouse(shop: Shop, visitor: Visitor) -> None:
    page = visitor.page
    keys = Keys(page)
    button = page.get_by_role("button", name="Open the chat")
    field = page.get_by_label("Write a message")
    await keys.use(page.get_by_role("link", name="Skip to the products"))
    await keys.use(button)
    await keys.at(field)
    await keys.write("Do you have boots?")
    await keys.press("Enter")
    await expect(visitor.messages).to_have_count(1)
    [conversation_id] = await shop.conversations()

    async with page.expect_file_chooser() as choosing:
        await keys.use(page.get_by_role("button", name="Attach a file"), back=True)
    await (await choosing.value).set_files([_LAMP])
    await expect(page.get_by_role("button", name="Remove lamp.txt")).to_be_visible()
    await keys.use(page.get_by_role("button", name="Remove lamp.txt"), back=True)
    await keys.at(field)

    await _recommended(shop, conversation_id)
    await keys.to(page.get_by_role("link", name="our guide"), back=True)
    async with visitor.context.expect_page():
        await keys.use(page.get_by_role("link", name="Sti hiking boots"))
    await page.bring_to_front()
    await shop.agent_asks_for_a_human(conversation_id)
    await keys.use(page.get_by_role("button", name="No, thanks"))
    await keys.at(field)
    await shop.agent_asks_for_a_human(conversation_id)
    await expect(page.get_by_role("button", name="Yes, connect me with an agent")).to_be_visible()
    await keys.use(page.get_by_role("button", name="Yes, connect me with an agent"), back=True)
    await keys.at(page.get_by_label("Your e-mail address"))
    await keys.write("vic@example.com")
    await keys.press("Enter")
    await expect(page.get_by_text("Waiting for our team")).to_be_visible()
    await keys.at(field)

    end = page.get_by_role("button", name="End the chat")
    await keys.use(end, back=True)
    await keys.use(page.get_by_role("button", name="Cancel"))
    await keys.at(end)
    await keys.press("Enter")
    await keys.at(end)  # which asks now
    await keys.press("Enter")
    await expect(page.get_by_text("This chat has ended.")).to_be_visible()
    await keys.at(field)
    await keys.press("Escape")
    await keys.at(button)


async def test_the_inbox_without_a_mouse(shop: Shop, visitor: Visitor) -> None:
    """Every action by Tab, Enter and Space; the keys that make them shorter are the subject of test_inbox.py."""
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")
    desk = Desk(await shop.browser())
    page = desk.page
    keys = Keys(page)

    def button(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=True)

    await page.goto(f"{shop.origin}/inbox")
    await keys.to(page.get_by_label("Key of a member of staff"))
    await keys.write(shop.server.keys["ownerKey"])
    await keys.press("Enter")
    await expect(page.get_by_text("Open tickets: 1")).to_be_visible()
    await keys.use(page.get_by_role("link", name="Skip to the content"))
    await keys.to(page.get_by_label("Available"), back=True)
    await keys.press("Space")
    await expect(page.get_by_label("Available")).to_be_checked()
    await keys.use(page.get_by_role("link", name="Unassigned"))
    await keys.use(button("Filter"))
    await keys.to(page.get_by_label("Unread only"))
    await keys.press("Space")
    await keys.use(desk.ticket("vic@example.com"))
    await expect(desk.messages.get_by_text("Do you have boots?")).to_be_visible()

    await keys.use(button("Assign…"))
    await keys.write("Olivia")
    await keys.use(page.get_by_role("dialog", name="Assign the ticket").get_by_role("button", name="Olivia Owner"))
    await expect(button("Release")).to_be_visible()
    await keys.use(button("Snooze…"))
    await keys.use(page.get_by_role("dialog", name="Snooze the ticket").get_by_role("button").first)
    await keys.use(button("Wake"))
    await expect(button("Snooze…")).to_be_visible()
    await keys.to(page.get_by_label("Note, which shoppers never see"))
    await keys.press("Space")
    await keys.to(page.get_by_label("Note", exact=True), back=True)
    await keys.write("Size 42")
    await keys.press("Control+Enter")
    await expect(desk.messages.get_by_text("Size 42")).to_be_visible()
    await keys.to(page.get_by_label("Note, which shoppers never see"))
    await keys.press("Space")
    await keys.to(page.get_by_label("Reply", exact=True), back=True)
    await keys.write("We do.")
    await keys.use(button("Send"))
    await expect(visitor.page.get_by_text("We do.")).to_be_visible()

    await keys.use(button("Close"), back=True)
    await keys.use(button("Reopen"), back=True)
    await keys.use(button("Return to the agent"))
    await expect(page.get_by_text("The agent has the conversation again.")).to_be_visible()
    assert (await shop.conversation(conversation_id))["controller"]["kind"] == "AI_AGENT"
    await keys.use(page.get_by_role("button", name="Sign out"), back=True)
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()


async def test_the_rest_of_the_inbox_without_a_mouse(shop: Shop) -> None:
    """Filters, details, consent, files, earlier messages, and the buttons of dialogs."""
    conversation_id = await shop.ticket("+393331234501")
    for number in range(100):
        await shop.team("addNote", "message { id }", conversationId=conversation_id, text=f"Note {number}")
    desk = Desk(await shop.browser(viewport={"width": 1400, "height": 900}))
    page = desk.page
    keys = Keys(page)

    def button(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=True)

    await desk.enter(shop.server.keys["ownerKey"])
    await keys.use(button("Filter"))
    await keys.to(page.get_by_label("Channel"))
    await keys.press("ArrowDown", "ArrowDown", "ArrowDown")
    await expect(page.get_by_label("Channel")).to_have_value("EMAIL")
    await expect(page.get_by_text("No ticket matches.")).to_be_visible()
    await keys.use(button("Clear"))
    await expect(page.locator(".ticket")).to_have_count(1)
    await keys.at(button("Clear"))
    await keys.use(desk.ticket("+393331234501"))

    await keys.use(button("Show earlier messages"))
    await expect(desk.messages.get_by_text("Hello from +393331234501")).to_be_visible()
    await expect(desk.thread).to_be_focused()
    async with page.expect_file_chooser() as choosing:
        await keys.use(button("Attach"))
    await (await choosing.value).set_files([_LAMP])
    await keys.use(button("Remove lamp.txt"), back=True)
    await keys.at(page.get_by_label("Reply", exact=True))
    await keys.use(button("Hide"))
    await keys.at(button("Details"))
    await keys.press("Enter")
    await expect(button("Hide")).to_be_visible()

    for opener, title in (("Assign…", "Assign the ticket"), ("Snooze…", "Snooze the ticket")):
        await keys.use(button(opener))
        dialog = page.get_by_role("dialog", name=title)
        await keys.use(dialog.get_by_role("button", name="Close this dialog"))
        await expect(dialog).to_have_count(0)
        await keys.at(button(opener))
    await keys.use(button("Assign…"))
    await keys.use(page.get_by_role("dialog").get_by_role("button", name="Sam Support"))
    await expect(page.get_by_text("With Sam Support")).to_be_visible()
    await keys.use(button("Assign…"))
    await keys.use(page.get_by_role("dialog").get_by_role("button", name="Nobody"))
    await expect(page.get_by_text("With Sam Support")).to_have_count(0)
    await keys.use(page.get_by_role("button", name="Keys"), back=True)
    await keys.to(page.get_by_label("Single letters are commands"))
    await keys.press("Space", "Escape", "t")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(button("Take")).to_be_visible()
    assert (await shop.conversation(conversation_id))["controller"]["kind"] == "QUEUE"
    await keys.use(button("Take"))
    await keys.use(button("Release"))
    await keys.at(button("Take"))
