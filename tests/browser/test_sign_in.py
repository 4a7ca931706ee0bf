"""The link that the server prints signs the owner in, once; signing out ends it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Dialog, expect

from tests.api.sign_in.providers import FakeProvider, fake_provider
from tests.browser.windows import Shop, Visitor

_SESSIONS = "{ sessions(view: ALL) { nodes { id staff { name } } } }"
_KEPT = """() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"""


@pytest_asyncio.fixture(loop_scope="session")
async def provider() -> AsyncIterator[FakeProvider]:
    async with fake_provider() as provider:
        yield provider


@pytest.fixture
def more_settings() -> dict[str, str]:
    return {"BATON_SIGN_IN_PRIVATE_NETWORKS": "true"}


async def _sign_in(shop: Shop, visitor: Visitor, provider: FakeProvider, email: str) -> None:
    """Sign in in another tab of the visitor's browser, at the provider, which asks nothing."""
    provider.fake.user = {"sub": email, "email": email, "email_verified": True}
    path = (await (await visitor.context.request.get(f"{shop.origin}/sign-in/demo")).json())["provider"]
    signed_in = await visitor.context.request.get(shop.origin + path)
    assert "You are signed in" in await signed_in.text()


async def test_a_page_never_goes_on_as_another_member(shop: Shop, provider: FakeProvider) -> None:
    await shop.team("connectSignIn", "signIn { url }", issuer=provider.issuer, **provider.client)
    manager = {"name": "Mia Manager", "email": "mia@example.com", "role": "MANAGER"}
    await shop.team("inviteStaff", "staff { id }", **manager)
    staff = (await shop.ask("ownerKey", "{ account { staff { name email } } }"))["account"]["staff"]
    emails = {member["name"]: member["email"] for member in staff}
    visitor = await shop.browser()
    await _sign_in(shop, visitor, provider, emails["Olivia Owner"])
    windows = {path: await visitor.context.new_page() for path in ("dashboard", "settings", "settings#wording")}
    for path, page in windows.items():
        await page.goto(f"{shop.origin}/{path}")
        await expect(page.get_by_text("Olivia Owner").first).to_be_visible()
    unsaved = windows.pop("settings#wording")
    await unsaved.get_by_label("Greeting").fill("Not saved yet")
    asked: list[str] = []
    unsaved.on("dialog", lambda dialog: _stay(dialog, asked))

    await _sign_in(shop, visitor, provider, emails["Mia Manager"])
    sessions = (await shop.ask("ownerKey", _SESSIONS))["sessions"]["nodes"]
    [olivias] = [session["id"] for session in sessions if session["staff"]["name"] == "Olivia Owner"]
    await shop.team("revokeSession", "session { endedAt }", sessionId=olivias)

    await windows["settings"].get_by_role("link", name="Staff").click()
    for page in windows.values():
        await expect(page.get_by_text("Mia Manager").first).to_be_visible()
        await expect(page.get_by_role("alert")).to_contain_text("Somebody else has signed in")
        await page.get_by_role("button", name="Close", exact=True).click()
        await expect(page.get_by_role("alert")).to_have_count(0)
    for _ in range(2):  # what is typed can be copied; nothing is sent in the name of the other member
        await unsaved.get_by_role("region", name="The agent", exact=True).get_by_role("button", name="Save").click()
        await expect(unsaved.get_by_role("alert")).to_contain_text("Somebody else has signed in")
    await expect(unsaved.get_by_label("Greeting")).to_have_value("Not saved yet")
    assert asked == ["beforeunload"]
    assert (await shop.ask("ownerKey", "{ account { greeting } }"))["account"]["greeting"] != "Not saved yet"
    await visitor.is_clean()


