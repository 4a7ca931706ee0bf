"""What members write in the inbox: no note becomes a reply, nothing is lost or sent twice, each sees only their own."""

from __future__ import annotations

import asyncio

from playwright.async_api import FilePayload, Route, expect

from tests.browser.desk import Desk
from tests.browser.windows import Shop, Visitor

_LIST: FilePayload = {"name": "prices.txt", "mimeType": "text/plain", "buffer": b"We pay 12"}
_SECRET = "He is lying, offer him nothing"
_SOME_SECONDS_LATER = "() => { const {now} = Date; Date.now = () => now() + 5000; }"


async def _desk(shop: Shop) -> Desk:
    desk = Desk(await shop.browser())
    await desk.enter(shop.server.keys["ownerKey"])
    return desk


async def _written(shop: Shop, conversation_id: str) -> list[tuple[str, str]]:
    """The kind and the text of what members wrote."""
    messages = (await shop.conversation(conversation_id))["messages"]["nodes"]
    return [(each["kind"], each["text"]) for each in messages if each["author"]["kind"] == "HUMAN_AGENT"]


async def _abort(route: Route) -> None:
    await route.abort()


async def _lose_the_answer(route: Route) -> None:
    await route.fetch()
    await route.abort()


async def test_a_note_never_becomes_a_reply(shop: Shop) -> None:
    """A half-written note is a note after a look at another ticket, a reload and each key, with its files."""
    await shop.ticket("+393331234501")
    await shop.ticket("+393331234502")
    desk = await _desk(shop)
    page = desk.page
    note, reply = page.get_by_label("Note", exact=True), page.get_by_label("Reply", exact=True)
    switch = page.get_by_label("Note, which shoppers never see")
    await desk.open("+393331234501")
    await reply.fill("Hello")
    await switch.check()
    await expect(note).to_have_value("")
    await note.fill(_SECRET)
    await page.locator("input[type=file]").set_input_files([_LIST])
    await expect(page.get_by_role("button", name="Remove prices.txt")).to_be_visible()

    await switch.uncheck()
    await expect(reply).to_have_value("Hello")
    await expect(page.get_by_role("button", name="Remove prices.txt")).to_have_count(0)
    await reply.blur()
    await page.keyboard.press("n")
    await expect(note).to_be_focused()
    await expect(note).to_have_value(_SECRET)

    await desk.open("+393331234502")
    await expect(reply).to_have_value("")
    await desk.open("+393331234501")
    await expect(note).to_have_value(_SECRET)
    await page.reload()
    await expect(note).to_have_value(_SECRET)
    await expect(page.get_by_role("button", name="Remove prices.txt")).to_be_visible()
    await page.keyboard.press("r")
    await expect(reply).to_be_focused()
    await expect(reply).to_have_value("Hello")
    await page.keyboard.press("Control+z")
    assert _SECRET not in await reply.input_value()


async def test_a_refused_note_comes_back_as_a_note(shop: Shop) -> None:
    """The member has gone on to write a reply meanwhile, in this ticket or in another one."""
    await shop.ticket("+393331234501")
    await shop.ticket("+393331234502")
    desk = await _desk(shop)
    page = desk.page
    note, reply = page.get_by_label("Note", exact=True), page.get_by_label("Reply", exact=True)
    switch = page.get_by_label("Note, which shoppers never see")
    refusal = asyncio.Event()

    async def refuse(route: Route) -> None:
        await refusal.wait()
        errors = [{"message": "Not today.", "extensions": {"code": "FORBIDDEN"}}]
        await route.fulfill(json={"data": None, "errors": errors})

    for leaves in (False, True):
        refusal.clear()
        await desk.open("+393331234501")
        await switch.check()
        await note.fill(_SECRET)
        async with desk.met("addNote", refuse):
            await desk.press("Add the note")
            await switch.uncheck()
            await reply.fill("Hello")
            await expect(desk.thread.locator(".sending")).to_contain_text(_SECRET)
            if leaves:
                await desk.open("+393331234502")
                await expect(reply).to_have_value("")
            refusal.set()
            if leaves:
                await desk.open("+393331234501")
            await expect(page.get_by_text("Not today.")).to_be_visible()
        await expect(reply).to_have_value("Hello")
        await expect(desk.thread.locator(".sending")).to_have_count(0)
        await switch.check()
        await expect(note).to_have_value(_SECRET)
        await note.fill("")
        await switch.uncheck()


