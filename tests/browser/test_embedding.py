"""The widget in pages that were not made for it: their styles, their scripts, and what screen readers hear of it."""

from __future__ import annotations

from base64 import b64decode

from playwright.async_api import Page, Route, expect

from tests.browser.requests import Held
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Json

_STYLE = """
body * { transform: translateX(40px); text-transform: uppercase; letter-spacing: 9px; font: 40px/3 cursive;
  direction: rtl; position: relative; z-index: 0; color: red; pointer-events: none; text-align: right; }
baton-chat, body > * { contain: paint; filter: blur(3px); inset: 0 auto auto 0; }
button, textarea { display: none; }
"""
_SCRIPT = """
Array.prototype.toJSON = function () { return "an array"; };
Object.prototype.extend = Array.prototype.each = function () {};
window.keys = [];
for (const name of ["keydown", "keypress", "keyup"]) {
  document.addEventListener(name, (event) => { keys.push(event.key); event.preventDefault(); });
}
"""
_BOOTS = b64decode(  # 4 x 4 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR42mOQj3GDIwbiOAA3cwwROQJ1xAAAAABJRU5ErkJggg=="
)
_PRODUCTS = ["<img src=x onerror='window.hacked = true'>", "\u202eevil\u202c שלום مرحبا", "漢字 नमस्ते 🧑‍🚀", "x" * 200]


async def _serve(page: Page, address: str, body: str) -> None:
    async def fulfill(route: Route) -> None:
        await route.fulfill(body=f'<!doctype html><html lang="en">{body}</html>', content_type="text/html")

    await page.route(address, fulfill)


async def test_a_page_with_styles_and_scripts_of_its_own(shop: Shop) -> None:
    """Old libraries that change prototypes, shortcuts for everything, three scripts; then a
    page that changes its content without a load."""
    visitor = await shop.browser()
    page = visitor.page
    script = f'<script src="/widget.js" data-key="{shop.server.keys["publishableKey"]}" data-color="#123456"></script>'
    head = f"<head><style>{_STYLE}</style><script>{_SCRIPT}</script>{script}{script}</head>"
    await _serve(page, f"{shop.origin}/goods", f"{head}<body>{script}</body>")
    await page.goto(f"{shop.origin}/goods")
    launcher = page.get_by_role("button", name="Open the chat")
    await expect(page.locator("baton-chat")).to_have_count(1)
    box = await launcher.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (size["width"] - 20, size["height"] - 20)
    await launcher.click()
    field = page.get_by_label("Write a message")
    for name, value in {"text-transform": "none", "letter-spacing": "normal", "direction": "ltr"}.items():
        await expect(field).to_have_css(name, value)
    await expect(page.locator(".head")).to_have_css("background-color", "rgb(18, 52, 86)")
    await page.keyboard.type("/search for boots")
    await page.keyboard.press("Enter")
    await expect(visitor.messages.locator(".text")).to_have_text(["/search for boots"])
    await visitor.write("and socks")
    await expect(visitor.messages).to_have_count(2)
    assert await page.evaluate("keys") == []

    added = """document.body.replaceChildren(Object.assign(document.createElement("script"), {src: "/widget.js"}))"""
    await page.evaluate(added)
    await expect(page.locator("baton-chat")).to_have_count(1)
    await expect(visitor.messages).to_have_count(2)
    await page.evaluate("baton.close()")
    await expect(launcher).to_be_visible()


async def test_a_page_without_a_key_and_a_call_before_the_body(shop: Shop) -> None:
    """The developer reads what is missing; the page's other scripts go on."""
    page = (await shop.browser()).page
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await _serve(page, f"{shop.origin}/goods", '<head><script src="/widget.js"></script></head><body></body>')
    await page.goto(f"{shop.origin}/goods")
    await expect(page.locator("baton-chat")).to_have_count(0)
    assert any("data-key" in text for text in said)
    script = f'<script src="/widget.js" data-key="{shop.server.keys["publishableKey"]}"></script>'
    script += "<script>baton.open()</script>"
    for path, body in (
        ("news", f"<head>{script}</head><body></body>"),
        ("id", f'<body><div id="baton"></div>{script}'),
    ):
        await _serve(page, f"{shop.origin}/{path}", body)
        await page.goto(f"{shop.origin}/{path}")
        await expect(page.get_by_label("Write a message")).to_be_focused()


