"""The inbox shows what is: after a colleague's command, a time, a refusal; and the keyboard keeps its place."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from playwright.async_api import FilePayload, Locator, Route, expect

from tests.browser.desk import Desk
from tests.browser.windows import Shop

_FIRST, _SECOND = "+393331234501", "+393331234502"
_FILE: FilePayload = {"name": "prices.txt", "mimeType": "text/plain", "buffer": b"We pay 12"}

_SLOW_COMMANDS = """() => {
  const {fetch} = window;
  const going = new Promise((resolve) => { window.goOn = resolve; });
  window.asked = 0;
  window.fetch = async (url, options) => {
    if (/mutation (Close|Reopen|Take)Ticket/.test(options?.body)) {
      window.asked += 1;
      await going;
    }
    return fetch(url, options);
  };
}"""


async def _desk(shop: Shop) -> Desk:
    desk = Desk(await shop.browser(viewport={"width": 1400, "height": 900}))
    await desk.enter(shop.server.keys["ownerKey"])
    return desk


async def _ticket_id(shop: Shop, conversation_id: str) -> str:
    found: str = (await shop.conversation(conversation_id))["ticket"]["id"]
    return found


async def test_what_a_colleague_and_time_do_to_a_snoozed_ticket(shop: Shop) -> None:
    """The list of snoozed tickets and an open one follow, though neither is in the list of the open ones."""
    tickets = [await _ticket_id(shop, await shop.ticket(phone)) for phone in (_FIRST, _SECOND)]
    desk = await _desk(shop)
    page = desk.page
    await page.get_by_role("link", name="Snoozed").click()
    await expect(page.get_by_text("No snoozed ticket.")).to_be_visible()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for ticket in tickets:
        await shop.team("snoozeTicket", "ticket { id }", ticketId=ticket, until=tomorrow)
    await expect(page.locator(".ticket")).to_have_count(2)
    await expect(page.get_by_role("link", name="Snoozed")).to_contain_text("2")
    await expect(page.get_by_text("Snoozed tickets: 2")).to_be_visible()
    await expect(desk.ticket(_FIRST)).to_contain_text("Unassigned")

    await desk.open(_FIRST)
    await shop.team("closeTicket", "ticket { id }", ticketId=tickets[0])
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    await expect(page.locator(".ticket")).to_have_count(1)
    await shop.team("reopenTicket", "ticket { id }", ticketId=tickets[0])
    await expect(page.get_by_role("button", name="Take")).to_be_visible()

    await desk.open(_SECOND)
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    await shop.team("snoozeTicket", "ticket { id }", ticketId=tickets[1], until=soon)
    await expect(page.get_by_role("button", name="Snooze…")).to_be_visible()
    await expect(page.get_by_text("No snoozed ticket.")).to_be_visible()


async def test_an_open_conversation_shows_its_later_ticket(shop: Shop) -> None:
    """After a return to the agent and another handoff, the commands are those of the new ticket."""
    conversation_id = await shop.ticket(_FIRST)
    desk = await _desk(shop)
    await desk.open(_FIRST)
    await desk.press("Take")
    await desk.press("Return to the agent")
    await expect(desk.page.get_by_text("The agent has the conversation again.")).to_be_visible()
    epoch = (await shop.conversation(conversation_id))["controller"]["epoch"]
    given = {"conversationId": conversation_id, "epoch": epoch, "reason": "EXPLICIT_ASK"}
    await shop.agent("requestHandoff", "handoff { id }", **given)
    await desk.press("Take")
    await expect(desk.page.get_by_role("button", name="Release")).to_be_visible()
    assert (await shop.conversation(conversation_id))["controller"]["kind"] == "HUMAN_AGENT"


async def test_removed_words_leave_the_page(shop: Shop) -> None:
    """Those of a message that is on the screen, in the thread and in the list."""
    conversation_id = await shop.ticket(_FIRST)
    added = await shop.team("addNote", "message { id }", conversationId=conversation_id, text="His card is 4111")
    desk = await _desk(shop)
    await desk.open(_FIRST)
    await expect(desk.messages.get_by_text("His card is 4111")).to_be_visible()
    await expect(desk.ticket(_FIRST)).to_contain_text("His card is 4111")
    await shop.team("redactMessage", "message { id }", messageId=added["message"]["id"])
    await expect(desk.messages.get_by_text("Removed")).to_be_visible()
    await expect(desk.page.get_by_text("His card is 4111")).to_have_count(0)


async def test_a_refusal_is_told_at_its_ticket(shop: Shop) -> None:
    """The member is at another ticket then; a switch that was refused goes back."""
    for phone in (_FIRST, _SECOND):
        await shop.ticket(phone)
    desk = await _desk(shop)
    page = desk.page
    refusal = asyncio.Event()

    async def refuse(route: Route) -> None:
        await refusal.wait()
        await route.fulfill(
            json={"data": None, "errors": [{"message": "Not today.", "extensions": {"code": "FORBIDDEN"}}]}
        )

    await desk.open(_FIRST)
    async with desk.met("closeTicket", refuse):
        await desk.press("Close")
        await expect(page.get_by_role("button", name="Close", exact=True)).to_be_disabled()
        await desk.open(_SECOND)
        await expect(page.get_by_role("button", name="Close", exact=True)).to_be_enabled()
        refusal.set()
        tickets = page.get_by_role("region", name="Tickets")
        await expect(tickets.get_by_role("alert")).to_have_text(f"{_FIRST}: Not today.")
        conversation = page.get_by_role("region", name="Conversation")
        await expect(conversation.get_by_text("Not today.")).to_have_count(0)
        await desk.open(_FIRST)
        await desk.press("Close")
        await expect(conversation.get_by_text("Not today.")).to_be_visible()
    await desk.press("Close")
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    await expect(page.get_by_text("Not today.")).to_have_count(0)

    async with desk.met("setAvailability", refuse):
        await page.get_by_label("Available").click()
        await expect(page.get_by_text("Not today.")).to_be_visible()
        await expect(page.get_by_label("Available")).not_to_be_checked()


async def test_a_second_press_is_no_second_command(shop: Shop) -> None:
    """Close and reopen are one key: pressed twice while the server is slow, it closes."""
    await shop.ticket(_FIRST)
    desk = await _desk(shop)
    page = desk.page
    await desk.open(_FIRST)
    await expect(
        desk.messages.get_by_text(f"Hello from {_FIRST}")
    ).to_be_visible()  # a close passes over nothing that was not on the screen
    await page.evaluate(_SLOW_COMMANDS)
    for key in ("e", "e", "t"):
        await page.keyboard.press(key)
    await desk.press("Close", force=True)
    await page.evaluate("window.goOn()")
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    assert await page.evaluate("window.asked") == 1


async def test_keys_are_no_commands_in_dialogs_and_fields(shop: Shop) -> None:
    conversation_id = await shop.ticket(_FIRST)
    desk = await _desk(shop)
    page = desk.page
    await desk.open(_FIRST)
    for dialog, key in (("Keys", "?"), ("Assign the ticket", "a"), ("Snooze the ticket", "s")):
        await page.keyboard.press(key)
        await expect(page.get_by_role("dialog", name=dialog)).to_be_visible()
        await page.keyboard.type("tebl5")
        for field in await page.get_by_role("dialog").get_by_label("Name").all():
            await expect(field).to_have_value("tebl5")
            await field.fill("")  # else Escape would do so, and no more
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
    for field in (page.get_by_label("Reply", exact=True), page.get_by_label("Search in all tickets")):
        await field.focus()
        await page.keyboard.type("tebl5?")
        await expect(field).to_have_value("tebl5?")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Take")).to_be_visible()
    assert (await shop.conversation(conversation_id))["controller"]["kind"] == "QUEUE"
    await page.keyboard.press("t")
    await expect(page.get_by_role("button", name="Release")).to_be_visible()
    await expect(page.get_by_label("Reply", exact=True)).to_have_value("tebl5?")
    # The shopper leaves while a reply is written: what is typed goes on as a note, and no letter is a command.
    await page.get_by_label("Reply", exact=True).focus()
    await shop.team("closeConversation", "conversation { id }", conversationId=conversation_id)
    await expect(page.get_by_label("Note", exact=True)).to_have_value("tebl5?")
    await page.keyboard.type("els")
    await expect(page.get_by_label("Note", exact=True)).to_have_value("tebl5?els")


async def test_the_focus_stays_near_what_was_pressed(shop: Shop) -> None:
    """A control that goes away hands the focus on, so that the keyboard does not start at the top again."""
    await shop.ticket(_FIRST)
    desk = await _desk(shop)
    page = desk.page

    def button(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=True)

    async def pressed(name: str, then: Locator) -> None:
        await expect(page.locator('.actions [aria-disabled="true"]')).to_have_count(0)  # a command is on its way
        await button(name).focus()
        await page.keyboard.press("Enter")
        await expect(then).to_be_focused()

    await desk.open(_FIRST)
    await pressed("Take", button("Release"))
    await pressed("Release", button("Take"))
    await button("Snooze…").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(button("Wake")).to_be_focused()
    await pressed("Close", button("Reopen"))
    await pressed("Reopen", button("Take"))
    await pressed("Hide", button("Details"))
    for name in ("prices.txt", "more.txt"):
        await page.locator("input[type=file]").set_input_files([{**_FILE, "name": name}])
        await expect(button(f"Remove {name}")).to_be_visible()
    await pressed("Remove prices.txt", button("Remove more.txt"))
    await pressed("Remove more.txt", page.get_by_label("Reply", exact=True))
    await page.keyboard.type("Hello")
    await button("Take").click()
    await button("Send").focus()
    await page.keyboard.press("Enter")
    await expect(desk.messages.get_by_text("Hello")).to_have_count(2)  # the shopper's, too
    await expect(button("Send")).to_be_focused()
    await pressed("Return to the agent", desk.thread)
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Choose a ticket.")).to_be_visible()
    await page.get_by_role("link", name="Closed").click()
    await desk.ticket(_FIRST).focus()
    await page.keyboard.press("Enter")
    await expect(desk.messages.first).to_be_visible()
    await desk.thread.focus()
    await page.keyboard.press("Escape")
    await expect(desk.ticket(_FIRST)).to_be_focused()
