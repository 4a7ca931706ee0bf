"""Staff sign in by an OpenID provider: the same over a certified provider and over the small one."""

from __future__ import annotations

import pytest

from domain.principal import StaffRole
from tests.api.sign_in.browser import BATON, Browser
from tests.api.sign_in.conftest import connected
from tests.api.sign_in.providers import Provider
from tests.harness.program import Program

SUPPORT = "support@shop.example"


async def test_a_member_signs_in_and_gets_an_access_token(baton: Program, provider: Provider, browser: Browser) -> None:
    shop = await connected(baton, provider)

    response = await browser.sign_in(shop, provider, SUPPORT, "?return_to=/desk?tab=1")

    assert (response.status_code, response.headers["location"]) == (303, "/desk?tab=1")
    assert "code" not in response.headers["location"]
    assert await browser.me() == {"name": "Support", "role": "SUPPORT"}


async def test_without_a_return_address_a_page_tells_that_it_worked(
    baton: Program, provider: Provider, browser: Browser
) -> None:
    shop = await connected(baton, provider)

    response = await browser.sign_in(shop, provider, SUPPORT)

    assert response.status_code == 200
    assert "You are signed in" in response.text


async def test_the_second_time_the_member_is_found_by_the_subject(
    baton: Program, provider: Provider, browser: Browser
) -> None:
    shop = await connected(baton, provider)
    await browser.sign_in(shop, provider, SUPPORT)
    await baton.database["staff"].update_one(
        {"_id": shop.staff[StaffRole.SUPPORT]}, {"$set": {"email": "moved@shop.example"}}
    )

    response = await browser.sign_in(shop, provider, SUPPORT)

    assert response.status_code == 200
    assert (await browser.me())["name"] == "Support"


async def test_somebody_who_is_not_on_the_team_is_refused(baton: Program, provider: Provider, browser: Browser) -> None:
    shop = await connected(baton, provider)

    response = await browser.sign_in(shop, provider, "eve@evil.example")

    assert response.status_code == 403
    assert "eve@evil.example is on this team" in response.text
    assert (await browser.renew()).status_code == 401


async def test_an_unverified_address_links_nobody(baton: Program, provider: Provider, browser: Browser) -> None:
    shop = await connected(baton, provider)
    await baton.done(shop.owner, "inviteStaff", name="Una", email="unverified@shop.example", role="ADMIN")

    response = await browser.sign_in(shop, provider, "unverified@shop.example")

    assert response.status_code == 403
    assert "email_verified" in response.text


async def test_an_attempt_belongs_to_its_browser(
    baton: Program, provider: Provider, browser: Browser, another_browser: Browser
) -> None:
    shop = await connected(baton, provider)
    back = await provider.log_in(another_browser.web, await another_browser.start(shop), SUPPORT)

    no_attempt = await browser.get(back)
    await browser.start(shop)
    other_attempt = await browser.get(back)

    assert (no_attempt.status_code, other_attempt.status_code) == (400, 400)
    assert (await browser.renew()).status_code == 401


async def test_an_attempt_opens_one_session_only(baton: Program, provider: Provider, browser: Browser) -> None:
    shop = await connected(baton, provider)
    url = await browser.start(shop)
    kept = {cookie.name: cookie.value for cookie in browser.web.cookies.jar}["__Host-baton-sign-in"]
    back = await provider.log_in(browser.web, url, SUPPORT)
    await browser.get(back)
    sessions = await baton.database["staff_sessions"].count_documents({})

    again = await browser.get(back)
    browser.web.cookies.set("__Host-baton-sign-in", kept or "", domain="baton.example", path="/")
    replayed = await browser.get(back)

    assert (again.status_code, replayed.status_code) == (400, 403)
    assert await baton.database["staff_sessions"].count_documents({}) == sessions == 1


async def test_a_state_that_was_changed_is_refused(baton: Program, provider: Provider, browser: Browser) -> None:
    shop = await connected(baton, provider)
    back = await provider.log_in(browser.web, await browser.start(shop), SUPPORT)

    response = await browser.get(back.replace("state=", "state=x"))

    assert response.status_code == 400


async def test_cookies_are_out_of_reach(baton: Program, provider: Provider, browser: Browser) -> None:
    shop = await connected(baton, provider)
    started = await browser.get(f"/sign-in/{shop.id}")
    back = await provider.log_in(browser.web, started.headers["location"], SUPPORT)
    finished = await browser.get(back)

    [attempt] = started.headers.get_list("set-cookie")
    assert attempt.startswith("__Host-baton-sign-in=")
    assert attempt.endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure")
    refresh, forgotten = finished.headers.get_list("set-cookie")
    assert refresh.startswith("__Secure-baton-refresh=")
    assert refresh.endswith("; HttpOnly; Path=/sign-in/token; SameSite=strict; Secure")
    assert forgotten.startswith('__Host-baton-sign-in=""; expires=')
    for response in (started, finished):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://baton.example", f"{BATON}.evil.example"]
)
async def test_pages_of_other_origins_get_no_access_token(
    baton: Program, provider: Provider, browser: Browser, origin: str | None
) -> None:
    shop = await connected(baton, provider)
    await browser.sign_in(shop, provider, SUPPORT)

    response = await browser.renew(origin)

    assert response.status_code == 403
    [error] = response.json()["errors"]
    assert "BATON_SIGN_IN_ORIGINS" in error["message"]
    assert ("Send the header Origin" in error["message"]) == (origin is None)
    assert "access-control-allow-origin" not in response.headers
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_who_opens_the_address_of_tokens_is_told_what_it_is_for(browser: Browser, method: str) -> None:
    response = await browser.web.request(method, f"{BATON}/sign-in/token")
    assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert "gets an access token here by POST" in error["message"]
