"""The dashboard and the settings while the server is killed, the network is lost, and the laptop sleeps."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.browser import board, office
from tests.browser.interruptions import Laptop, asleep
from tests.browser.windows import Shop
from tests.e2e.clients import calling

_LISTED = """{ conversations(first: 100, orderBy: {field: STARTED_AT, direction: DESC}) {
    totalCount nodes { id messageCount status } }
  events(first: 25) { nodes { id } } account { greeting } }"""
_OFFLINE = "Offline: what you see may be old."
_TYPED = "Typed before everything went wrong"


class _Windows:
    """The dashboard with a conversation open in a second window of it, and the settings with unsaved words."""

    def __init__(self, shop: Shop, sample: board.Sample, pages: tuple[Page, Page, Page]) -> None:
        self._shop = shop
        self._sample = sample
        self.dashboard, self.drawer, self.settings = pages

    async def goes_on(self, when: str, conversation_id: str) -> None:
        begun, _ = await self._sample.begin(f"Asked {when}", f"{when.replace(' ', '.')}@example.com")
        await self._sample.say(begun, f"Answered {when}", tags=[when])
        await self._shop.team("closeConversation", "conversation { id }", conversationId=begun)
        await self._sample.say(conversation_id, f"Said {when}")

    async def end_equal(self, conversation_id: str) -> None:
        """Numbers, list, feed and transcript are those of the database; what was typed is still there."""
        await board.shows(self.dashboard, await self._sample.metrics())
        known = await self._shop.ask("ownerKey", _LISTED)
        await expect(self.dashboard.locator("#list")).to_contain_text(
            f"Conversations {known['conversations']['totalCount']}"
        )
        rows = self.dashboard.locator("table.rows tbody tr")
        await expect(rows).to_have_count(len(known["conversations"]["nodes"]))
        for number, conversation in enumerate(known["conversations"]["nodes"]):
            await expect(rows.nth(number)).to_have_attribute("data-id", conversation["id"])
            await expect(rows.nth(number).locator("td").nth(4)).to_contain_text(str(conversation["messageCount"]))
        await expect(self.dashboard.locator(".feed li .what")).to_have_count(len(known["events"]["nodes"]))
        await expect(self.dashboard.locator(".freshness .chip")).to_have_text("Live")
        await expect(self.drawer.get_by_role("dialog").get_by_text(_OFFLINE)).to_have_count(0)
        messages = (await self._shop.conversation(conversation_id))["messages"]["nodes"]
        said = self.drawer.get_by_role("dialog").locator("[data-sequence]")
        await expect(said).to_have_count(len(messages))
        for number, message in enumerate(messages):
            await expect(said.nth(number).locator(".text")).to_have_text(message["text"])
        await expect(office.card(self.settings, "The agent").get_by_label("Greeting")).to_have_value(_TYPED)


async def test_dashboard_and_settings_end_equal_to_the_database(shop: Shop, browser: Browser) -> None:
    async with calling(shop.server.url) as caller:
        sample = board.Sample(shop, caller)
        await sample.make()
        conversation_id, _ = await sample.begin("Is anybody there?", "ann@example.com")
        visitor = await shop.browser(viewport={"width": 1440, "height": 900})
        laptop = Laptop(visitor.context)
        await laptop.begin()
        await board.enter(shop, "", visitor)
        second = await visitor.window()
        await board.enter(shop, f"open={conversation_id}", second)
        settings = await visitor.window()
        await office.enter(shop, "wording", settings)
        await office.card(settings.page, "The agent").get_by_label("Greeting").fill(_TYPED)
        windows = _Windows(shop, sample, (visitor.page, second.page, settings.page))
        await windows.goes_on("in peace", conversation_id)
        await windows.end_equal(conversation_id)

        await shop.server.kill()
        await expect(visitor.page.locator(".freshness .chip")).to_have_text("No connection. Trying again.")
        await expect(windows.drawer.get_by_role("dialog").get_by_text(_OFFLINE)).to_be_visible()
        await office.button(office.card(settings.page, "The agent")).click()
        await expect(office.card(settings.page, "The agent").get_by_role("alert")).to_contain_text("did not respond")
        await shop.server.start()
        await windows.goes_on("after the restart", conversation_id)
        await windows.end_equal(conversation_id)

        await laptop.context.set_offline(True)
        await windows.goes_on("past the network", conversation_id)
        await laptop.context.set_offline(False)
        await windows.end_equal(conversation_id)

        async with asleep(browser, [laptop]):
            await windows.goes_on("in the night", conversation_id)
        await windows.goes_on("in the morning", conversation_id)
        await windows.end_equal(conversation_id)

        await office.save(office.card(settings.page, "The agent"))
        assert (await shop.ask("ownerKey", _LISTED))["account"]["greeting"] == _TYPED
        await visitor.is_clean()
