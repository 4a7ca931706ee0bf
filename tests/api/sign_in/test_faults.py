"""What a provider, a stranger or a thief may do wrong in a sign-in: each is refused, and opens no session."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.fakes.faults import failing
from dev.fakes.openid import CLIENT_ID, Claims, OpenId, SigningKey
from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.api.sign_in.browser import Browser, browsing
from tests.api.sign_in.conftest import connected
from tests.api.sign_in.providers import FakeProvider
from tests.harness.program import Program, Shop

SUPPORT = "support@shop.example"


async def sessions(baton: Program) -> int:
    return await baton.database["staff_sessions"].count_documents({})


async def refused(baton: Program, browser: Browser, shop: Shop, fake: FakeProvider) -> str:
    """Sign in, which has to be refused. Returns the text of the page."""
    response = await browser.sign_in(shop, fake, SUPPORT)
    assert response.status_code == 403, response.text
    assert await sessions(baton) == 0
    assert (await browser.renew()).status_code == 401
    return response.text


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another-client"]},  # without `azp`
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"iss": "https://login.example.com"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 10**11},
        {"iat": None},
        {"nbf": 10**11},
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
        {"at_hash": "AAAA"},
    ],
    ids=json.dumps,
)
async def test_an_id_token_with_a_wrong_claim(
    baton: Program, fake: FakeProvider, browser: Browser, changes: Claims
) -> None:
    shop = await connected(baton, fake)
    fake.fake.changes = changes

    await refused(baton, browser, shop, fake)


def unsigned(_: OpenId, claims: Claims) -> str:
    return jwt.encode(claims, None, algorithm="none")


def signed_with_the_public_key(fake: OpenId, claims: Claims) -> str:
    """HMAC with the text of the public key as its secret: the confusion of RS256 with HS256."""
    public = fake.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = _part({"alg": "HS256", "kid": fake.key.kid}) + "." + _part(claims)
    mac = hmac.digest(public, head.encode(), hashlib.sha256)
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def signed_with_the_client_secret(fake: OpenId, claims: Claims) -> str:
    return jwt.encode(claims, "the-client-secret" * 3, algorithm="HS256", headers={"kid": fake.key.kid})


def signed_with_another_key(fake: OpenId, claims: Claims) -> str:
    other = SigningKey()
    other.kid = fake.key.kid
    return other.sign(claims)


def signed_with_an_unknown_key(_: OpenId, claims: Claims) -> str:
    return SigningKey().sign(claims)


def changed_after_signing(fake: OpenId, claims: Claims) -> str:
    head, _, signature = fake.key.sign(claims).split(".")
    return f"{head}.{_part({**claims, 'email': 'owner@shop.example'})}.{signature}"


def with_a_key_of_its_own(_: OpenId, claims: Claims) -> str:
    """The header brings the key along (`jwk`)."""
    own = SigningKey()
    return jwt.encode(claims, own.private, algorithm="RS256", headers={"jwk": own.jwk()})


def no_token(_: OpenId, __: Claims) -> str:
    return "not.a.token"


def huge(_: OpenId, __: Claims) -> str:
    return "x" * 20_000


@pytest.mark.parametrize(
    "sign",
    [
        *(unsigned, signed_with_the_public_key, signed_with_the_client_secret, signed_with_another_key),
        *(signed_with_an_unknown_key, changed_after_signing, with_a_key_of_its_own, no_token, huge),
    ],
    ids=lambda sign: sign.__name__,
)
async def test_an_id_token_with_a_wrong_signature(
    baton: Program, fake: FakeProvider, browser: Browser, sign: Callable[[OpenId, Claims], str]
) -> None:
    shop = await connected(baton, fake)
    fake.fake.sign = lambda claims: sign(fake.fake, claims)

    await refused(baton, browser, shop, fake)


async def test_keys_may_rotate(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    await browser.sign_in(shop, fake, SUPPORT)
    fake.fake.rotate()
    baton.clock.move(timedelta(minutes=1))  # the keys are not read anew for each unknown one

    response = await browser.sign_in(shop, fake, SUPPORT)

    assert response.status_code == 200


async def test_a_token_of_a_key_that_was_withdrawn(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    old = fake.fake.key
    await browser.sign_in(shop, fake, SUPPORT)
    fake.fake.rotate()
    baton.clock.move(timedelta(hours=2))
    fake.fake.sign = old.sign

    response = await browser.sign_in(shop, fake, SUPPORT)

    assert response.status_code == 403


async def test_a_response_of_another_issuer(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    fake.fake.response_issuer = "https://mallory.example"

    assert "RFC 9207" in await refused(baton, browser, shop, fake)
    assert fake.fake.calls("POST /token") == []


async def test_a_response_without_its_issuer_where_the_provider_names_it(
    baton: Program, fake: FakeProvider, browser: Browser
) -> None:
    shop = await connected(baton, fake)
    back = await fake.log_in(browser.web, await browser.start(shop), SUPPORT)

    response = await browser.get(back.partition("&iss=")[0])

    assert response.status_code == 403
    assert await sessions(baton) == 0


async def test_the_code_of_another_attempt(
    baton: Program, fake: FakeProvider, browser: Browser, another_browser: Browser
) -> None:
    """A code that a thief of the redirect injects into an attempt of their own: PKCE and nonce are of another one."""
    shop = await connected(baton, fake)
    stolen = await fake.log_in(browser.web, await browser.start(shop), "owner@shop.example")
    own = await fake.log_in(another_browser.web, await another_browser.start(shop), SUPPORT)
    code = stolen.partition("code=")[2].partition("&")[0]

    response = await another_browser.get(own.replace(own.partition("code=")[2].partition("&")[0], code))

    assert response.status_code == 403
    assert await sessions(baton) == 0


async def test_an_attempt_ends_after_ten_minutes(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    back = await fake.log_in(browser.web, await browser.start(shop), SUPPORT)
    baton.clock.move(timedelta(minutes=10))

    response = await browser.get(back)

    assert response.status_code == 400
    assert "too long" in response.text


async def test_an_error_of_the_provider_is_told_without_its_words(
    baton: Program, fake: FakeProvider, browser: Browser
) -> None:
    shop = await connected(baton, fake)
    state = (await browser.start(shop)).partition("state=")[2].partition("&")[0]

    query = f"error=access_denied&error_description=Call+0900-1234&state={state}"
    response = await browser.get(f"/sign-in/callback?{query}")

    assert response.status_code == 403
    assert "cancelled" in response.text
    assert "0900" not in response.text


async def test_no_markup_comes_out(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    fake.fake.user = {"sub": "1", "email": "<script>alert(1)</script>@evil.example", "email_verified": True}
    fake.fake.changes = {"email": '"<b>x</b>"@evil.example'}

    page = await refused(baton, browser, shop, fake)

    assert "<b>" not in page
    assert "<script" not in page


@pytest.mark.parametrize("verified", [None, False, "false", 1, "yes"])
async def test_an_address_that_is_not_vouched_for(
    baton: Program, fake: FakeProvider, browser: Browser, verified: Any
) -> None:
    shop = await connected(baton, fake)
    fake.fake.changes = {"email_verified": verified}

    assert "email_verified" in await refused(baton, browser, shop, fake)


async def test_a_suspended_member(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    await baton.done(shop.owner, "suspendStaff", staffId=staff_id(shop, StaffRole.SUPPORT))

    assert "suspended" in await refused(baton, browser, shop, fake)


async def test_an_address_of_another_domain(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await baton.open_shop("Shop")
    await baton.done(
        shop.owner,
        "connectSignIn",
        issuer=fake.issuer,
        **fake.client,
        allowedDomains=["Example.com", "@MÜLLER.example"],
    )
    connection = await baton.data(shop.owner, "{ account { signIn { allowedDomains } } }")
    assert connection["account"]["signIn"]["allowedDomains"] == ["example.com", "müller.example"]

    assert "domain" in await refused(baton, browser, shop, fake)


async def test_an_address_that_the_provider_gave_to_somebody_else(
    baton: Program, fake: FakeProvider, browser: Browser, another_browser: Browser
) -> None:
    shop = await connected(baton, fake)
    await browser.sign_in(shop, fake, SUPPORT)
    fake.fake.changes = {"sub": "somebody-else"}

    response = await another_browser.sign_in(shop, fake, SUPPORT)
    assert response.status_code == 403
    assert "resetSignIn" in response.text

    await baton.done(shop.owner, "resetSignIn", staffId=staff_id(shop, StaffRole.SUPPORT))
    assert (await browser.renew()).status_code == 401
    assert (await another_browser.sign_in(shop, fake, SUPPORT)).status_code == 200


async def test_an_admin_does_not_reset_an_owner(baton: Program, fake: FakeProvider) -> None:
    shop = await connected(baton, fake)

    owner = staff_id(shop, StaffRole.OWNER)
    [error] = await baton.errors_of(shop.admin, "resetSignIn", staffId=owner)

    assert error["code"] == "FORBIDDEN"


async def test_the_provider_is_down(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    fake.fake.faults.plan = lambda received: failing(503) if received.path == "/token" else None

    response = await browser.sign_in(shop, fake, SUPPORT)

    assert response.status_code in (403, 503)
    assert await sessions(baton) == 0
    fake.fake.faults.clear()
    assert (await browser.sign_in(shop, fake, SUPPORT)).status_code == 200


async def test_a_provider_that_cannot_be_reached_is_not_connected(baton: Program, fake: FakeProvider) -> None:
    shop = await baton.open_shop("Shop")
    given = {"issuer": "http://127.0.0.1:9", **fake.client}

    answer = await baton.ask(
        shop.owner,
        "mutation($input: ConnectSignInInput!) { connectSignIn(input: $input) { errors { code } } }",
        input=given,
    )

    assert answer.codes == ["UNAVAILABLE"]


@pytest.mark.parametrize(
    ("metadata", "word"),
    [
        ({"issuer": "https://other.example"}, "names itself"),
        ({"response_types_supported": ["id_token"]}, "authorization code"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "RS256"),
        ({"token_endpoint": None}, "configuration"),
        ({"token_endpoint": "ftp://127.0.0.1/token"}, "endpoints"),
        ({"jwks_uri": 7}, "configuration"),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
async def test_a_provider_that_cannot_be_used_is_not_connected(
    baton: Program, fake: FakeProvider, metadata: Claims, word: str
) -> None:
    shop = await baton.open_shop("Shop")
    fake.fake.metadata = metadata

    [error] = await baton.errors_of(shop.owner, "connectSignIn", issuer=fake.issuer, **fake.client)

    assert (error["code"], error["path"]) == ("INVALID", ["input", "issuer"])
    assert word in error["message"]


async def test_a_private_provider_needs_the_operator(
    baton: Program, fake: FakeProvider, second_strict: Program
) -> None:
    shop = await baton.open_shop("Shop")

    [error] = await second_strict.errors_of(shop.owner, "connectSignIn", issuer=fake.issuer, **fake.client)

    assert (error["code"], error["path"]) == ("INVALID", ["input", "issuer"])
    assert "BATON_SIGN_IN_PRIVATE_NETWORKS=true" in error["message"]
    assert fake.fake.received == []


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%0d%0a", "javascript:1"),
        *(
            "https:evil.example",
            "http://baton.example/",
            "https://baton.example.evil.example",
            "desk",
            "///evil.example",
        ),
        *("https://baton.example@evil.example", "https://desk.example:444/", "data:text/html,x", "/" + "a" * 600, "/ä"),
        "/\tevil",
    ],
)
async def test_a_return_address_elsewhere(baton: Program, fake: FakeProvider, browser: Browser, address: str) -> None:
    shop = await connected(baton, fake)

    response = await browser.web.get(f"https://baton.example/sign-in/{shop.id}", params={"return_to": address})

    if address == "/%0d%0a":  # a path, whose escapes stay escaped
        assert response.status_code == 303
    else:
        assert response.status_code == 400
        assert "location" not in response.headers


@pytest.mark.parametrize("account", ["01AAAAAAAAAAAAAAAAAAAAAAAA", "x", "..", "%00", "a" * 3_000])
async def test_an_account_without_sign_in(browser: Browser, account: str) -> None:
    response = await browser.get(f"/sign-in/{account}")

    assert response.status_code == 404


@pytest.mark.parametrize("query", ["", "?code=1", "?code=1&state=", "?state=1", "?error=x"])
async def test_a_callback_out_of_nothing(browser: Browser, query: str) -> None:
    assert (await browser.get(f"/sign-in/callback{query}")).status_code == 400


@pytest.mark.parametrize("cookie", ["", "x", "A" * 3_000, "Ag" + "A" * 60])
async def test_cookies_out_of_nothing(browser: Browser, cookie: str) -> None:
    for name, path in (("__Host-baton-sign-in", "/"), ("__Secure-baton-refresh", "/sign-in/token")):
        browser.web.cookies.set(name, cookie, domain="baton.example", path=path)

    assert (await browser.get("/sign-in/callback?code=1&state=1")).status_code == 400
    assert (await browser.renew()).status_code == 401


async def test_a_client_without_a_secret(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    fake.fake.client_secret = None
    shop = await baton.open_shop("Shop")
    await baton.done(shop.owner, "connectSignIn", issuer=fake.issuer, clientId=CLIENT_ID)

    assert (await browser.sign_in(shop, fake, SUPPORT)).status_code == 200


async def test_the_wrong_secret(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    fake.fake.client_secret = "another"

    await refused(baton, browser, shop, fake)


async def test_the_address_of_the_userinfo_endpoint(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    fake.fake.in_userinfo = True

    assert (await browser.sign_in(shop, fake, SUPPORT)).status_code == 200


async def test_the_userinfo_of_somebody_else(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    """OpenID Connect Core, section 5.3.2: its subject has to be that of the ID token."""
    shop = await connected(baton, fake)
    fake.fake.in_userinfo = True
    fake.fake.changes = {"sub": "another"}

    await refused(baton, browser, shop, fake)


async def test_a_provider_that_was_replaced_meanwhile(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    back = await fake.log_in(browser.web, await browser.start(shop), SUPPORT)
    await baton.done(shop.owner, "connectSignIn", issuer=fake.issuer, **fake.client)

    assert (await browser.get(back)).status_code == 400
    assert await sessions(baton) == 0


async def test_a_member_of_another_account_stays_out(baton: Program, fake: FakeProvider, browser: Browser) -> None:
    shop = await connected(baton, fake)
    await baton.open_shop("Rival")

    response = await browser.sign_in(shop, fake, "support@rival.example")

    assert response.status_code == 403


REFUSALS = """{ auditLog(first: 50, filter: { actions: [SIGN_IN_REFUSED] }) {
  nodes { actor { kind name address } target { name } changes { field after } } } }"""


async def refusals(baton: Program, shop: Shop) -> list[Any]:
    nodes: list[Any] = (await baton.data(shop.owner, REFUSALS))["auditLog"]["nodes"]
    return nodes


async def test_refusals_of_members_are_in_the_audit_log(
    baton: Program, fake: FakeProvider, browser: Browser, another_browser: Browser
) -> None:
    shop = await connected(baton, fake)
    await browser.sign_in(shop, fake, SUPPORT)
    fake.fake.changes = {"sub": "somebody-else"}
    await another_browser.sign_in(shop, fake, SUPPORT)

    [by_email] = await refusals(baton, shop)
    assert by_email["actor"] == {"kind": "ANONYMOUS", "name": None, "address": "192.0.2.7"}
    assert by_email["target"] == {"name": "Support"}
    assert by_email["changes"][0] == {"field": "email", "after": SUPPORT}

    baton.clock.move(timedelta(hours=1, seconds=1))
    await baton.done(shop.owner, "suspendStaff", staffId=staff_id(shop, StaffRole.SUPPORT))
    fake.fake.changes = {"sub": SUPPORT, "email": "moved@elsewhere.example"}
    await another_browser.sign_in(shop, fake, SUPPORT)

    by_subject, _ = await refusals(baton, shop)
    assert by_subject["target"] == {"name": "Support"}
    assert "suspended" in by_subject["changes"][-1]["after"]


async def test_a_member_has_one_refusal_an_hour_in_the_audit_log(
    baton: Program, fake: FakeProvider, browser: Browser
) -> None:
    shop = await connected(baton, fake)
    fake.fake.changes = {"email_verified": False}
    for _ in range(3):
        await refused(baton, browser, shop, fake)

    assert len(await refusals(baton, shop)) == 1
    baton.clock.move(timedelta(hours=1, seconds=1))
    await refused(baton, browser, shop, fake)
    assert len(await refusals(baton, shop)) == 2


@pytest.mark.parametrize("domains", [[], ["shop.example"]])
async def test_strangers_leave_nothing_in_the_audit_log(
    baton: Program, fake: FakeProvider, browser: Browser, caplog: pytest.LogCaptureFixture, domains: list[str]
) -> None:
    shop = await baton.open_shop("Shop")
    await baton.done(shop.owner, "connectSignIn", issuer=fake.issuer, **fake.client, allowedDomains=domains)

    with caplog.at_level("INFO", logger="baton.sign_in"):
        response = await browser.sign_in(shop, fake, "eve@evil.example")

    assert response.status_code == 403
    assert await refusals(baton, shop) == []
    [line] = [record.getMessage() for record in caplog.records if record.name == "baton.sign_in"]
    assert shop.id in line
    assert "evil" not in line


@pytest.mark.parametrize(
    ("invited", "at_the_provider"),
    [
        ("una@MÜLLER.example", "Una@xn--mller-kva.example"),
        ("\u01f0ana@müller.example", "J\u030cana@müller.example"),  # lower case makes a letter that NFC composes
    ],
)
async def test_addresses_are_compared_in_their_normal_form(
    baton: Program, fake: FakeProvider, browser: Browser, invited: str, at_the_provider: str
) -> None:
    shop = await baton.open_shop("Shop")
    await baton.done(shop.owner, "connectSignIn", issuer=fake.issuer, **fake.client, allowedDomains=["müller.example"])
    await baton.done(shop.owner, "inviteStaff", name="Una", email=invited, role="SUPPORT")

    assert (await browser.sign_in(shop, fake, at_the_provider)).status_code == 200


async def test_strangers_have_a_budget(baton: Program, tmp_path: Path) -> None:
    """It is that of an address; the burst is ten times the rate."""
    async with (
        baton.twin(tmp_path / "few", address_cost_per_second=250) as program,
        browsing(program, address="1.2.3.4") as browser,
    ):
        starts = [(await browser.get("/sign-in/unknown")).status_code for _ in range(3)]
        callback = await browser.get("/sign-in/callback")
        first, second = await browser.renew(), await browser.renew()

    assert starts == [404, 404, 429]
    for response in (callback, second):
        assert response.status_code == 429
        assert int(response.headers["retry-after"]) > 0
    assert (first.status_code, second.json()["errors"][0]["extensions"]) == (401, {"code": "RATE_LIMITED"})


async def test_cookies_need_tls(baton: Program, fake: FakeProvider, tmp_path: Path) -> None:
    shop = await connected(baton, fake)
    async with (
        baton.twin(tmp_path / "plain", public_url="http://baton.example") as program,
        browsing(program) as browser,
    ):
        response = await browser.get(f"/sign-in/{shop.id}")

    assert response.status_code == 503
    assert "BATON_PUBLIC_URL" in response.text


def staff_id(shop: Shop, role: StaffRole) -> str:
    return to_global_id("Staff", shop.staff[role])


def _part(content: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
