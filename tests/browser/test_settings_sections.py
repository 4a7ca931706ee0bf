"""Every section of the settings: what is saved in the browser is what the API returns, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from tests.browser.office import button, card, choice, enter, go_to, is_refused, save
from tests.browser.texts import HOSTILE
from tests.browser.windows import Shop

_ACCOUNT = """{ account { agentName greeting awayMessage agentSilence channels assignment strandedAfter timeZone
  businessHours { holidays } attribution { touch enabled window }
  staff { name email role capacity suspendedAt } keys(first: 20) { nodes { label networks staff { name } } } } }"""
_HANDOFF = "{ handoffSettings { method helpdesk offerText acceptLabel declineLabel customMessage } }"
_AGENT = "{ agentSettings { answeredBy } }"
_COLLEAGUE = 'mutation { updateAccount(input: {agentName: "Of a colleague"}) { errors { message } } }'


async def test_every_section_is_saved(shop: Shop) -> None:
    far = await shop.visitor(viewport={"width": 1200, "height": 900}, timezone_id="Asia/Tokyo")
    visitor = await enter(shop, "wording", far)
    page = visitor.page
    await _words(page, shop)
    await _hours_and_tickets(page, shop)
    await _agent(page, shop)
    await _attribution(page, shop)
    await _staff(page, shop)
    await _keys(page, shop)
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.reload()
    chosen = page.get_by_role("navigation", name="Settings").get_by_role("link", name="Keys")
    await expect(chosen).to_be_in_viewport(ratio=1)
    await visitor.is_clean()


async def _words(page: Page, shop: Shop) -> None:
    agent = card(page, "The agent")
    await agent.get_by_label("Name of the agent").fill("Ada")
    await agent.get_by_label("Greeting").fill("")
    await button(agent).click()
    await is_refused(agent.get_by_label("Greeting"), ".")
    await agent.get_by_label("Greeting").fill("Ciao! See [our guide](https://shop.example/guide).")
    await expect(agent.get_by_role("link", name="our guide")).to_be_visible()
    await save(agent)
    offer = card(page, "The offer of a human")
    await offer.get_by_label("Question").fill("Shall a person take over?")
    await offer.get_by_label("Button that accepts").fill("Yes")
    await offer.get_by_label("Button that declines").fill("No")
    await save(offer)
    away = card(page, "When nobody is there")
    await away.get_by_label("Away message").fill("We are out.")
    await save(away)

    account = (await shop.ask("ownerKey", _ACCOUNT))["account"]
    assert account["greeting"] == "Ciao! See [our guide](https://shop.example/guide)."
    assert (account["agentName"], account["awayMessage"]) == ("Ada", "We are out.")
    stored = (await shop.ask("ownerKey", _HANDOFF))["handoffSettings"]
    assert (stored["offerText"], stored["acceptLabel"], stored["declineLabel"]) == (
        "Shall a person take over?",
        "Yes",
        "No",
    )
    await away.get_by_label("Away message").fill("")
    await save(away)
    assert (await shop.ask("ownerKey", _ACCOUNT))["account"]["awayMessage"] is None


async def _hours_and_tickets(page: Page, shop: Shop) -> None:
    await go_to(page, "Business hours")
    hours = card(page, "Business hours")
    await hours.get_by_label("Time zone").fill("Mars/Olympus")
    await button(hours).click()
    await is_refused(hours.get_by_label("Time zone"), "Unknown time zone")
    await hours.get_by_label("Time zone").fill("Europe/Rome")
    await hours.get_by_label("Holidays").fill("2026-12-25")
    await hours.get_by_label("Holidays").press("Enter")  # adds the day, and sends nothing
    await expect(hours.get_by_role("button", name="Remove 2026-12-25")).to_be_visible()
    assert (await shop.ask("ownerKey", _ACCOUNT))["account"]["timeZone"] == "UTC"
    await save(hours)
    tickets = card(page, "Tickets in the inbox")
    await choice(tickets, "In turn").check()
    await tickets.get_by_label("is told that it takes longer after", exact=False).first.fill("20")
    await save(tickets)
    account = (await shop.ask("ownerKey", _ACCOUNT))["account"]
    assert (account["timeZone"], account["businessHours"]["holidays"]) == ("Europe/Rome", ["2026-12-25"])
    assert (account["assignment"], account["strandedAfter"]) == ("ROUND_ROBIN", "PT20M")
    week = [{"weekday": (datetime.now(UTC) + timedelta(days=2)).isoweekday(), "opensAt": "09:00", "closesAt": "17:00"}]
    await shop.team("updateAccount", "account { id }", businessWeek=week)
    await page.reload()
    await expect(hours).to_contain_text(re.compile(r"opens \d+ \w+( \d+)?, 0?9:00"))  # by the clock of the account


async def _agent(page: Page, shop: Shop) -> None:
    await go_to(page, "Agent")
    kind = card(page, "The agent that replies")
    await choice(kind, "Your language model").check()
    await button(kind).click()
    await expect(kind.get_by_text("connect", exact=False).last).to_be_visible()  # none is connected
    await choice(kind, "The built-in agent").check()
    await save(kind)
    where = card(page, "Where it replies")
    await where.get_by_label("SMS").uncheck()
    silence = where.get_by_label("A shopper whom the agent leaves without a reply is handed over after", exact=True)
    await silence.fill("2")
    await where.get_by_label("is handed over after: unit", exact=False).select_option("hours")
    await save(where)
    account = (await shop.ask("ownerKey", _ACCOUNT))["account"]
    assert set(account["channels"]) == {"WEB_CHAT", "EMAIL", "WHATSAPP"}
    assert account["agentSilence"] == "PT2H"
    assert (await shop.ask("ownerKey", _AGENT))["agentSettings"]["answeredBy"] == "BUILT_IN"
    await silence.fill("1e3")  # a number to the browser, and no duration
    await button(where).click()
    await is_refused(silence, "5 seconds")
    await silence.fill("")
    await save(where)
    assert (await shop.ask("ownerKey", _ACCOUNT))["account"]["agentSilence"] is None


async def _attribution(page: Page, shop: Shop) -> None:
    await go_to(page, "Attribution")
    sales = card(page, "Attribution of sales")
    clicked = sales.get_by_label("Time after a click on a product card", exact=False)
    window = sales.get_by_label("within the time after a click on a product card", exact=True)
    await window.fill("500")
    await button(sales).click()
    await is_refused(window, "90 days")
    await window.fill("3")
    await clicked.last.select_option("days")
    await sales.get_by_role("switch", name="A mail that was opened").check()
    await save(sales)
    found = {touch["touch"]: touch for touch in (await shop.ask("ownerKey", _ACCOUNT))["account"]["attribution"]}
    assert found["PRODUCT_CARD_CLICK"]["window"] == "P3D"
    assert found["EMAIL_OPEN"]["enabled"] is True


async def _staff(page: Page, shop: Shop) -> None:
    await go_to(page, "Staff")
    invitation = card(page, "Invite a colleague")
    await invitation.get_by_label("Name").fill("Mia <i>Manager</i>")
    await invitation.get_by_label("E-mail address").fill("mia@example.com")
    await choice(invitation, "Manager").check()
    await invitation.get_by_label("Make a first key", exact=False).check()
    await button(invitation, "Invite").click()
    key = await page.get_by_label("Key", exact=True).input_value()
    assert await shop.status_of(key) == 200
    await page.get_by_role("button", name="I have stored it").click()
    await page.get_by_role("button", name="Edit Mia <i>Manager</i>").click()
    editor = card(page, "Change Mia <i>Manager</i>")
    await editor.get_by_label("Name").fill("Mia Manager")
    await editor.get_by_label("Open tickets at most").fill("7")
    await button(editor).click()
    await page.get_by_role("button", name="Deactivate Mia Manager").click()
    await page.get_by_role("button", name="Deactivate", exact=True).click()
    await expect(page.get_by_role("button", name="Reinstate Mia Manager")).to_be_visible()
    staff = {each["email"]: each for each in (await shop.ask("ownerKey", _ACCOUNT))["account"]["staff"]}
    mia = staff["mia@example.com"]
    assert (mia["name"], mia["role"], mia["capacity"]) == ("Mia Manager", "MANAGER", 7)
    assert mia["suspendedAt"] is not None
    assert await shop.status_of(key) == 401
    await page.get_by_role("button", name="Reinstate Mia Manager").click()
    await expect(page.get_by_role("button", name="Deactivate Mia Manager")).to_be_visible()


async def _keys(page: Page, shop: Shop) -> None:
    """The colleague who was invited a moment ago can hold a key, and the key of the invitation is in the list."""
    await go_to(page, "Keys")
    panel = card(page, "New key")
    await choice(panel, "A colleague").check()
    await panel.get_by_label("Colleague", exact=True).select_option("Mia Manager")
    await panel.get_by_label("Name", exact=True).fill("Mia at home")
    await panel.get_by_label("Networks").fill("203.0.113.0/24\n2001:db8::/32")
    await button(panel, "Make the key").click()
    await page.get_by_role("button", name="I have stored it").click()
    await go_to(page, "Handoff")
    await go_to(page, "Keys")
    await expect(page.get_by_role("button", name="Revoke Mia at home")).to_be_visible()
    keys = {each["label"]: each for each in (await shop.ask("ownerKey", _ACCOUNT))["account"]["keys"]["nodes"]}
    assert keys["Mia at home"]["staff"] == {"name": "Mia Manager"}
    assert keys["Mia at home"]["networks"] == ["203.0.113.0/24", "2001:db8::/32"]


async def test_nothing_typed_is_lost(shop: Shop) -> None:
    """Neither by a colleague's change, nor without a server, nor where the refused field is not on the screen."""
    visitor = await enter(shop, "wording")
    page = visitor.page
    agent = card(page, "The agent")
    name, greeting = agent.get_by_label("Name of the agent"), agent.get_by_label("Greeting")
    await greeting.fill("Mine")
    await shop.ask("ownerKey", _COLLEAGUE)
    await button(agent).click()
    await expect(agent.get_by_role("alert")).to_contain_text("Somebody else changed these settings")
    await expect(name).to_have_value("Of a colleague")
    await expect(greeting).to_have_value("Mine")

    await shop.server.kill()
    await button(agent).click()
    await expect(agent.get_by_role("alert")).to_have_text("The server did not respond. Try again.")
    await expect(greeting).to_have_value("Mine")
    await go_to(page, "Staff")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await shop.server.start()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("button", name="Edit Olivia Owner")).to_be_visible()
    await go_to(page, "Wording")
    await save(agent)
    account = (await shop.ask("ownerKey", _ACCOUNT))["account"]
    assert (account["agentName"], account["greeting"]) == ("Of a colleague", "Mine")

    await go_to(page, "Handoff")
    panel = card(page, "When the agent cannot finish a conversation")
    await choice(panel, "Don’t hand off").check()
    await panel.get_by_label("Your message").fill("x" * 2_001)
    await choice(panel, "Send a ticket").check()
    await button(panel).click()
    await expect(panel.get_by_role("alert")).to_contain_text("2,000")
    await visitor.is_clean()


