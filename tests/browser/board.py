"""A member of staff at the dashboard, in a browser, and conversations of every outcome."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import Locator, Page, expect

from tests.browser.windows import Shop, Visitor
from tests.e2e.clients import Caller
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


class Sample:
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


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


async def shows(page: Page, metrics: Json) -> None:
    """Wait until the page shows these numbers."""
    for name, field in (
        ("Conversations", "totalVolume"),
        ("Resolved by AI", "resolvedByAi"),
        ("Not resolved by AI", "notResolvedByAi"),
    ):
        await expect(card(page, name).locator(".number")).to_have_text(str(metrics[field]["count"]))
    parts = card(page, "Conversations")
    await expect(parts.get_by_role("link", name=f"{metrics['open']['count']} open")).to_be_visible()
    await expect(parts.get_by_role("link", name=f"{metrics['closed']['count']} closed")).to_be_visible()
    (sold,) = metrics["aiGeneratedSales"]
    assert sold["currency"] == "EUR"
    await expect(card(page, "AI-generated sales").locator(".number")).to_have_text(f"€{sold['amount']}")


async def lists(page: Page, heading: str, *questions: str) -> None:
    await expect(page.locator("#list")).to_contain_text(heading)
    await expect(page.locator("table.rows tbody tr")).to_have_count(len(questions))
    for question in questions:
        await expect(page.locator("table.rows").get_by_role("link", name=question)).to_be_visible()


async def enter(shop: Shop, fragment: str = "", visitor: Visitor | None = None) -> Visitor:
    """Sign the owner in at the dashboard, or at a view of it."""
    board = visitor or await shop.visitor(viewport={"width": 1440, "height": 900})
    await board.page.goto(f"{shop.origin}/dashboard#{fragment}")
    field = board.page.get_by_label("Key of a member of staff")
    await field.fill(shop.server.keys["ownerKey"])
    await field.press("Enter")
    await expect(board.page.locator("h1", has_text="Dashboard")).to_be_visible()
    await expect(board.page.locator("main")).to_have_attribute("aria-busy", "false")
    return board