async def test_a_sign_in_at_the_provider_comes_back_to_the_ticket(shop: Shop, provider: FakeProvider) -> None:
    await shop.team("connectSignIn", "signIn { url }", issuer=provider.issuer, **provider.client)
    conversation_id = await shop.ticket("+393331234501")
    ticket = (await shop.conversation(conversation_id))["ticket"]["id"]
    email = "olivia@demo.example"
    provider.fake.user = {"sub": email, "email": email, "email_verified": True}
    visitor = await shop.browser()
    visitor.watch.origins.add(provider.issuer)
    page = visitor.page
    address = f"{shop.origin}/inbox?view=UNASSIGNED#ticket={quote(ticket, safe='')}"
    await page.goto(address)
    await page.get_by_role("link", name="Sign in with your company's account").click()
    await expect(page.get_by_role("heading", name="+393331234501", exact=True)).to_be_visible()
    assert page.url == address
    await visitor.is_clean()


async def test_a_key_that_is_too_little_for_a_page_stays_for_the_others(shop: Shop) -> None:
    """A member whom a page refuses is led on to the others, and types the key once."""
    sue = {"name": "Sue Support", "email": "sue@example.com", "role": "SUPPORT"}
    key: str = (await shop.team("inviteStaff", "token", **sue, key={}))["token"]
    visitor = await shop.browser()
    page = visitor.page
    await page.goto(f"{shop.origin}/dashboard")
    field = page.get_by_label("Key of a member of staff")
    await field.fill("bsk_mistyped")
    await field.press("Enter")
    await expect(page.get_by_role("alert")).not_to_be_empty()
    await expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
    await field.fill(key)
    await field.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("may not read metrics")
    pages = page.get_by_role("navigation", name="Pages")
    await pages.get_by_role("link", name="Inbox").click()
    await expect(page.get_by_text("Sue Support").first).to_be_visible()
    await pages.get_by_role("link", name="Dashboard").click()
    await expect(page.get_by_role("alert")).to_contain_text("may not read metrics")
    await page.reload()
    await pages.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("alert")).to_contain_text("Your role is Support.")
    await pages.get_by_role("link", name="Dashboard").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(pages).to_have_count(0)
    await expect(field).to_be_visible()
    assert key not in await page.evaluate(_KEPT)
    await visitor.is_clean()


async def _stay(dialog: Dialog, asked: list[str]) -> None:
    asked.append(dialog.type)
    await dialog.dismiss()


async def test_the_printed_link_opens_the_inbox_once(shop: Shop) -> None:
    [line] = [line for line in shop.server.announced if line.startswith("  sign in")]
    link = line.split()[2]
    secret = link.partition("#sign-in=")[2]
    assert secret

    desk = await shop.visitor(viewport={"width": 1200, "height": 800})
    page = desk.page
    await page.goto(f"{shop.origin}/inbox")
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    await page.goto(link)  # over the open page, which changes its fragment alone
    await expect(page.get_by_text("Olivia Owner").first).to_be_visible()
    assert page.url == f"{shop.origin}/inbox"
    kept = await page.evaluate(_KEPT)
    assert secret not in kept
    assert "bat_" not in kept
    assert kept.startswith('["",')
    await page.reload()
    await expect(page.get_by_text("Olivia Owner").first).to_be_visible()

    async with page.expect_event("load"):  # on the way back to it, the page asks whose the browser is now
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await expect(page.get_by_text("Olivia Owner").first).to_be_visible()

    stranger = await shop.visitor()
    await stranger.page.goto(link)
    await expect(stranger.page.get_by_role("alert")).to_contain_text("was used before")
    await expect(stranger.page.get_by_label("Key of a member of staff")).to_be_focused()
    assert secret not in stranger.page.url

    second = await desk.window()
    await second.page.goto(f"{shop.origin}/graphql")
    pages = second.page.get_by_role("navigation", name="Pages")
    await expect(pages.get_by_role("link", name="API")).to_have_attribute("aria-current", "page")
    await pages.get_by_role("link", name="Inbox").click()
    await expect(second.page.get_by_text("Olivia Owner").first).to_be_visible()

    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    await expect(second.page.get_by_label("Key of a member of staff")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Key of a member of staff")).to_be_visible()
    await desk.is_clean()

    log = await asyncio.to_thread(shop.server.log.read_text)
    assert secret not in log
    assert re.findall(r"bat_\w+", log) == []
