"""The inbox on a phone, and what the browser's "back" and the stream's end do there."""

from __future__ import annotations

import json

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser import board
from tests.browser.desk import Desk
from tests.browser.windows import Shop

_FIRST, _SECOND = "+393331234501", "+393331234502"


async def test_back_leads_to_the_list_and_an_open_thread_says_that_it_is_offline(shop: Shop) -> None:
    for phone in (_FIRST, _SECOND):
        await shop.ticket(phone)
    desk = Desk(await shop.browser(viewport={"width": 390, "height": 844}))
    page = desk.page
    await desk.enter(shop.server.keys["ownerKey"])
    await page.get_by_role("link", name="Unassigned").click()
    await expect(page.get_by_text("Unassigned tickets: 2")).to_be_visible()
    await desk.open(_FIRST)
    await expect(desk.ticket(_SECOND)).to_have_count(0)  # the list is hidden
    await page.go_back()
    await expect(desk.ticket(_SECOND)).to_be_visible()
    assert page.url == f"{shop.origin}/inbox?view=UNASSIGNED"
    await page.go_forward()
    await expect(page.get_by_role("heading", name=_FIRST, exact=True)).to_be_visible()
    await desk.press("Back")
    await desk.open(_SECOND)
    await page.go_back()
    await expect(desk.ticket(_FIRST)).to_be_visible()
    await desk.open(_SECOND)
    await page.evaluate("location.hash = '#content'")  # as the link does that skips to it
    await expect(page.get_by_role("heading", name=_SECOND, exact=True)).to_be_visible()

    offline = page.get_by_text("Offline: what you see may be old.")
    await expect(offline).to_have_count(0)
    await shop.server.kill()
    await expect(offline).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await shop.server.start()
    await expect(offline).to_have_count(0)
    await desk.press("Back")
    await expect(page.get_by_text("Unassigned tickets: 2")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Unassigned tickets: 2")).to_be_visible()


class _Refusing:
    """A server that refuses every subscription of the page, until it does not."""

    def __init__(self) -> None:
        self.over = False
        self.refused = 0

    async def begin(self, page: Page) -> None:
        await page.route_web_socket("**/graphql", self._pass_on)

    def _pass_on(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def from_page(message: str | bytes) -> None:
            frame = json.loads(message)
            if frame["type"] != "subscribe" or self.over:
                server.send(message)
                return
            self.refused += 1
            error = {"message": "Too many subscriptions.", "extensions": {"code": "RATE_LIMITED"}}
            socket.send(json.dumps({"id": frame["id"], "type": "error", "payload": [error]}))

        socket.on_message(from_page)
        server.on_message(socket.send)


async def test_pages_say_that_their_streams_are_refused(shop: Shop) -> None:
    """They are not live then, though the connection is; each begins again by itself."""
    refused = "Live updates are refused. Trying again."
    inbox, dashboard = Desk(await shop.browser()), await shop.browser()
    servers = (_Refusing(), _Refusing())
    for server, page in zip(servers, (inbox.page, dashboard.page), strict=True):
        await server.begin(page)
    await inbox.enter(shop.server.keys["ownerKey"])
    await board.enter(shop, "", dashboard)
    status, chip = inbox.page.locator(".list .status"), dashboard.page.locator(".freshness .chip")
    for shown in (status, chip):
        await expect(shown).to_have_text(refused)
        await expect(shown).to_have_attribute("title", "Too many subscriptions.")
    while min(server.refused for server in servers) < 2:
        await inbox.page.wait_for_timeout(100)
    await expect(status).to_have_text(refused)  # also while another connection is made
    for server in servers:
        server.over = True
    await expect(status).to_have_text("Open tickets: 0")
    await expect(chip).to_have_text("Live")
    await shop.ticket(_FIRST)
    await expect(status).to_have_text("Open tickets: 1")
    await expect(board.card(dashboard.page, "Conversations").locator(".number")).to_have_text("1")