async def test_a_form_is_sent_once(shop: Shop) -> None:
    """However often it is submitted before the page is drawn again."""
    visitor = await enter(shop, "staff")
    page = visitor.page
    invitation = card(page, "Invite a colleague")
    await invitation.get_by_label("Name").fill("Once")
    await invitation.get_by_label("E-mail address").fill("once@example.com")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    await page.evaluate(
        """() => { const form = document.querySelector("input[type=email]").form;
        for (let each = 0; each < 3; each++) form.requestSubmit(); }"""
    )
    await expect(page.get_by_role("button", name="Edit Once")).to_be_visible()
    assert len([body for body in sent if "inviteStaff" in body]) == 1
    await expect(invitation.get_by_role("alert")).to_have_count(0)
    await visitor.is_clean()


async def test_hostile_text_is_text(shop: Shop) -> None:
    """Markup, every script, right to left, great length: as names, labels and words of the settings."""
    limits = {"name": 200, "greeting": 2_000}
    for number, text in enumerate(HOSTILE):
        name = " ".join(text[: limits["name"]].split())
        await shop.team("inviteStaff", "staff { id }", name=name, email=f"{number}@example.com", role="SUPPORT")
        await shop.team("createKey", "key { id }", label=name, scopes=["METRICS_READ"])
        await shop.team("updateAccount", "account { id }", agentName=name, greeting=text[: limits["greeting"]])
    visitor = await enter(shop, "wording")
    page = visitor.page
    await expect(card(page, "The agent").get_by_label("Greeting")).to_have_value(HOSTILE[-1][: limits["greeting"]])
    for text in HOSTILE:
        await card(page, "The agent").get_by_label("Greeting").fill(text)
        shown = card(page, "The agent").locator(".preview .text")
        # The label of a link is shown without its brackets where the link is safe; none of these is.
        await expect(shown).to_have_text(text)
    await button(card(page, "The agent")).click()
    await is_refused(card(page, "The agent").get_by_label("Greeting"), "2,000")
    for section, title in (("Staff", "The team"), ("Keys", "Keys")):
        await go_to(page, section)
        for text in HOSTILE:
            await expect(card(page, title).get_by_text(" ".join(text[:200].split()), exact=True).first).to_be_visible()
        for width in (390, 1200):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate("window.hacked") is None
    await asyncio.sleep(0)
    await visitor.is_clean()
