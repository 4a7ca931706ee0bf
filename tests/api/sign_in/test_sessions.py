"""Sessions: renewal, reuse of a refresh token, signing out, and open sockets in every process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.api.sign_in.browser import Browser, browsing
from tests.api.sign_in.conftest import connected
from tests.api.sign_in.providers import FakeProvider, fake_provider
from tests.harness.program import Program, Shop
from tests.resolvers.test_typing_live import following, process

SUPPORT = "support@shop.example"
ME = "{ me { name } }"
INBOX = "subscription { inbox { __typename } }"
SESSIONS = """query($view: SessionView!) { sessions(view: $view) {
  nodes { id current address client endedAt staff { name } } } }"""


@pytest.fixture
async def shop(baton: Program, fake: FakeProvider, browser: Browser) -> Shop:
    """A shop whose member of the support is signed in in the browser."""
    shop = await connected(baton, fake)
    assert (await browser.sign_in(shop, fake, SUPPORT)).status_code == 200
    return shop


async def codes(baton: Program, token: str) -> list[str]:
    return (await baton.ask(token, ME)).codes


async def test_an_access_token_lives_for_minutes_and_a_session_for_hours(
    baton: Program, shop: Shop, browser: Browser
) -> None:
    issued = (await browser.renew()).json()
    start = baton.clock.now()
    assert issued["expiresAt"][:19] == (start + timedelta(minutes=15)).isoformat()[:19]
    assert issued["sessionExpiresAt"][:19] == (start + timedelta(hours=12)).isoformat()[:19]

    baton.clock.move(timedelta(minutes=15))
    assert await codes(baton, issued["accessToken"]) == ["UNAUTHENTICATED"]
    assert await codes(baton, await browser.access_token()) == []

    baton.clock.move(timedelta(hours=11, minutes=40))
    last = (await browser.renew()).json()
    assert last["expiresAt"] == last["sessionExpiresAt"]
    baton.clock.move(timedelta(minutes=5))
    assert await codes(baton, last["accessToken"]) == ["UNAUTHENTICATED"]
    ended = await browser.renew()
    assert ended.status_code == 401
    assert ended.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_a_refresh_token_that_was_used_ends_the_session_later(
    baton: Program, shop: Shop, browser: Browser, another_browser: Browser
) -> None:
    stolen = browser.refresh_cookie
    token = await browser.access_token()
    baton.clock.move(timedelta(seconds=31))
    another_browser.web.cookies.set("__Secure-baton-refresh", stolen, domain="baton.example", path="/sign-in/token")

    assert (await another_browser.renew()).status_code == 401

    assert (await browser.renew()).status_code == 401
    assert await codes(baton, token) == ["UNAUTHENTICATED"]
    log = "{ auditLog(first: 1) { nodes { action changes { field after } } } }"
    [entry] = (await baton.data(shop.owner, log))["auditLog"]["nodes"]
    assert entry["action"] == "SIGN_IN_REFUSED"
    assert "copied" in str(entry["changes"])


async def test_a_lost_response_and_two_tabs_are_no_theft(baton: Program, shop: Shop, browser: Browser) -> None:
    before = browser.refresh_cookie
    first = await browser.access_token()
    after = browser.refresh_cookie
    browser.keep_refresh_cookie(before)
    baton.clock.move(timedelta(seconds=29))

    second = await browser.access_token()

    assert browser.refresh_cookie == after != before
    assert first != second
    for token in (first, second):
        assert await codes(baton, token) == []


async def test_a_token_of_two_renewals_ago_ends_the_session_at_once(
    baton: Program, shop: Shop, browser: Browser
) -> None:
    old = browser.refresh_cookie
    for _ in range(2):
        await browser.access_token()
    browser.keep_refresh_cookie(old)

    assert (await browser.renew()).status_code == 401
    assert await baton.database["staff_sessions"].count_documents({"ended_at": None}) == 0


async def test_access_tokens_are_bounded(baton: Program, shop: Shop, browser: Browser) -> None:
    tokens = [await browser.access_token() for _ in range(12)]

    stored = await baton.database["credentials"].count_documents({"session_id": {"$exists": True}})

    assert stored == 10
    assert await codes(baton, tokens[1]) == ["UNAUTHENTICATED"]
    assert await codes(baton, tokens[2]) == []


async def test_a_member_has_at_most_twenty_sessions(
    baton: Program, shop: Shop, fake: FakeProvider, browser: Browser, another_browser: Browser
) -> None:
    for _ in range(20):
        await another_browser.sign_in(shop, fake, SUPPORT)

    assert (await browser.renew()).status_code == 401
    assert (await another_browser.renew()).status_code == 200
    assert await baton.database["staff_sessions"].count_documents({"ended_at": None}) == 20


async def ends_its_sockets(baton: Program, second: Program, token: str, act: Any) -> tuple[int, str]:
    """Run `act` in one process, and return how a socket in the other one closes."""
    async with process(second) as url, following(url, token, INBOX) as live:
        await act()
        code, reason = await live.socket.closed()
    assert await codes(baton, token) == await codes(second, token) == ["UNAUTHENTICATED"]
    return code, reason


async def test_signing_out_ends_open_sockets_in_another_process(
    baton: Program, second: Program, shop: Shop, browser: Browser
) -> None:
    older, newer = await browser.access_token(), await browser.access_token()

    async def sign_out() -> None:
        payload = await baton.mutate(newer, "signOut")
        assert [session["current"] for session in payload["sessions"]] == [True]

    assert (await ends_its_sockets(baton, second, older, sign_out))[0] == 4403
    assert (await browser.renew()).status_code == 401


async def test_an_admin_ends_the_session_of_somebody_else(
    baton: Program, second: Program, shop: Shop, browser: Browser
) -> None:
    token = await browser.access_token()
    [session] = (await baton.data(shop.admin, SESSIONS, view="ALL"))["sessions"]["nodes"]

    async def revoke() -> None:
        await baton.mutate(shop.admin, "revokeSession", sessionId=session["id"])

    assert (await ends_its_sockets(baton, second, token, revoke))[0] == 4403


async def test_a_suspended_member_is_signed_out_everywhere(
    baton: Program, second: Program, shop: Shop, browser: Browser
) -> None:
    token = await browser.access_token()

    async def suspend() -> None:
        member = to_global_id("Staff", shop.staff[StaffRole.SUPPORT])
        await baton.mutate(shop.owner, "suspendStaff", staffId=member)

    assert (await ends_its_sockets(baton, second, token, suspend))[0] == 4403
    assert (await browser.renew()).status_code == 401


async def test_disconnecting_the_provider_ends_all_sessions(
    baton: Program, second: Program, shop: Shop, fake: FakeProvider, browser: Browser
) -> None:
    token = await browser.access_token()

    async def disconnect() -> None:
        await baton.mutate(shop.owner, "disconnectSignIn", issuer=fake.issuer)

    assert (await ends_its_sockets(baton, second, token, disconnect))[0] == 4403
    assert (await browser.renew()).status_code == 401
    assert (await browser.get(f"/sign-in/{shop.id}")).status_code == 404


async def test_replacing_the_provider_ends_the_sessions_that_it_opened(
    baton: Program, second: Program, shop: Shop, browser: Browser, another_browser: Browser
) -> None:
    token = await browser.access_token()
    async with fake_provider(baton.clock.now) as other:

        async def replace_provider() -> None:
            await baton.done(shop.owner, "connectSignIn", issuer=other.issuer, **other.client)

        assert (await ends_its_sockets(baton, second, token, replace_provider))[0] == 4403
        assert (await browser.renew()).status_code == 401

        await another_browser.sign_in(shop, other, SUPPORT)
        await replace_provider()  # a new secret of the same provider, for example
        assert (await another_browser.renew()).status_code == 200


async def test_a_session_of_another_issuer_is_not_renewed(baton: Program, shop: Shop, browser: Browser) -> None:
    token = await browser.access_token()
    await baton.database["staff_sessions"].update_many({}, {"$set": {"issuer": "https://old.example"}})

    assert (await browser.renew()).status_code == 401

    assert await codes(baton, token) == ["UNAUTHENTICATED"]
    assert await baton.database["staff_sessions"].count_documents({"ended_at": None}) == 0


async def test_expired_access_tokens_are_not_revoked(baton: Program, shop: Shop, browser: Browser) -> None:
    for _ in range(3):
        await browser.access_token()
    baton.clock.move(timedelta(minutes=15))
    valid = await browser.access_token()

    await baton.mutate(shop.owner, "suspendStaff", staffId=to_global_id("Staff", shop.staff[StaffRole.SUPPORT]))

    revoked = {"session_id": {"$exists": True}, "revoked_at": {"$exists": True}}
    assert await baton.database["credentials"].count_documents(revoked) == 1
    assert await codes(baton, valid) == ["UNAUTHENTICATED"]


async def test_a_socket_closes_when_its_access_token_expires(
    baton: Program, second: Program, shop: Shop, browser: Browser
) -> None:
    token = await browser.access_token()
    baton.clock.move(timedelta(minutes=14, seconds=59))

    async with process(second) as url, following(url, token, INBOX) as live:
        assert (await live.socket.closed())[0] == 4403


async def test_sessions_are_listed(
    baton: Program, shop: Shop, fake: FakeProvider, browser: Browser, another_browser: Browser
) -> None:
    await another_browser.sign_in(shop, fake, "admin@shop.example")
    token = await browser.access_token()

    [own] = (await baton.data(token, SESSIONS, view="MINE"))["sessions"]["nodes"]
    everybody = (await baton.data(shop.owner, SESSIONS, view="ALL"))["sessions"]["nodes"]
    others = await baton.ask(token, SESSIONS, view="ALL")

    assert own == {
        "id": own["id"],
        "current": True,
        "address": "192.0.2.7",
        "client": "Browser of the tests",
        "endedAt": None,
        "staff": {"name": "Support"},
    }
    assert [session["staff"]["name"] for session in everybody] == ["Admin", "Support"]
    assert [session["current"] for session in everybody] == [False, False]
    assert others.codes == ["FORBIDDEN"]


async def test_one_member_does_not_end_the_session_of_another(baton: Program, shop: Shop, browser: Browser) -> None:
    [session] = (await baton.data(shop.owner, SESSIONS, view="ALL"))["sessions"]["nodes"]

    for key in (shop.manager, shop.analyst):
        [error] = await baton.errors_of(key, "revokeSession", sessionId=session["id"])
        assert error["code"] == "NOT_FOUND"
    assert (await browser.renew()).status_code == 200


async def test_a_key_is_no_session(baton: Program, shop: Shop) -> None:
    [error] = await baton.errors_of(shop.support, "signOut")

    assert (error["code"], error["path"]) == ("INVALID", ["input", "everywhere"])


async def test_keys_do_not_list_access_tokens(baton: Program, shop: Shop, browser: Browser) -> None:
    await browser.access_token()

    keys = await baton.baton.services.storage.read(shop.id).credentials()

    assert [key for key in keys if key.session_id is not None] == []


async def test_a_page_of_a_listed_origin(baton: Program, fake: FakeProvider, tmp_path: Any) -> None:
    shop = await connected(baton, fake)
    async with (
        baton.twin(tmp_path / "listed", sign_in_origins=("https://desk.example",)) as program,
        browsing(program) as browser,
    ):
        signed_in = await browser.sign_in(shop, fake, SUPPORT, "?return_to=https://desk.example/inbox?a=1")
        renewed = await browser.renew("https://desk.example")
        preflight = await browser.web.options(
            "https://baton.example/sign-in/token", headers={"origin": "https://desk.example"}
        )
        other = await browser.renew("https://desk.example.evil.example")

    assert signed_in.headers["location"] == "https://desk.example/inbox?a=1"
    for response in (renewed, preflight):
        assert response.is_success
        assert response.headers["access-control-allow-origin"] == "https://desk.example"
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["vary"] == "origin"
    assert other.status_code == 403