async def test_a_screen_reader_hears_what_is_new_once(shop: Shop, visitor: Visitor) -> None:
    """The history is no part of the live region: not after a reload, nor an interruption, nor when it is paged."""
    page = visitor.page
    news = page.get_by_role("log").locator("[data-sequence]")
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    said = {"conversationId": conversation_id, "epoch": 1}
    await shop.agent("postAgentMessage", "message { id }", **said, text="We do.")
    await expect(news).to_have_count(2)
    await page.reload()
    await visitor.open()
    await expect(visitor.messages).to_have_count(2)
    await expect(news).to_have_count(0)
    for number in range(60):
        await shop.agent("postAgentMessage", "message { id }", **said, text=f"Pair {number}")
    await expect(news).to_have_count(60)
    await page.reload()
    await visitor.open()
    await expect(visitor.messages).to_have_count(50)
    await page.get_by_role("button", name="Show earlier messages").click()
    await expect(visitor.messages).to_have_count(62)
    await expect(news).to_have_count(0)
    await page.context.set_offline(True)
    await shop.server.kill()
    await expect(page.get_by_text("No connection. Trying again.")).to_be_visible()
    await shop.server.start()
    await page.context.set_offline(False)
    await shop.agent("postAgentMessage", "message { id }", **said, text="Anything else?")
    await expect(news.locator(".text")).to_have_text(["Anything else?"])
    await visitor.shows(await shop.seen_by_shopper(conversation_id))


async def test_products_of_hostile_names_and_their_clicks(shop: Shop, visitor: Visitor) -> None:
    """A click is recorded once, also a double one and one of the middle button; the right one's menu is no click."""
    page = visitor.page
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    cards: list[Json] = [
        {"productId": f"p{number}", "title": title, "url": f"{shop.origin}/#p{number}"}
        for number, title in enumerate(_PRODUCTS)
    ]
    given = {"conversationId": conversation_id, "epoch": 1, "text": "See these."}
    await shop.agent("postAgentMessage", "message { id }", **given, products=cards)
    links = page.locator(".products a")
    await expect(links.locator("strong")).to_have_text(_PRODUCTS)
    assert await page.evaluate("window.hacked") is None
    clicks = Held("RecordClick")
    clicks.release()
    await clicks.begin(visitor.context)
    await links.nth(0).dblclick()
    await page.bring_to_front()
    await links.nth(1).click(button="middle")
    await page.bring_to_front()
    await links.nth(2).click(button="right")
    async with page.expect_request(lambda request: "RecordClick(" in (request.post_data or "")):
        await links.nth(3).click()
    assert clicks.count == 3


async def test_pictures_of_products_that_the_policy_of_the_page_allows_or_not(shop: Shop, visitor: Visitor) -> None:
    """One that is blocked leaves no broken picture: the product has its name, its price and its link."""
    page = visitor.page
    await page.route(f"{shop.origin}/boots.png", lambda route: route.fulfill(body=_BOOTS, content_type="image/png"))
    conversation_id = await shop.asked(visitor, "Do you have boots?")
    cards: list[Json] = [
        {"productId": name, "title": name, "url": f"{shop.origin}/#{name}", "imageUrl": f"{origin}/boots.png"}
        for name, origin in {"allowed": shop.origin, "blocked": "https://pictures.example"}.items()
    ]
    given = {"conversationId": conversation_id, "epoch": 1, "text": "See these."}
    await shop.agent("postAgentMessage", "message { id }", **given, products=cards)
    links = page.locator(".products a")
    await expect(links.locator("strong")).to_have_text(["allowed", "blocked"])
    await expect(links.nth(0).locator("img")).to_have_js_property("naturalWidth", 4)
    await expect(links.nth(1).locator("img")).to_have_count(0)
    await expect(links.nth(1)).to_be_visible()
    await page.evaluate("0")  # what the page reported before has arrived then
    watch = visitor.watch
    assert set(watch.elsewhere) == {"https://pictures.example/boots.png"}  # which the browser has not asked
    assert {text.split()[1] for text in watch.violations} == set(watch.elsewhere)
    watch.violations.clear()
    watch.elsewhere.clear()
