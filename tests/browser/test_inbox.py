"""The team's inbox in a browser, beside the shopper's chat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from playwright.async_api import Locator, Page, WebSocketRoute, expect
from pymongo import AsyncMongoClient

from tests.browser.desk import Desk
from tests.browser.long_list import multiply
from tests.browser.windows import Shop, Visitor
from tests.e2e.clients import Caller
from tests.e2e.processes import PATIENCE, Json

_LONG = 300  # tickets: three pages
_MANY = 10_000  # tickets
_MOST_OF = timedelta(seconds=_MANY - 1)  # from the oldest to the newest
_SCROLL = 240  # seconds for a hundred pages, also on a machine that is busy
_LATE = "mutation($input: PostAgentMessageInput!) { postAgentMessage(input: $input) { errors { code } } }"
_NOTICES = """
window.told = [];
document.hasFocus = () => false;
window.Notification = class extends Notification {
  constructor(title, options) { super(title, options); window.told.push(title); }
};
"""


class _Line:
    """The sockets of a page, whose messages the test can hold back."""

    def __init__(self) -> None:
        self.held = False
        self._waiting: list[tuple[WebSocketRoute, str | bytes]] = []

    async def open(self, page: Page) -> None:
        await page.route_web_socket("**/graphql", self._pass_on)

    def release(self) -> None:
        self.held = False
        for socket, message in self._waiting:
            socket.send(message)

    def _pass_on(self, socket: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self.held:
                self._waiting.append((socket, message))
            else:
                socket.send(message)

        socket.connect_to_server().on_message(pass_on)


async def test_a_ticket_from_the_queue_to_the_close(shop: Shop, visitor: Visitor) -> None:
    desk = await shop.visitor(viewport={"width": 1200, "height": 800})
    line = _Line()
    await line.open(desk.page)
    await desk.page.goto(f"{shop.origin}/inbox")
    field = desk.page.get_by_label("Key of a member of staff")
    await field.fill(shop.server.keys["publishableKey"])
    await field.press("Enter")
    await expect(desk.page.get_by_role("alert")).to_have_text("This key belongs to no member of staff.")
    await field.fill(shop.server.keys["ownerKey"])
    await field.press("Enter")
    await expect(desk.page.get_by_text("Open tickets: 0")).to_be_visible()
    await desk.page.get_by_label("Available").check()

    await visitor.open()
    await visitor.write("My lamp is broken <b>!</b>")
    await expect(visitor.messages).to_have_count(1)
    (conversation_id,) = await shop.conversations()
    asked = {"conversationId": conversation_id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": "Lamp"}
    await shop.agent("requestHandoff", "handoff { id }", **asked)
    await visitor.page.get_by_role("button", name="Yes, connect me with an agent").click()
    await visitor.page.get_by_label("Your e-mail address").fill("vic@example.com")
    await visitor.page.get_by_role("button", name="Continue").click()

    ticket = desk.page.get_by_role("button", name="vic@example.com")
    await expect(ticket).to_contain_text("My lamp is broken")  # and not what Baton said to the shopper since
    await ticket.click()
    await expect(desk.page.get_by_text("My lamp is broken <b>!</b>").last).to_be_visible()
    await desk.page.get_by_role("button", name="Take").click()
    await expect(desk.page.get_by_role("button", name="Release")).to_be_visible()
    await expect(visitor.page.get_by_role("heading", name="Olivia Owner")).to_be_visible()
    await desk.page.get_by_label("Reply").fill("We send a new one.")
    await expect(visitor.page.get_by_text("Olivia Owner is typing")).to_be_visible()

    line.held = True
    await visitor.write("Wait, it works")
    await expect(visitor.page.locator(".unsent")).to_have_count(0)
    await desk.page.get_by_role("button", name="Send").click()
    await expect(desk.page.get_by_text("Your reply was not sent")).to_be_visible()
    await expect(desk.page.get_by_text("Wait, it works").last).to_be_visible()
    await expect(desk.page.get_by_label("Reply")).to_have_value("We send a new one.")
    await desk.page.get_by_label("Reply").fill("Good to hear.")
    await desk.page.get_by_role("button", name="Send").click()
    await expect(visitor.page.get_by_text("Good to hear.")).to_be_visible()
    line.release()

    await desk.page.get_by_label("Note, which shoppers never see").check()
    await desk.page.get_by_label("Note", exact=True).fill("A happy end")
    await desk.page.get_by_role("button", name="Add the note").click()
    await expect(desk.page.locator(".note", has_text="A happy end")).to_be_visible()
    await desk.page.get_by_role("button", name="Close").click()
    await expect(desk.page.get_by_text("Open tickets: 0")).to_be_visible()

    await visitor.shows(await shop.seen_by_shopper(conversation_id))
    await desk.is_clean()
    await visitor.is_clean()


async def _text_message(shop: Shop, phone: str, text: str) -> str:
    """A shopper's SMS which the agent cannot answer; returns the conversation."""
    given = {"channel": "SMS", "text": text, "visitor": {"phone": phone}}
    conversation_id: str = (await shop.team("startConversation", "conversation { id }", **given))["conversation"]["id"]
    asked = {"conversationId": conversation_id, "epoch": 1, "reason": "KNOWLEDGE_GAP", "summary": f"For {phone}"}
    await shop.agent("requestHandoff", "handoff { id }", **asked)
    return conversation_id


