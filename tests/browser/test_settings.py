"""The settings in a browser, with the stand-ins of Zendesk, Gorgias and a partner."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from pymongo import AsyncMongoClient

from dev.fakes.faults import failing
from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from dev.fakes.zendesk import ADMIN, TOKEN, Zendesk
from integrations.mongo.delivery.forwarding import DEAD_LETTERS, FORWARDINGS
from tests.browser.office import button, card, choice, enter, go_to, is_refused, save
from tests.browser.windows import Shop
from tests.e2e.processes import PATIENCE

HANDOFF = "{ handoffSettings { method helpdesk customMessage identityPolicy acceptLabel } }"
WEEK = "{ account { businessHours { week { weekday opensAt closesAt } } } }"
LABEL = """mutation { updateHandoffSettings(input: {acceptLabel: "Bring me a human"}) { errors { message } } }"""
START = """mutation { startConversation(input: {channel: SMS, text: "Hi", visitor: {phone: "+393331234567"}}) {
  errors { message } } }"""


class Vendors:
    """The services around the shop."""

    def __init__(self) -> None:
        self.zendesk = Zendesk()
        self.gorgias = Gorgias()
        self.partner = WebhookReceiver()


@pytest_asyncio.fixture(loop_scope="session")
async def vendors() -> AsyncIterator[Vendors]:
    found = Vendors()
    async with (
        serving(found.zendesk) as found.zendesk.url,
        serving(found.gorgias) as found.gorgias.url,
        serving(found.partner) as found.partner.url,
    ):
        yield found


@pytest.fixture
def more_settings(vendors: Vendors) -> dict[str, str]:
    return {
        "BATON_ZENDESK_URL": vendors.zendesk.url,
        "BATON_GORGIAS_URL": vendors.gorgias.url,
        "BATON_WEBHOOK_PRIVATE_NETWORKS": "true",
    }


async def test_settings(
    shop: Shop, vendors: Vendors, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    visitor = await enter(shop)
    page = visitor.page
    await _connect_zendesk(page, shop)
    await _save_over_a_colleague(page, shop)
    await _connect_gorgias(page)
    await _choose_a_message(page, shop)
    await go_to(page, "Business hours")
    await _set_hours(page, shop)
    await go_to(page, "Keys")
    await _make_and_revoke_a_key(page, shop)
    await go_to(page, "Webhooks")
    await _create_an_endpoint(page, vendors.partner)
    vendors.partner.faults.add(failing(500), times=1_000)
    started = await shop.ask("publishableKey", START)
    assert started["startConversation"]["errors"] == []
    await _three_days_pass(mongo_client, database_name)
    await _send_the_dead_letter_again(page, vendors.partner)
    await visitor.is_clean()


def _handoff(page: Page) -> Locator:
    return card(page, "When the agent cannot finish a conversation")


async def _connect_zendesk(page: Page, shop: Shop) -> None:
    panel = _handoff(page)
    await choice(panel, "Zendesk").check()
    await expect(button(panel)).to_be_disabled()
    await panel.get_by_label("Subdomain").fill("acme")
    await panel.get_by_label("E-mail address of the user").fill(str(ADMIN["email"]))
    token = panel.get_by_label("API token")
    await token.fill("a-wrong-token")
    await button(panel, "Connect Zendesk").click()
    await is_refused(token, "Zendesk rejected the e-mail address or API token")
    await expect(panel.get_by_label("Subdomain")).to_have_value("acme")
    await expect(token).to_have_value("a-wrong-token")
    await expect(button(panel)).to_be_disabled()
    await token.fill(TOKEN)
    await button(panel, "Connect Zendesk").click()
    await expect(panel.get_by_text("Zendesk accepted the credentials.")).to_be_visible()
    await expect(panel.get_by_label("Endpoint URL")).to_have_value(re.compile(r"/hooks/zendesk/\w"))
    await save(panel)
    assert (await shop.ask("ownerKey", HANDOFF))["handoffSettings"]["helpdesk"] == "ZENDESK"


async def _save_over_a_colleague(page: Page, shop: Shop) -> None:
    panel = _handoff(page)
    await shop.ask("ownerKey", LABEL)
    await choice(panel, "A sign-in at your shop").check()
    await button(panel).click()
    await expect(panel.get_by_role("alert")).to_contain_text("Somebody else changed these settings")
    await expect(choice(panel, "A sign-in at your shop")).to_be_checked()
    await save(panel)
    stored = (await shop.ask("ownerKey", HANDOFF))["handoffSettings"]
    assert (stored["identityPolicy"], stored["acceptLabel"]) == ("SIGNED_IN", "Bring me a human")


async def _connect_gorgias(page: Page) -> None:
    panel = _handoff(page)
    await choice(panel, "Gorgias").check()
    await panel.get_by_label("Domain").fill(DOMAIN)
    await panel.get_by_label("E-mail address of the user").fill(USER)
    await panel.get_by_label("API key").fill("wrong")
    await button(panel, "Connect Gorgias").click()
    await is_refused(panel.get_by_label("API key"), "Gorgias rejected the e-mail address or API key")
    await panel.get_by_label("API key").fill(API_KEY)
    await button(panel, "Connect Gorgias").click()
    await expect(panel.get_by_label("Header X-Baton-Token")).to_have_value(re.compile(r"^[0-9a-f]{32}$"))
    await expect(panel.get_by_label("API key")).to_have_value("")  # it is kept on the page no longer than needed
    await save(panel)


async def _choose_a_message(page: Page, shop: Shop) -> None:
    panel = _handoff(page)
    await choice(panel, "Don’t hand off").check()
    await button(panel).click()
    message = panel.get_by_label("Your message")
    await is_refused(message, "Write one")
    await message.fill("Write to [our team](mailto:help@shop.example).")
    await expect(panel.get_by_role("link", name="our team")).to_be_visible()
    await save(panel)
    stored = (await shop.ask("ownerKey", HANDOFF))["handoffSettings"]
    assert (stored["method"], stored["customMessage"]) == ("MESSAGE", "Write to [our team](mailto:help@shop.example).")


async def _set_hours(page: Page, shop: Shop) -> None:
    panel = card(page, "Business hours")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await panel.get_by_role("switch", name=day).set_checked(day == "Monday")
    opens, closes = panel.get_by_label("Monday: opens at"), panel.get_by_label("Monday: closes at")
    await opens.fill("10:00")
    await closes.fill("09:00")
    await button(panel).click()
    await is_refused(closes, "These hours end before they start")
    await expect(opens).to_have_value("10:00")
    await closes.fill("00:00")  # midnight
    await save(panel)
    week = (await shop.ask("ownerKey", WEEK))["account"]["businessHours"]["week"]
    assert week == [{"weekday": 1, "opensAt": "10:00", "closesAt": "24:00"}]


async def _make_and_revoke_a_key(page: Page, shop: Shop) -> None:
    panel = card(page, "New key")
    await panel.get_by_label("Name", exact=True).fill("Warehouse")
    await panel.get_by_label("Networks").fill("not a network")
    await panel.get_by_label("Read the inbox").check()
    await button(panel, "Make the key").click()
    await is_refused(panel.get_by_label("Networks"), "not a network in CIDR notation")
    await panel.get_by_label("Networks").fill("")
    await button(panel, "Make the key").click()
    shown = page.get_by_label("Key", exact=True)
    token = await shown.input_value()
    assert await shop.status_of(token) == 200
    await page.get_by_role("button", name="I have stored it").click()
    await expect(shown).to_have_count(0)
    await page.get_by_role("button", name="Revoke Warehouse").click()
    await page.get_by_role("button", name="Revoke", exact=True).click()
    await expect(page.get_by_role("button", name="Show 1 that no longer works")).to_be_visible()
    assert await shop.status_of(token) == 401


async def _create_an_endpoint(page: Page, partner: WebhookReceiver) -> None:
    panel = card(page, "New endpoint")
    await panel.get_by_label("Address").fill(f"{partner.url}/hooks")
    await panel.get_by_label("Conversation started").check()
    await button(panel, "Create the endpoint").click()
    await expect(page.get_by_label("Secret", exact=True)).to_have_value(re.compile(r"^whsec_."))
    await page.get_by_role("button", name="I have stored it").click()


async def _three_days_pass(client: AsyncMongoClient[dict[str, Any]], database_name: str) -> None:
    """Wait until the event that fails has been given up, as if it had failed for days."""
    database = client[database_name]
    async with asyncio.timeout(PATIENCE):
        while await database[DEAD_LETTERS].count_documents({}) == 0:
            now = datetime.now(UTC)
            older = {"trying_since": now - timedelta(days=4), "due_at": now}
            await database[FORWARDINGS].update_many({"trying_since": {"$exists": True}}, {"$set": older})
            await asyncio.sleep(0.1)


async def _send_the_dead_letter_again(page: Page, partner: WebhookReceiver) -> None:
    letters = page.get_by_role("region", name=re.compile("^Events that were not delivered"))
    await button(letters, "Send again").click()
    await expect(letters.get_by_text("Again not delivered")).to_be_visible()
    partner.faults.clear()
    await button(letters, "Send again").click()
    await expect(page.get_by_text("The event was delivered.")).to_be_visible()
    await expect(letters).to_have_count(0)
    assert [event["type"] for event in partner.events.values()] == ["conversation.started"]
