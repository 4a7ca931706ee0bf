"""The mission in a browser: a shopper asks, the agent offers a human, a human goes on; by each method of handoff."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias, serving_with_webhooks
from dev.fakes.server import serving
from dev.fakes.zendesk import ADMIN, TOKEN, WEBHOOK_SECRET, Zendesk
from tests.browser.desk import Desk
from tests.browser.windows import Shop, Visitor
from tests.e2e.processes import Json, until

_ACCEPT = "Yes, connect me with an agent"
_HOOK = "9c1f0b2ad17e4c55"
_GORGIAS = {"domain": DOMAIN, "email": USER, "apiKey": API_KEY, "webhookToken": _HOOK}
_INTEGRATION: Json = {  # as docs/guides/helpdesks.md has it
    "name": "Baton",
    "type": "http",
    "http": {
        "method": "POST",
        "request_content_type": "application/json",
        "response_content_type": "application/json",
        "headers": {"X-Baton-Token": _HOOK},
        "form": {"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"},
        "triggers": {"ticket-message-created": True, "ticket-updated": True, "ticket-status-updated": True},
    },
}
_ZENDESK = {
    "subdomain": "acme",
    "email": str(ADMIN["email"]),
    "apiToken": TOKEN,
    "webhookSecret": WEBHOOK_SECRET,
}


@pytest_asyncio.fixture(loop_scope="session")
async def zendesk() -> AsyncIterator[Zendesk]:
    fake = Zendesk()
    async with serving(fake) as fake.url:
        yield fake


@pytest_asyncio.fixture(loop_scope="session")
async def gorgias() -> AsyncIterator[Gorgias]:
    fake = Gorgias()
    async with serving_with_webhooks(fake):
        yield fake


@pytest.fixture
def more_settings(zendesk: Zendesk, gorgias: Gorgias) -> dict[str, str]:
    return {"BATON_ZENDESK_URL": zendesk.url, "BATON_GORGIAS_URL": gorgias.url}


async def _set(shop: Shop, **change: str) -> None:
    await shop.team("updateHandoffSettings", "handoffSettings { version }", **change)


async def _dashboard(shop: Shop) -> Page:
    page = (await shop.browser()).page
    await page.goto(f"{shop.origin}/dashboard")
    field = page.get_by_label("Key of a member of staff")
    await field.fill(shop.server.keys["ownerKey"])
    await field.press("Enter")
    return page


async def _shows(dashboard: Page, volume: int, still_open: int, not_resolved: int) -> None:
    """Wait until the dashboard shows these numbers."""
    for name, count in (("Conversations", volume), ("Not resolved by AI", not_resolved)):
        number = dashboard.get_by_role("article", name=name, exact=True).locator(".number")
        await expect(number).to_have_text(str(count))
    await expect(dashboard.get_by_role("link", name=f"{still_open} open", exact=True)).to_be_visible()


async def test_the_team_in_the_inbox(shop: Shop, visitor: Visitor) -> None:
    """The shopper, and two of the team, of whom one takes the ticket; the agent's late reply is shown to staff only.

    The dashboard counts meanwhile.
    """
    dashboard = await _dashboard(shop)
    await _shows(dashboard, 0, 0, 0)
    olivia, sam = Desk(await shop.browser()), Desk(await shop.browser())
    await olivia.enter(shop.server.keys["ownerKey"])
    await sam.enter(await shop.key_of("Sam Support"))
    await shop.team("updateAccount", "account { id }", awayMessage="We are hiking. Back soon.")

    conversation_id = await shop.asked(visitor, "My tent leaks")
    await _shows(dashboard, 1, 1, 0)
    await shop.agent_asks_for_a_human(conversation_id, summary="A tent leaks")
    await visitor.accept("vic@example.com")
    await expect(visitor.page.get_by_text("We are hiking. Back soon.")).to_be_visible()
    await _shows(dashboard, 1, 0, 1)

    for desk in (olivia, sam):
        await desk.open("vic@example.com")
        await expect(desk.page.get_by_text("A tent leaks").first).to_be_visible()
    await sam.press("Take")
    await expect(visitor.page.get_by_role("heading", name="Sam Support")).to_be_visible()
    await expect(olivia.ticket("vic@example.com")).to_contain_text("Sam Support")
    assert await shop.late_agent(conversation_id, "Is it wet?") == "NOT_IN_CONTROL"
    for desk in (olivia, sam):
        await expect(desk.thread.get_by_text("Is it wet?")).to_be_visible()

    await sam.reply("We send you a new one.")
    await expect(visitor.page.get_by_text("We send you a new one.")).to_be_visible()
    await expect(olivia.messages.get_by_text("We send you a new one.")).to_be_visible()
    await visitor.write("You are kind")
    await expect(sam.messages.get_by_text("You are kind")).to_be_visible()
    await sam.press("Close")
    await olivia.lists([])

    shown = await shop.seen_by_shopper(conversation_id)
    assert "Is it wet?" not in [message["text"] for message in shown]
    await visitor.shows(shown)
    await olivia.shows(shown)
    await _shows(dashboard, 1, 0, 1)


async def test_the_team_in_zendesk(shop: Shop, visitor: Visitor, zendesk: Zendesk) -> None:
    """A human replies in Zendesk, and the chat goes on; then the setting moves chats to e-mail."""
    dashboard = await _dashboard(shop)
    await _shows(dashboard, 0, 0, 0)
    connected = await shop.team("connectHelpdesk", "connection { webhookUrl }", zendesk=_ZENDESK)
    await _set(shop, helpdesk="ZENDESK", chatAfterHandoff="CONTINUES")

    async def replied(text: str, status: str) -> None:
        order = {"text": text, "status": status, "webhook": connected["connection"]["webhookUrl"]}
        async with httpx.AsyncClient() as http:
            assert (await http.post(f"{zendesk.url}/_fake/reply", json=order)).status_code == 200

    conversation_id = await shop.asked(visitor, "My boots squeak")
    await _shows(dashboard, 1, 1, 0)
    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")
    await until(lambda: zendesk.tickets)
    await _shows(dashboard, 1, 0, 1)
    [ticket] = zendesk.tickets.values()
    await replied("Oil them.", "open")
    await expect(visitor.page.get_by_text("Oil them.")).to_be_visible()
    await visitor.write("They do not any more")
    await until(lambda: any("They do not any more" in comment["plain_body"] for comment in ticket.comments))
    await replied("Good!", "solved")
    await expect(visitor.page.get_by_text("Good!")).to_be_visible()
    await visitor.shows(await shop.seen_by_shopper(conversation_id))
    assert len(zendesk.tickets) == 1

    await _set(shop, chatAfterHandoff="MOVES_TO_EMAIL")
    other = await shop.visitor()
    conversation_id = await shop.asked(other, "My lamp is dark")
    await shop.agent_asks_for_a_human(conversation_id)
    await other.accept("lee@example.com")
    await expect(other.page.get_by_text("Somebody will follow up with you by e-mail.")).to_be_visible()
    await until(lambda: len(zendesk.tickets) == 2)
    await other.shows(await shop.seen_by_shopper(conversation_id))
    await _shows(dashboard, 2, 0, 2)


async def test_the_team_in_gorgias(shop: Shop, visitor: Visitor, gorgias: Gorgias) -> None:
    """A human replies in Gorgias, and the chat goes on, while the inbox has no ticket and the dashboard counts."""
    dashboard = await _dashboard(shop)
    desk = Desk(await shop.browser())
    await desk.enter(shop.server.keys["ownerKey"])
    connected = await shop.team("connectHelpdesk", "connection { webhookUrl }", gorgias=_GORGIAS)
    await _set(shop, helpdesk="GORGIAS", chatAfterHandoff="CONTINUES")

    async def in_gorgias(path: str, given: Json) -> None:
        async with httpx.AsyncClient(auth=(USER, API_KEY)) as http:
            assert (await http.post(f"{gorgias.url}/api/{path}", json=given)).is_success

    http = {**_INTEGRATION["http"], "url": connected["connection"]["webhookUrl"]}
    await in_gorgias("integrations", {**_INTEGRATION, "http": http})
    conversation_id = await shop.asked(visitor, "My kettle whistles")
    await _shows(dashboard, 1, 1, 0)
    await shop.agent_asks_for_a_human(conversation_id)
    await visitor.accept("vic@example.com")
    await until(lambda: gorgias.tickets)
    [ticket] = gorgias.tickets
    reply = {"channel": "email", "via": "helpdesk", "from_agent": True, "public": True, "sender": {"email": USER}}
    await in_gorgias(f"tickets/{ticket}/messages", {**reply, "body_text": "It is meant to."})
    await expect(visitor.page.get_by_text("It is meant to.")).to_be_visible()
    await visitor.write("I see")
    await until(lambda: any("I see" in str(message["body_text"]) for message in gorgias.messages_of(ticket)))
    await visitor.shows(await shop.seen_by_shopper(conversation_id))
    await desk.lists([])
    await _shows(dashboard, 1, 0, 1)


async def test_the_message_method(shop: Shop, visitor: Visitor) -> None:
    """The custom text is shown, with its link; nobody is offered, no ticket appears, and the agent goes on."""
    text = "Our team is on the phone: [call us](tel:+391234567), weekdays."
    await _set(shop, method="MESSAGE", customMessage=text)
    dashboard = await _dashboard(shop)
    await _shows(dashboard, 0, 0, 0)
    desk = Desk(await shop.browser())
    await desk.enter(shop.server.keys["ownerKey"])
    conversation_id = await shop.asked(visitor, "My stove smokes")
    await _shows(dashboard, 1, 1, 0)
    await shop.agent_asks_for_a_human(conversation_id)
    await expect(visitor.page.get_by_role("link", name="call us")).to_have_attribute("href", "tel:+391234567")
    await expect(visitor.page.get_by_role("button", name=_ACCEPT)).to_have_count(0)
    goes_on = {"conversationId": conversation_id, "epoch": 1, "text": "Anything else?"}
    await shop.agent("postAgentMessage", "message { id }", **goes_on)
    await expect(visitor.page.get_by_text("Anything else?")).to_be_visible()
    assert len(await shop.seen_by_shopper(conversation_id)) == await visitor.messages.count() == 3
    await desk.lists([])
    await _shows(dashboard, 1, 0, 1)
