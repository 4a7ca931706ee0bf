"""The server is killed, the network is lost, laptops sleep: every window ends equal to the database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import Browser, expect

from tests.browser.desk import Desk
from tests.browser.interruptions import Laptop, asleep
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import PATIENCE


@dataclass(slots=True, kw_only=True)
class _Evening:
    """A shopper's chat in two windows, and the inbox in two, one of them with the chat's thread open."""

    shop: Shop
    chats: list[Visitor]
    reader: Desk
    lister: Desk
    laptops: list[Laptop]
    conversation_id: str = ""
    written: list[str] = field(default_factory=list)

    async def goes_on(self, when: str) -> None:
        """What happens past the windows: the team replies, the shopper of a text message needs a human."""
        given = {"conversationId": self.conversation_id, "text": f"Said {when}"}
        await self.shop.team("replyToConversation", "message { id }", **given)
        self.written.append(f"Said {when}")
        other = await self.shop.text_message(f"+39333{len(self.written):07d}", f"Texted {when}")
        await self.shop.agent_asks_for_a_human(other)

    async def ends_equal(self) -> None:
        """Every window shows what the database has, and that is what was written, each once."""
        async with asyncio.timeout(PATIENCE):
            while sorted(await self._talk()) != sorted(self.written):  # noqa: ASYNC110 - the database has no event
                await asyncio.sleep(0.2)
        shown = await self.shop.seen_by_shopper(self.conversation_id)
        for chat in self.chats:
            await chat.shows(shown)
        await self.reader.shows((await self.shop.conversation(self.conversation_id))["messages"]["nodes"])
        tickets = await self.shop.inbox()
        for desk in (self.reader, self.lister):
            await desk.lists(tickets)

    async def _talk(self) -> list[str]:
        shown = await self.shop.seen_by_shopper(self.conversation_id)
        return [message["text"] for message in shown if message["author"]["kind"] in ("SHOPPER", "HUMAN_AGENT")]


async def _begun(shop: Shop) -> _Evening:
    chat, desk = await shop.browser(), await shop.browser()
    laptops = [Laptop(chat.context), Laptop(desk.context)]
    for laptop in laptops:
        await laptop.begin()
    await chat.come()
    evening = _Evening(
        shop=shop,
        chats=[chat, await chat.window()],
        reader=Desk(desk),
        lister=Desk(await desk.window()),
        laptops=laptops,
        written=["My tent is wet"],
    )
    for each in (evening.reader, evening.lister):
        await each.enter(shop.server.keys["ownerKey"])
    evening.conversation_id = await shop.asked(chat, evening.written[0])
    await evening.chats[1].open()
    await shop.agent_asks_for_a_human(evening.conversation_id)
    await chat.accept("vic@example.com")
    await evening.reader.open("vic@example.com")
    await evening.reader.press("Take")
    await expect(chat.page.get_by_role("heading", name="Olivia Owner")).to_be_visible()
    return evening


async def test_every_window_ends_equal_to_the_database(shop: Shop, browser: Browser) -> None:
    evening = await _begun(shop)
    first, second = evening.chats
    await evening.goes_on("in peace")
    await evening.ends_equal()

    await shop.server.kill()
    await first.write("Written without a server")
    evening.written.append("Written without a server")
    await evening.reader.note("Noted without a server")
    await expect(first.page.get_by_text("No connection. Trying again.")).to_be_visible()
    await expect(evening.lister.page.get_by_text("No connection. Trying again.")).to_be_visible()
    await shop.server.start()
    await evening.goes_on("after the restart")
    await expect(evening.reader.messages.get_by_text("Noted without a server")).to_have_count(1)
    await expect(first.page.locator(".unsent")).to_have_count(0)  # else the database has it later than it is read
    await evening.ends_equal()

    for laptop in evening.laptops:
        await laptop.context.set_offline(True)
    await second.write("Written without a network")
    evening.written.append("Written without a network")
    await expect(second.page.locator(".unsent")).to_have_count(1)
    await second.page.close()  # what it keeps is sent by another window
    await evening.goes_on("past the network")
    for laptop in evening.laptops:
        await laptop.context.set_offline(False)
    evening.chats[1] = await first.window()
    await evening.chats[1].open()
    await expect(first.messages.filter(has_text="Written without a network")).to_have_count(1)
    await evening.ends_equal()

    async with asleep(browser, evening.laptops):
        await evening.goes_on("in the night")
    await evening.goes_on("in the morning")
    await evening.ends_equal()
    conversations = await shop.conversations()
    assert len(conversations) == 1 + 5