async def test_a_message_arrives_once_however_the_page_ends(shop: Shop) -> None:
    """The server has the message or has it not; the page is loaded again before it knows. Also of another ticket."""
    first, second = await shop.ticket("+393331234501"), await shop.ticket("+393331234502")
    desk = await _desk(shop)
    page = desk.page
    reply = page.get_by_label("Reply", exact=True)
    await desk.open("+393331234501")
    await desk.press("Take")
    await expect(page.get_by_role("button", name="Release")).to_be_visible()

    async with desk.met("replyToConversation", _lose_the_answer):
        await reply.fill("Sent, and nobody knows")
        await desk.press("Send")
        await expect(desk.thread.locator(".sending")).to_contain_text("Sent, and nobody knows")
        await expect(page.get_by_text("No connection. Trying again.")).to_be_visible()
        assert await _written(shop, first) == [("TEXT", "Sent, and nobody knows")]
        await page.evaluate(_SOME_SECONDS_LATER)
        async with page.expect_event("dialog") as asked:  # with the tab, the message would be gone
            await page.close(run_before_unload=True)
        assert (await asked.value).type == "beforeunload"
        await (await asked.value).dismiss()
    await page.reload()
    await expect(desk.messages.get_by_text("Sent, and nobody knows")).to_have_count(1)
    await expect(desk.thread.locator(".sending")).to_have_count(0)
    await expect(reply).to_have_value("")

    async with desk.met("addNote", _abort):
        await page.get_by_label("Note, which shoppers never see").check()
        await page.get_by_label("Note", exact=True).fill("Never sent")
        await desk.press("Add the note")
        await expect(page.get_by_text("No connection. Trying again.")).to_be_visible()
        await page.get_by_label("Note", exact=True).fill("And one more")
        await desk.open("+393331234502")
    await page.reload()
    await expect(page.get_by_role("heading", name="+393331234502", exact=True)).to_be_visible()
    await desk.open("+393331234501")
    await expect(desk.messages.get_by_text("Never sent")).to_have_count(1)
    await expect(page.get_by_label("Note", exact=True)).to_have_value("And one more")
    assert await _written(shop, first) == [("TEXT", "Sent, and nobody knows"), ("NOTE", "Never sent")]
    assert await _written(shop, second) == []


async def test_a_look_at_another_ticket_leaves_no_sent_text_behind(shop: Shop) -> None:
    """A text that is on its way is no draft: it would be sent twice."""
    first = await shop.ticket("+393331234501")
    await shop.ticket("+393331234502")
    desk = await _desk(shop)
    page = desk.page
    arrival = asyncio.Event()

    async def wait(route: Route) -> None:
        await arrival.wait()
        await route.continue_()

    await desk.open("+393331234501")
    await page.get_by_label("Note, which shoppers never see").check()
    async with desk.met("addNote", wait):
        await page.get_by_label("Note", exact=True).fill("Once")
        await desk.press("Add the note")
        await desk.open("+393331234502")
        await desk.open("+393331234501")
        await expect(page.get_by_label("Note", exact=True)).to_have_value("")
        arrival.set()
        await expect(desk.messages.get_by_text("Once")).to_be_visible()
    await expect(page.get_by_label("Note", exact=True)).to_have_value("")
    await page.reload()
    await expect(desk.messages.get_by_text("Once")).to_be_visible()
    await expect(page.get_by_label("Note", exact=True)).to_have_value("")
    assert await _written(shop, first) == [("NOTE", "Once")]


async def test_a_stale_reply_that_nobody_watches_is_kept(shop: Shop, visitor: Visitor) -> None:
    """The member is at another ticket when the guard refuses the reply; it is a draft again, with the reason."""
    await shop.ticket("+393331234502")
    conversation_id = await shop.asked(visitor, "My lamp is broken")
    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")
    desk = await _desk(shop)
    page = desk.page
    arrival = asyncio.Event()

    async def wait(route: Route) -> None:
        await arrival.wait()
        await route.continue_()

    await desk.open("vic@example.com")
    await desk.press("Take")
    await expect(page.get_by_role("button", name="Release")).to_be_visible()
    async with desk.met("replyToConversation", wait):
        await page.get_by_label("Reply", exact=True).fill("We send a new one")
        await desk.press("Send")
        await desk.open("+393331234502")
        await visitor.write("Wait, it works")
        await expect(desk.ticket("vic@example.com")).to_contain_text("Wait, it works")
        arrival.set()
        await desk.open("vic@example.com")
        await expect(page.get_by_label("Reply", exact=True)).to_have_value("We send a new one")
        await expect(page.get_by_text("Your reply was not sent")).to_be_visible()
    assert await _written(shop, conversation_id) == []
    await desk.press("Send")
    await expect(desk.messages.get_by_text("We send a new one")).to_be_visible()
    await expect(page.get_by_text("Your reply was not sent")).to_have_count(0)


async def test_nobody_sees_what_another_member_wrote(shop: Shop) -> None:
    """Two members take turns in one tab; each finds their own drafts again."""
    await shop.ticket("+393331234501")
    desk = await _desk(shop)
    page = desk.page
    await desk.open("+393331234501")
    reply = page.get_by_label("Reply", exact=True)
    keys = {"Olivia": shop.server.keys["ownerKey"], "Sam": await shop.key_of("Sam Support")}
    for name, known in (("Olivia", ""), ("Sam", ""), ("Olivia", "I am Olivia"), ("Sam", "I am Sam")):
        await expect(page.get_by_text(f"{name} ", exact=False).first).to_be_visible()
        await expect(reply).to_have_value(known)
        await reply.fill(f"I am {name}")
        await desk.press("Sign out")
        await desk.enter(keys["Sam" if name == "Olivia" else "Olivia"])
        await desk.open("+393331234501")