async def _ask(shop: Shop, key: str, document: str, **variables: Any) -> Json:
    api = Caller([shop.server.url])
    data = await api.ask(shop.server.keys[key], document, **variables)
    await api.close()
    return data


async def _colleague(shop: Shop, key: str) -> Visitor:
    desk = await shop.visitor(viewport={"width": 1400, "height": 900})
    await desk.context.grant_permissions(["notifications"])
    await desk.context.add_init_script(_NOTICES)
    await desk.page.goto(f"{shop.origin}/inbox")
    field = desk.page.get_by_label("Key of a member of staff")
    await field.fill(key)
    await field.press("Enter")
    await expect(desk.page.get_by_text(f"Open tickets: {_LONG}")).to_be_visible()
    return desk


async def _scroll_to_the_end(page: Page, last: Locator, *, patience: float = PATIENCE) -> None:
    async with asyncio.timeout(patience):
        while await last.count() == 0:
            await page.keyboard.press("End")
            await page.evaluate("new Promise(requestAnimationFrame)")
        await page.keyboard.press("End")
    await expect(last).to_be_focused()


async def test_colleagues_share_a_long_list_by_keyboard_alone(
    shop: Shop, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> None:
    await _text_message(shop, "+393331234501", "Where is my parcel?")
    await multiply(mongo_client[database_name], _LONG)
    staff = (await _ask(shop, "ownerKey", "{ account { staff { id name } } }"))["account"]["staff"]
    (member,) = (each["id"] for each in staff if each["name"] == "Sam Support")
    key = (await shop.team("createKey", "token", staffId=member))["token"]
    olivia, sam = await _colleague(shop, shop.server.keys["ownerKey"]), await _colleague(shop, key)
    page, his = olivia.page, sam.page

    # A long list has few rows in the page, and a new ticket moves none of those that are read.
    await page.locator(".ticket").first.focus()
    last = page.locator(f'[data-index="{_LONG - 1}"]')
    await _scroll_to_the_end(page, last)
    assert await page.locator(".ticket").count() < 60
    place = await last.bounding_box()
    conversation_id = await _text_message(shop, "+393331234502", "Do you engrave knives?")
    await expect(page.get_by_text(f"Open tickets: {_LONG + 1}")).to_be_visible()
    moved = page.locator(f'[data-index="{_LONG}"]')
    await expect(moved).to_be_focused()
    assert await moved.bounding_box() == place
    await page.keyboard.press("Home")
    await expect(page.locator('[data-index="0"]')).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="+393331234502", exact=True)).to_be_visible()
    await expect(page.get_by_text("For +393331234502")).to_be_visible()

    # One takes it; the other sees who writes, and is refused with his text kept.
    await page.keyboard.press("t")
    await expect(page.get_by_role("button", name="Release")).to_be_visible()
    await his.keyboard.press("j")
    await expect(his.get_by_role("heading", name="+393331234502", exact=True)).to_be_visible()
    await expect(his.get_by_text("With Olivia Owner")).to_be_visible()
    await expect(his.locator(".item.theirs")).to_have_count(1)
    await page.keyboard.press("r")
    await page.keyboard.type("Yes, we do.")
    await expect(his.get_by_text("Olivia Owner is writing to this shopper, too.")).to_be_visible()
    await his.keyboard.press("r")
    await his.keyboard.type("Me too")
    await his.keyboard.press("Control+Enter")
    await expect(his.get_by_text("This conversation is not yours. Take its ticket first.")).to_be_visible()
    await expect(his.get_by_label("Reply")).to_have_value("Me too")
    await page.keyboard.press("Control+Enter")
    for window in (page, his):
        await expect(window.locator(".item.ours", has_text="Yes, we do.")).to_be_visible()

    # The agent's late message is a draft, which only staff see.
    late = {"conversationId": conversation_id, "epoch": 1, "text": "No, we do not."}
    refused = await _ask(shop, "agentKey", _LATE, input=late)
    assert refused["postAgentMessage"]["errors"] == [{"code": "NOT_IN_CONTROL"}]
    for window in (page, his):
        await expect(window.locator(".draft", has_text="No, we do not.")).to_be_visible()

    # Later, and to somebody else.
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.get_by_role("dialog", name="Snooze the ticket")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Snoozed until")).to_be_visible()
    await expect(his.get_by_text(f"Open tickets: {_LONG}")).to_be_visible()
    await page.keyboard.press("4")
    await expect(page.locator(".ticket")).to_have_count(1)
    await page.keyboard.press("s")
    await expect(page.get_by_text("No snoozed ticket.")).to_be_visible()
    await page.keyboard.press("a")
    await page.keyboard.type("sam")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("With Sam Support")).to_be_visible()
    await his.keyboard.press("Escape")
    await his.keyboard.press("2")
    await expect(his.locator(".ticket")).to_have_count(1)
    await his.keyboard.press("e")
    await expect(his.get_by_text("You have no open ticket.")).to_be_visible()
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    await his.keyboard.press("5")
    await expect(his.locator(".ticket")).to_have_count(1)
    await his.keyboard.press("e")
    await expect(his.get_by_text("No closed ticket.")).to_be_visible()
    await expect(page.get_by_text("With Sam Support")).to_be_visible()

    # A search looks at every ticket; help and notifications are one key away.
    await page.keyboard.press("/")
    await page.keyboard.type("engrave")
    await expect(page.get_by_text("Found: 1", exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("1")  # which ends the search: the list is the view's again
    await expect(page.get_by_text("Found: 1", exact=True)).to_have_count(0)
    await expect(page.get_by_label("Search in all tickets")).to_have_value("")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    bell = page.get_by_role("button", name="Notify me")
    await bell.focus()
    await page.keyboard.press("Space")
    await expect(bell).to_have_attribute("aria-pressed", "true")
    await _text_message(shop, "+393331234503", "Is the tent waterproof?")
    await expect(page.get_by_role("link", name="All open")).to_contain_text(str(_LONG + 2))
    assert await page.evaluate("window.told") == ["New ticket: +393331234503"]
    await olivia.is_clean()
    await sam.is_clean()


async def test_ten_thousand_tickets(
    shop: Shop, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> None:
    """The list scrolls to its end with few rows in the page; a filter finds a ticket anywhere by one request."""
    database = mongo_client[database_name]
    conversation_id = await shop.text_message("+393331234501", "Where is my parcel?")
    tagged = {"conversationId": conversation_id, "epoch": 1, "text": "Let me see.", "tags": ["Parcels"]}
    await shop.agent("postAgentMessage", "message { id }", **tagged)
    await shop.agent_asks_for_a_human(conversation_id)
    await multiply(database, _MANY)
    oldest = await database["conversations"].find_one(sort=[("ticket.created_at", 1)])
    assert oldest is not None
    others = {"_id": {"$ne": oldest["_id"]}, "ticket.created_at": {"$lt": oldest["ticket"]["created_at"] + _MOST_OF}}
    await database["conversations"].update_many(others, {"$set": {"tags": []}})
    desk = Desk(await shop.browser(viewport={"width": 1400, "height": 900}))
    page = desk.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    await desk.enter(shop.server.keys["ownerKey"])
    await expect(page.get_by_text(f"Open tickets: {_MANY}")).to_be_visible()

    asked.clear()
    await page.get_by_role("button", name="Filter").click()
    await page.get_by_label("Tag").select_option("Parcels")
    await expect(page.get_by_text("Found: 2", exact=True)).to_be_visible()
    assert len([each for each in asked if "query Inbox(" in each]) == 1
    await page.get_by_role("button", name="Clear").click()
    await page.get_by_role("button", name="Filter").click()

    await page.locator(".ticket").first.focus()
    last = page.locator(f'[data-index="{_MANY - 1}"]')
    await _scroll_to_the_end(page, last, patience=_SCROLL)
    assert await page.locator(".ticket").count() < 60
    place = await last.bounding_box()
    await shop.ticket("+393331234502")
    await expect(page.get_by_text(f"Open tickets: {_MANY + 1}")).to_be_visible()
    moved = page.locator(f'[data-index="{_MANY}"]')
    await expect(moved).to_be_focused()
    assert await moved.bounding_box() == place
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="+393331234501", exact=True)).to_be_visible()
