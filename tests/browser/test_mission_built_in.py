"""The mission with the agent that comes with Baton: it offers a human itself, and one click brings the ticket."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.windows import Shop, Visitor


@pytest.fixture
def more_settings() -> dict[str, str]:
    return {"BATON_DEMO_AGENT": "true"}


async def test_the_built_in_agent_offers_a_human(shop: Shop, visitor: Visitor) -> None:
    desk = Desk(await shop.browser())
    await desk.enter(shop.server.keys["ownerKey"])
    await visitor.open()
    await visitor.write("I want to talk to a human")
    await visitor.accept("vic@example.com")
    await expect(visitor.page.get_by_label("Write a message")).to_be_focused()  # though the mouse pressed "Continue"
    [conversation_id] = await shop.conversations()

    await desk.open("vic@example.com")
    await expect(desk.ticket("vic@example.com")).to_contain_text("I want to talk to a human")
    await desk.press("Take")
    await expect(visitor.page.get_by_role("heading", name="Olivia Owner")).to_be_visible()
    await desk.reply("I am one. How can I help?")
    await expect(visitor.page.get_by_text("I am one. How can I help?")).to_be_visible()
    shown = await shop.seen_by_shopper(conversation_id)
    assert [each["kind"] for each in shown].count("HANDOFF_OFFER") == 1
    await visitor.shows(shown)
