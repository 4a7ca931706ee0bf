"""The team's inbox in a browser, beside the shopper's chat."""

from __future__ import annotations

from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.windows import Shop, Visitor


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

    await desk.page.get_by_role("button", name="vic@example.com").click()
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
