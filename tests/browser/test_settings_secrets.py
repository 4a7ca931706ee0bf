"""Secrets whose responses are lost: the person gets one that works. And the times for which words are kept."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.office import button, card, choice, enter, go_to, is_refused, save
from tests.browser.requests import Lost
from tests.browser.windows import Shop

_RETENTION = "{ retention { transcripts attachments events } }"
_UNKNOWN = re.compile("it is unknown whether it made")


async def test_a_lost_response_leaves_a_secret_that_works(shop: Shop) -> None:
    visitor = await enter(shop, "keys")
    page = visitor.page
    made, keys = card(page, "New key"), card(page, "Keys")
    await made.get_by_label("Name", exact=True).fill("Till")
    await made.get_by_label("Read the inbox").check()
    lost = Lost("createKey")
    await lost.begin(page)
    await button(made, "Make the key").click()
    await expect(made.get_by_role("alert")).to_have_text(_UNKNOWN)
    lost.over = True
    await button(made, "Make the key").click()
    assert await shop.status_of(await _revealed(page)) == 200

    lost = Lost("rotateKey")
    await lost.begin(page)
    working = keys.get_by_role("listitem").filter(has_text="Till").filter(has_not_text="Ends")
    await working.get_by_role("button", name="Rotate Till").click()
    await working.get_by_role("button", name="Rotate", exact=True).click()
    await expect(keys.get_by_role("alert")).to_have_text(_UNKNOWN)
    lost.over = True
    row = keys.get_by_role("listitem").filter(has=page.get_by_role("alert"))
    await row.get_by_role("button", name="Rotate Till").click()
    await row.get_by_role("button", name="Rotate", exact=True).click()
    assert await shop.status_of(await _revealed(page)) == 200

    await go_to(page, "Webhooks")
    new = card(page, "New endpoint")
    await new.get_by_label("Address").fill("https://partner.example/hook")
    await new.get_by_label("Purpose").fill("Partner")
    await new.get_by_label("Conversation started").check()
    lost = Lost("createWebhookEndpoint")
    await lost.begin(page)
    await button(new, "Create the endpoint").click()
    await expect(new.get_by_role("alert")).to_have_text(_UNKNOWN)
    lost.over = True
    await button(new, "Create the endpoint").click()
    first = await _revealed(page)
    lost = Lost("rotateWebhookSecret")
    await lost.begin(page)
    endpoint = card(page, "Webhooks").get_by_role("listitem").filter(has_text="Partner").first
    for text in (_UNKNOWN, re.compile("")):
        await endpoint.get_by_role("button", name="New secret of Partner").click()
        await endpoint.get_by_role("button", name="New secret", exact=True).click()
        if text is _UNKNOWN:
            await expect(endpoint.get_by_text(text)).to_be_visible()
            lost.over = True
    assert (await _revealed(page)) not in ("", first)
    await expect(endpoint.get_by_text(_UNKNOWN)).to_have_count(0)
    await expect(endpoint).to_contain_text("Also signed with earlier secrets until")
    await visitor.is_clean()


async def test_a_lost_invitation_invites_nobody_twice(shop: Shop) -> None:
    visitor = await enter(shop, "staff")
    page = visitor.page
    invitation = card(page, "Invite a colleague")
    await invitation.get_by_label("Name").fill("Ann")
    await invitation.get_by_label("E-mail address").fill("ann@example.com")
    await invitation.get_by_label("Make a first key").check()
    lost = Lost("inviteStaff")
    await lost.begin(page)
    await button(invitation, "Invite").click()
    await expect(invitation.get_by_role("alert")).to_contain_text("nobody is invited twice")
    lost.over = True
    await button(invitation, "Invite").click()
    assert await shop.status_of(await _revealed(page)) == 200
    await expect(page.get_by_role("button", name="Edit Ann")).to_have_count(1)
    await expect(invitation.get_by_role("alert")).to_have_count(0)

    # What was typed after the lost response is no repetition, and the person hears what became of the first attempt.
    await invitation.get_by_label("Name").fill("Ben")
    await invitation.get_by_label("E-mail address").fill("ben@example.com")
    lost = Lost("inviteStaff")
    await lost.begin(page)
    await button(invitation, "Invite").click()
    await expect(invitation.get_by_role("alert")).to_contain_text("it is unknown")
    lost.over = True
    await invitation.get_by_label("Name").fill("Benjamin")
    await button(invitation, "Invite").click()
    await expect(invitation.get_by_role("alert")).to_contain_text("as you typed it before")
    await expect(page.get_by_role("button", name="Edit Ben", exact=True)).to_have_count(1)
    await visitor.is_clean()


async def _revealed(page: Page) -> str:
    """The secret that is shown, which the person stores."""
    shown = page.locator(".once")
    await expect(shown).to_have_count(1)
    secret = await shown.get_by_role("textbox").input_value()
    await shown.get_by_role("button", name="I have stored it").click()
    await expect(shown).to_have_count(0)
    return secret


async def test_retention_is_set_after_a_second_look_by_those_who_may(shop: Shop) -> None:
    visitor = await enter(shop, "retention")
    page = visitor.page
    panel = card(page, "Retention")
    transcripts, events = (
        panel.get_by_label("Transcripts", exact=True),
        panel.get_by_label("Business events", exact=True),
    )
    await transcripts.fill("365")
    await expect(button(panel)).to_be_disabled()
    await panel.get_by_label("I am sure").check()
    await events.fill("3")
    await button(panel).click()
    await is_refused(events, "from 7 to 3,650 days")
    await events.fill("30")
    await save(panel)
    wanted = {"transcripts": "P365D", "attachments": None, "events": "P30D"}
    assert (await shop.ask("ownerKey", _RETENTION))["retention"] == wanted
    await page.reload()
    await expect(transcripts).to_have_value("365")
    await events.fill("60")
    await shop.team("updateRetention", "retention { transcripts }", transcripts=None)  # by a colleague
    await panel.get_by_label("I am sure").check()
    await button(panel).click()
    await expect(panel.get_by_role("alert")).to_contain_text("Somebody else changed these settings")
    await expect(transcripts).to_have_value("")
    await expect(events).to_have_value("60")
    await save(panel)
    wanted = {"transcripts": None, "attachments": None, "events": "P60D"}
    assert (await shop.ask("ownerKey", _RETENTION))["retention"] == wanted
    await events.fill("")
    await panel.get_by_label("I am sure").check()
    await save(panel)
    assert (await shop.ask("ownerKey", _RETENTION))["retention"] == {**wanted, "events": None}

    await go_to(page, "Staff")
    invitation = card(page, "Invite a colleague")
    await expect(invitation).to_contain_text("except for the audit log")
    await invitation.get_by_label("Name").fill("Mia Manager")
    await invitation.get_by_label("E-mail address").fill("mia@example.com")
    await choice(invitation, "Manager").check()
    await invitation.get_by_label("Make a first key").check()
    await button(invitation, "Invite").click()
    key = await _revealed(page)
    mia = await shop.visitor(viewport={"width": 1200, "height": 900})
    await mia.page.goto(f"{shop.origin}/settings#retention")
    await mia.page.get_by_label("Key of a member of staff").fill(key)
    await mia.page.keyboard.press("Enter")
    hers = card(mia.page, "Retention")
    await hers.get_by_label("Files", exact=True).fill("1")
    await expect(hers).to_contain_text("Owners and admins change it.")
    await expect(button(hers)).to_be_disabled()
    await visitor.is_clean()
