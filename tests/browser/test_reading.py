"""What a person has not read is not passed over: above the end of a thread, in a long text, after a redaction."""

from __future__ import annotations

from typing import Any

from playwright.async_api import FilePayload, Locator, expect
from pymongo import AsyncMongoClient

from tests.browser.desk import Desk
from tests.browser.snippets import give
from tests.browser.windows import Shop, Visitor

_LAMP: FilePayload = {"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"Serial number 1001"}
_LONG = "\n".join(f"Line {number}" for number in range(60))
_MOST = 32_000  # characters of a message
_DROPPED = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["Serial number"], "dropped.txt", {type: "text/plain"}));
  return data;
}"""
_TICKET = "{ inbox(first: 1) { nodes { state } } }"


async def _say(shop: Shop, conversation_id: str, text: str) -> dict[str, Any]:
    given = {"conversationId": conversation_id, "epoch": 1, "text": text}
    posted: dict[str, Any] = (await shop.agent("postAgentMessage", "message { id }", **given))["message"]
    return posted


async def _is_at_top(thread: Locator) -> None:
    await thread.evaluate("element => { element.scrollTop = 0; }")
    await expect(thread.get_by_text("Line 0").first).to_be_in_viewport()


async def test_a_shopper_who_reads_above_the_end(shop: Shop, visitor: Visitor) -> None:
    """New messages move nothing and are counted; who writes, sees it; the end stays as the field grows."""
    page, thread = visitor.page, visitor.page.locator(".thread")
    conversation_id = await shop.asked(visitor, "My lamp is dark")
    await _say(shop, conversation_id, _LONG)
    await expect(visitor.messages.get_by_text("Line 59")).to_be_in_viewport()
    newer = page.get_by_role("button", name="New messages: 2")
    await _is_at_top(thread)
    for text in ("First of two", "Second of two"):
        await _say(shop, conversation_id, text)
    await expect(newer).to_be_in_viewport()
    await expect(thread.get_by_text("Line 0")).to_be_in_viewport()
    await newer.press("Enter")
    await expect(visitor.messages.get_by_text("Second of two")).to_be_in_viewport()
    await expect(newer).to_have_count(0)
    field = page.get_by_label("Write a message")
    await expect(field).to_be_focused()
    await field.fill("It\nis\na\nlamp\nof\nyours")
    await expect(visitor.messages.get_by_text("Second of two")).to_be_in_viewport(ratio=1)
    await _is_at_top(thread)
    await field.press("Enter")
    await expect(visitor.messages.get_by_text("lamp\nof")).to_be_in_viewport()


async def test_a_text_that_is_too_long_is_not_cut(shop: Shop) -> None:
    """On a page whose language is none, and too long for the server."""
    visitor = await shop.browser()
    page = visitor.page
    await give(visitor.context, shop.origin, f'data-locale="{"x" * 40}"')
    await visitor.come()
    await page.get_by_role("button", name="Open the chat").dblclick()  # which some people always do
    field, alert = page.get_by_label("Write a message"), page.get_by_role("alert")
    await visitor.write("x" * (_MOST + 1))
    await expect(alert).to_have_text("A message can have at most 32000 characters.")
    await expect(field).to_have_value("x" * (_MOST + 1))
    await field.press("Backspace")
    await expect(alert).to_have_count(0)
    await field.press("Enter")
    await expect(visitor.messages).to_have_count(1)


async def test_words_that_are_removed_leave_the_chat(shop: Shop, visitor: Visitor) -> None:
    conversation_id = await shop.asked(visitor, "Which card do I have?")
    said = await _say(shop, conversation_id, "You pay with 4111 1111 1111 1111")
    await expect(visitor.messages.get_by_text("4111")).to_be_visible()
    await shop.team("redactMessage", "message { id }", messageId=said["id"])
    for _ in range(2):
        await expect(visitor.messages.last.get_by_text("This message was removed.")).to_be_visible()
        await expect(visitor.page.get_by_text("4111")).to_have_count(0)
        await visitor.page.reload()
        await visitor.open()


async def test_words_go_without_a_file_that_the_server_has_no_longer(
    shop: Shop, visitor: Visitor, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    """After a reload the page has no bytes of it either. It can be chosen again."""
    page = visitor.page
    await shop.asked(visitor, "My lamp is dark")
    await page.locator("input[type=file]").set_input_files([_LAMP])
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    await page.reload()
    await mongo_client[database_name]["attachments"].delete_many({})
    await visitor.open()
    unsent = page.locator(".unsent")
    await visitor.write("This one")
    await expect(unsent).to_contain_text("Not sent")
    await unsent.get_by_role("button", name="Try again").click()
    await expect(visitor.messages.last.locator(".text")).to_have_text("This one")
    await expect(unsent).to_contain_text("lamp.txt")
    await expect(unsent.get_by_role("button")).to_have_text(["Attach a file", "Discard"])
    async with page.expect_file_chooser() as chooser:
        await unsent.get_by_role("button", name="Attach a file").click()
    await (await chooser.value).set_files([_LAMP])
    await expect(unsent).to_have_count(0)
    await page.locator(".thread").dispatch_event("drop", {"dataTransfer": await page.evaluate_handle(_DROPPED)})
    await expect(page.get_by_role("button", name="Remove dropped.txt")).to_be_visible()
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    await page.get_by_label("Write a message").press("Enter")
    for name in ("lamp.txt", "dropped.txt"):
        await expect(visitor.messages.last.get_by_role("link", name=name)).to_be_visible()


async def test_a_member_who_reads_above_the_end(shop: Shop, visitor: Visitor) -> None:
    """A message that is below the screen stops a reply, a close and a snooze, and is shown then."""
    conversation_id = await shop.asked(visitor, "My lamp is dark")
    await _say(shop, conversation_id, _LONG)
    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")
    desk = Desk(await shop.browser(viewport={"width": 1400, "height": 900}))
    page = desk.page
    await desk.enter(shop.server.keys["ownerKey"])
    await desk.open("vic@example.com")
    await page.get_by_role("button", name="Take").dblclick(delay=200)  # "Release" comes in its place
    alert, newer = page.locator(".writing").get_by_role("alert"), page.get_by_role("button", name="New messages: 1")
    reply = page.get_by_label("Reply", exact=True)

    async def miss(text: str) -> Locator:
        message = desk.messages.get_by_text(text)
        await _is_at_top(desk.thread)
        await visitor.write(text)
        await expect(newer).to_be_in_viewport()
        await expect(message).not_to_be_in_viewport()
        return message

    missed = await miss("It works again")
    await newer.click()
    await expect(missed).to_be_in_viewport()
    await expect(newer).to_have_count(0)

    await expect(page.get_by_role("button", name="Release")).to_be_visible()
    missed = await miss("No, it is dark")
    await reply.fill("Good to hear")
    await desk.press("Send")
    await expect(alert).to_contain_text("Your reply was not sent")
    await expect(missed).to_be_in_viewport()
    await expect(reply).to_have_value("Good to hear")
    await reply.fill("")

    missed = await miss("Can you help?")
    await desk.press("Close")
    await expect(alert).to_contain_text("Read the new messages before you close the ticket.")
    await expect(missed).to_be_in_viewport()

    missed = await miss("Or not?")
    await desk.press("Snooze…")
    await page.get_by_role("button", name="In one hour").click()
    await expect(alert).to_contain_text("before you snooze the ticket.")
    await expect(missed).to_be_in_viewport()
    assert (await shop.ask("ownerKey", _TICKET))["inbox"]["nodes"] == [{"state": "OPEN"}]

    await _is_at_top(desk.thread)
    await desk.thread.dispatch_event("drop", {"dataTransfer": await page.evaluate_handle(_DROPPED)})
    await expect(page.get_by_role("button", name="Remove dropped.txt")).to_be_visible()
    await desk.reply("Yes, we can")
    await expect(desk.messages.get_by_text("Yes, we can")).to_be_in_viewport()
    await desk.press("Close")
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    assert (await shop.ask("ownerKey", _TICKET))["inbox"]["nodes"] == []
