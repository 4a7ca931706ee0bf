"""The dashboard with something in its way: midnight, old addresses, live changes under typed text, hostile text."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.board import Sample, card, enter, lists, shows
from tests.browser.texts import HOSTILE
from tests.browser.windows import Shop
from tests.e2e.clients import calling


class _Midnight:
    """Sockets of a page on which the next day can begin: with a report of tomorrow, in which nothing has started."""

    def __init__(self) -> None:
        self._reports: dict[str, tuple[WebSocketRoute, Any]] = {}

    async def begin(self, page: Page) -> None:
        await page.route_web_socket("**/graphql", self._pass_on)

    def strike(self) -> str:
        """Returns the new day."""
        socket, frame = self._reports["last"]
        report = frame["payload"]["data"]["metrics"]
        tomorrow = (date.fromisoformat(report["range"]["end"]) + timedelta(days=1)).isoformat()
        report["range"] = {**report["range"], "start": tomorrow, "end": tomorrow}
        report["totalVolume"] = {**report["totalVolume"], "count": 0}
        socket.send(json.dumps(frame))
        return tomorrow

    @property
    def has_report(self) -> bool:
        return "last" in self._reports

    def _pass_on(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_server(message: str | bytes) -> None:
            frame = json.loads(message)
            if "metrics" in ((frame.get("payload") or {}).get("data") or {}):
                self._reports["last"] = (socket, frame)
            socket.send(message)

        server.on_message(from_server)
        socket.on_message(server.send)


async def test_the_list_moves_on_at_midnight_with_its_number(shop: Shop) -> None:
    async with calling(shop.server.url) as caller:
        await Sample(shop, caller).make()
    midnight = _Midnight()
    visitor = await shop.visitor()
    await midnight.begin(visitor.page)
    board = await enter(shop, "range=TODAY", visitor)
    page = board.page
    await expect(page.locator("#list")).to_contain_text("Conversations 4")
    while not midnight.has_report:
        await page.wait_for_timeout(100)
    async with page.expect_request(lambda request: "query Conversations" in (request.post_data or "")) as asking:
        tomorrow = midnight.strike()
    asked = json.loads((await asking.value).post_data or "")["variables"]["listed"]
    assert asked["startedOn"] == {"between": {"start": tomorrow, "end": tomorrow}}
    await expect(card(page, "Conversations").locator(".number")).to_have_text("0")
    await lists(page, "Conversations 0")
    await board.is_clean()


async def test_addresses_that_are_old_or_mistyped(shop: Shop) -> None:
    """The page opens all the same, and says what is wrong; so does a conversation that is not there."""
    async with calling(shop.server.url) as caller:
        sample = Sample(shop, caller)
        await sample.make()
        board = await enter(shop, "at=2019-01-01T00:00:00.000Z&group=TAG")
        page = board.page
        await expect(page.get_by_role("alert").first).not_to_be_empty()
        await shows(page, await sample.metrics())
        assert page.url.partition("#")[2] == ""
        await page.goto(f"{shop.origin}/dashboard#days=2026-02-40..2026-02-40&at=2026-02-40T00:00:00Z")
        await shows(page, await sample.metrics())
        await page.goto(f"{shop.origin}/dashboard#range=2026-02-31..2026-02-31")
        await page.reload()
        await expect(page.get_by_role("alert").first).not_to_be_empty()
        await shows(page, await sample.metrics())
        conversations = await shop.conversations()
        gone = conversations[0][:-4] + "AAAA"
        await page.goto(f"{shop.origin}/dashboard#open={gone}")
        await expect(page.get_by_role("dialog").get_by_role("alert")).not_to_be_empty()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await board.is_clean()


async def test_typed_days_stay_while_the_page_is_live(shop: Shop) -> None:
    async with calling(shop.server.url) as caller:
        sample = Sample(shop, caller)
        board = await enter(shop)
        page = board.page
        await page.locator("summary", has_text="Custom").click()
        await page.get_by_label("From").fill("2026-01-02")
        await sample.begin("Meanwhile", "mel@example.com")
        await expect(card(page, "Conversations").locator(".number")).to_have_text("1")
        await expect(page.get_by_label("From")).to_have_value("2026-01-02")
        today = datetime.now(UTC).date().isoformat()
        await page.get_by_label("To", exact=True).fill(today)
        await page.get_by_role("button", name="Show these days").click()
        assert f"range=2026-01-02..{today}" in page.url
        await lists(page, "Conversations 1", "Meanwhile")


async def test_the_past_knows_nothing_of_what_came_later(shop: Shop) -> None:
    async with calling(shop.server.url) as caller:
        sample = Sample(shop, caller)
        conversation_id, _ = await sample.begin("Is it open?", "ono@example.com")
        earlier = await sample.metrics()
        await shop.agent_asks_for_a_human(conversation_id)
        await shop.team("closeConversation", "conversation { id }", conversationId=conversation_id)
        board = await enter(shop, f"at={earlier['asOf']}")
        page = board.page
        await lists(page, "Conversations 1", "Is it open?")
        await page.locator("table.rows").get_by_role("link", name="Is it open?").press("Enter")
        drawer = page.get_by_role("dialog")
        await expect(drawer.get_by_text("Open", exact=True)).to_be_visible()
        await expect(drawer.locator("dt", has_text="Started")).to_be_visible()
        await expect(drawer.locator("dt", has_text="Closed")).to_have_count(0)
        await expect(drawer.locator("dt", has_text="Handoff")).to_have_count(0)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Now").click()
        await page.locator("table.rows").get_by_role("link", name="Is it open?").press("Enter")
        await expect(drawer.locator("dt", has_text="Closed")).to_be_visible()
        await expect(drawer.locator("dt", has_text="Handoff")).to_be_visible()
        await board.is_clean()


async def test_hostile_text_is_text(shop: Shop) -> None:
    """Markup, every script, right to left, great length: as questions, replies, names, tags, products and searches."""
    async with calling(shop.server.url) as caller:
        sample = Sample(shop, caller)
        begun: list[str] = []
        for number, text in enumerate(HOSTILE):
            conversation_id, _ = await sample.begin(text, f"h{number}@example.com")
            begun.append(conversation_id)
            label = " ".join(text[:60].split())
            await sample.say(
                conversation_id,
                text,
                tags=[label],
                products=[{"productId": "p", "title": " ".join(text[:200].split())}],
            )
        board = await enter(shop, "group=TAG")
        page = board.page
        await expect(page.locator("table.rows tbody tr")).to_have_count(len(HOSTILE))
        for width in (390, 1440):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        for conversation_id, text in zip(begun, HOSTILE, strict=True):
            await page.locator(f"table.rows tr[data-id='{conversation_id}']").get_by_role("link").first.press("Enter")
            drawer = page.get_by_role("dialog")
            await expect(drawer.locator("[data-sequence='1'] .text")).to_have_text(text)
            await expect(drawer.locator("[data-sequence='2']")).to_be_visible()
            await page.set_viewport_size({"width": 390, "height": 844})
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
            await page.set_viewport_size({"width": 1440, "height": 900})
            await page.keyboard.press("Escape")
            await expect(drawer).to_have_count(0)
        # A refused search is told beside it: the top of the page may be out of sight.
        await page.get_by_label("Search").fill("a b c d e f g h i j k")
        refused = page.get_by_role("region", name="Conversations", exact=False).get_by_role("alert")
        await expect(refused).to_contain_text("At most 10 are allowed")
        await page.get_by_label("Search").fill(HOSTILE[0][:200])
        await expect(page.locator("#list")).to_contain_text("conversation")
        assert await page.evaluate("window.hacked") is None
        await board.is_clean()
