"""The dashboard in a browser: every number is that of the API, and leads to its list."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import Locator, Page, expect

from tests.browser.windows import Shop, Visitor
from tests.e2e.clients import Caller, calling
from tests.e2e.processes import Json

_ERRORS = "errors { code message }"
_START = f"""mutation($input: StartConversationInput!) {{ startConversation(input: $input) {{
  conversation {{ id }} visitorToken {_ERRORS} }} }}"""
_POST = f"""mutation($input: PostAgentMessageInput!) {{ postAgentMessage(input: $input) {{
  message {{ id }} {_ERRORS} }} }}"""
_CLICK = f"""mutation($input: RecordProductClickInput!) {{ recordProductClick(input: $input) {{
  recorded {_ERRORS} }} }}"""
_YES = f"""mutation($input: AnswerHandoffOfferInput!) {{ answerHandoffOffer(input: $input) {{
  handoff {{ state }} {_ERRORS} }} }}"""
_ORDER = f"""mutation($input: RecordOrderInput!) {{ recordOrder(input: $input) {{ sales {{ orderId }} {_ERRORS} }} }}"""
_METRICS = """query($asOf: DateTime) { metrics(range: {preset: LAST_30_DAYS}, asOf: $asOf) {
  asOf totalVolume { count } resolvedByAi { count } notResolvedByAi { count } open { count } closed { count }
  aiGeneratedSales { amount currency } } }"""


class _Sample:
    """Conversations of every outcome, one of them with an order."""

    def __init__(self, shop: Shop, caller: Caller) -> None:
        self._shop = shop
        self._caller = caller

    async def begin(self, text: str, email: str) -> tuple[str, str]:
        """Returns the ID of the conversation, and the token of its visitor."""
        keys = self._shop.server.keys
        given = {"channel": "WEB_CHAT", "text": text, "visitor": {"email": email}}
        started = await self._caller.command(keys["publishableKey"], _START, **given)
        return started["conversation"]["id"], started["visitorToken"]

    async def say(self, conversation_id: str, text: str, **more: object) -> str:
        given = {"conversationId": conversation_id, "epoch": 1, "text": text, **more}
        posted = await self._caller.command(self._shop.server.keys["agentKey"], _POST, **given)
        message_id: str = posted["message"]["id"]
        return message_id

    async def make(self) -> None:
        lamp, _ = await self.begin("Where is my <b>lamp</b>?", "lea@example.com")
        await self.say(lamp, "It arrives tomorrow.", tags=["shipping"])
        await self._shop.team("closeConversation", "conversation { id }", conversationId=lamp)
        human, token = await self.begin("I want to complain", "max@example.com")
        asked = {"conversationId": human, "epoch": 1, "reason": "EXPLICIT_ASK"}
        offered = await self._shop.agent("requestHandoff", "handoff { id }", **asked)
        await self._caller.command(token, _YES, handoffId=offered["handoff"]["id"], accept=True)
        left, _ = await self.begin("Never mind", "noa@example.com")
        await self._shop.team("closeConversation", "conversation { id }", conversationId=left)
        kettle, token = await self.begin("A kettle, please", "kim@example.com")
        shown = await self.say(
            kettle, "This one", tags=["kitchen", "sizes"], products=[{"productId": "p1", "title": "Kettle"}]
        )
        await self._caller.command(token, _CLICK, messageId=shown, productId="p1")
        order: Json = {"orderId": "1001", "email": "kim@example.com", "total": {"amount": "30.00", "currency": "EUR"}}
        order["placedAt"] = datetime.now(UTC).isoformat()
        recorded = await self._caller.ask(self._shop.server.keys["ownerKey"], _ORDER, input=order)
        assert [sale["orderId"] for sale in recorded["recordOrder"]["sales"]] == ["1001"]

    async def metrics(self, as_of: str | None = None) -> Json:
        asked = await self._caller.ask(self._shop.server.keys["ownerKey"], _METRICS, asOf=as_of)
        found: Json = asked["metrics"]
        return found


def _card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


async def _shows(page: Page, metrics: Json) -> None:
    """Wait until the page shows these numbers."""
    for name, field in (
        ("Conversations", "totalVolume"),
        ("Resolved by AI", "resolvedByAi"),
        ("Not resolved by AI", "notResolvedByAi"),
    ):
        await expect(_card(page, name).locator(".number")).to_have_text(str(metrics[field]["count"]))
    parts = _card(page, "Conversations")
    await expect(parts.get_by_role("link", name=f"{metrics['open']['count']} open")).to_be_visible()
    await expect(parts.get_by_role("link", name=f"{metrics['closed']['count']} closed")).to_be_visible()
    (sold,) = metrics["aiGeneratedSales"]
    assert sold["currency"] == "EUR"
    await expect(_card(page, "AI-generated sales").locator(".number")).to_have_text(f"€{sold['amount']}")


async def _lists(page: Page, heading: str, *questions: str) -> None:
    await expect(page.locator("#list")).to_contain_text(heading)
    await expect(page.locator("table.rows tbody tr")).to_have_count(len(questions))
    for question in questions:
        await expect(page.locator("table.rows").get_by_role("link", name=question)).to_be_visible()


async def test_numbers_lists_live_and_past(shop: Shop) -> None:
    async with calling(shop.server.url) as caller:
        sample = _Sample(shop, caller)
        await sample.make()
        board = await shop.visitor(viewport={"width": 1440, "height": 900})
        page = board.page
        await page.goto(f"{shop.origin}/dashboard")
        field = page.get_by_label("Key of a member of staff")
        await field.fill(shop.server.keys["ownerKey"])
        await field.press("Enter")
        earlier = await sample.metrics()
        await _shows(page, earlier)
        await _numbers_lead_to_lists(page)
        await _is_live(page, sample)
        await _shows_the_past(page, sample, earlier)
        await _saves_the_list(page)
        await _fits_a_phone(board)


async def _numbers_lead_to_lists(page: Page) -> None:
    everything = ("A kettle, please", "Never mind", "I want to complain", "Where is my <b>lamp</b>?")
    await _lists(page, "Conversations 4", *everything)
    await _card(page, "Resolved by AI").locator(".number").press("Enter")
    await _lists(page, "Resolved by AI 1", "Where is my <b>lamp</b>?")
    await expect(page.locator("#list")).to_be_focused()
    await _card(page, "Conversations").get_by_role("link", name="1 closed").click()
    await _lists(page, "Closed 1", "Never mind")
    await page.get_by_role("navigation", name="Group").get_by_role("link", name="Tag").click()
    await page.locator(".legend").get_by_role("link", name="sizes 1").click()
    await _lists(page, "Conversations 1", "A kettle, please")
    picture = page.locator(".picture svg")
    box = await picture.bounding_box()
    assert box is not None
    # The bar of today counts five, "Untagged" twice, below the line of 6; "sizes" is at its top.
    await picture.click(position={"x": box["width"] - (box["width"] - 44) / 60, "y": 8 + 230 * 1.5 / 6})
    await expect(page.locator(".narrowed .chip")).to_have_count(2)
    await page.reload()  # the address has it all
    await expect(page.locator(".narrowed .chip")).to_have_count(2)
    await page.go_back()
    await expect(page.locator(".narrowed .chip")).to_have_count(1)
    await page.get_by_label("Search").fill("comp")
    await _lists(page, "Conversations 0")
    await page.get_by_role("link", name="sizes: remove").click()
    await _lists(page, "Conversations 1", "I want to complain")
    await _card(page, "AI-generated sales").locator(".number").click()
    await expect(page.locator("table.rows tbody tr")).to_have_count(1)
    await expect(page.locator("table.rows tbody tr")).to_contain_text("The shopper clicked a product card")
    await expect(page.locator("table.rows tbody tr")).to_contain_text("€30.00")
    await _card(page, "Conversations").locator(".number").click()
    await _lists(page, "Conversations 4", *everything)


async def _is_live(page: Page, sample: _Sample) -> None:
    conversation_id, _ = await sample.begin("Is it live?", "liv@example.com")
    await _shows(page, await sample.metrics())
    await expect(page.locator("#list")).to_contain_text("Conversations 5")
    await expect(page.locator(".feed").get_by_role("link", name="Is it live?")).to_be_visible()
    question = page.locator("table.rows").get_by_role("link", name="Is it live?")
    await question.press("Enter")
    drawer = page.get_by_role("dialog")
    await expect(drawer.get_by_role("heading", name="liv@example.com", exact=True)).to_be_visible()
    await expect(drawer.locator("[data-sequence]")).to_have_count(1)
    await sample.say(conversation_id, "Yes, <i>it</i> is.")
    await expect(drawer.get_by_text("Yes, <i>it</i> is.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(drawer).to_have_count(0)
    await expect(question).to_be_focused()


async def _shows_the_past(page: Page, sample: _Sample, earlier: Json) -> None:
    address = page.url.partition("#")[0]
    await page.goto(f"{address}#at={earlier['asOf']}")
    await _shows(page, await sample.metrics(earlier["asOf"]))
    await expect(page.get_by_role("status")).to_have_text("The past")
    await expect(page.locator("#list")).to_contain_text("Conversations 4")
    await expect(page.locator(".feed").get_by_role("link", name="Is it live?")).to_have_count(0)
    await page.get_by_role("button", name="Now").click()
    await expect(page.get_by_role("status")).to_have_text("Live")
    await _shows(page, await sample.metrics())
    slider = page.get_by_label("As of")
    for _ in range(30):
        await slider.press("PageDown")
    await expect(_card(page, "Conversations").locator(".number")).to_have_text("0")
    await page.get_by_role("button", name="Now").click()
    await _shows(page, await sample.metrics())


async def _saves_the_list(page: Page) -> None:
    await _card(page, "Not resolved by AI").locator(".number").click()
    await page.locator("summary", has_text="Export").press("Enter")
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save the file").click()
    download = await saving.value
    assert download.suggested_filename.endswith(".csv")
    text = (await download.path()).read_text("utf-8-sig")
    assert "I want to complain" in text
    assert "Never mind" not in text


async def _fits_a_phone(board: Visitor) -> None:
    await board.page.set_viewport_size({"width": 320, "height": 700})
    await expect(board.page.locator("table.rows tbody tr")).to_have_count(1)
    assert await board.page.evaluate("document.documentElement.scrollWidth") <= 320
    await board.is_clean()
