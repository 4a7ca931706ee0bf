"""A click in a mail, from the mutation to the proved address: the mail, the page, its button, and its headers."""

from __future__ import annotations

import asyncio
import logging
import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest

from dev.fakes.smtp import USER, Sink
from domain.email_confirmation.tokens import ConfirmationTokens
from domain.values.ids import AccountId
from tests.api.sign_in.browser import browsing
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.outbox import dispatcher
from tests.harness.program import SECRET, Program, Shop, Started
from tests.harness.workers import deliver_due

EMAIL = "vic@x.example"
LINK = re.compile(r"https://baton\.example(/confirm-email/[\w-]+)")
SHOWN = """query($id: ID!) { conversation(id: $id) {
  identityVerified contact { email { value verified } } profile { verified email externalId }
} }"""
OUTGOING = "{ outgoing(state: [PENDING, DELIVERED, FAILED]) { nodes { kind state destination error } } }"


async def deliver(baton: Program) -> None:
    async with asyncio.timeout(60):
        while await deliver_due(dispatcher(baton)):
            pass


async def path_of(baton: Program, started: Started, sink: Sink) -> str:
    """Ask for a mail, and return the path of its link."""
    await baton.done(started.token, "sendEmailConfirmation", conversationId=started.id)
    await deliver(baton)
    found = LINK.search(sink.mails[-1].text)
    assert found is not None, sink.mails[-1].text
    return found[1]


async def test_from_the_mail_to_the_proof(baton: Program, shop: Shop, sink: Sink) -> None:
    started = await baton.start(shop, "My <secret> question", email=EMAIL, name="Click here: evil.example")
    sent = await baton.done(started.token, "sendEmailConfirmation", conversationId=started.id)
    assert sent["email"] == EMAIL
    await deliver(baton)
    [mail] = sink.mails
    assert (mail.sender, mail.recipients) == (USER, (EMAIL,))
    message = mail.message
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["Reply-To"], message["References"], message["In-Reply-To"]) == (None, None, None)
    assert started.key.lower() not in str(message["Message-ID"]), "a reply must not land in the conversation"
    assert message["Subject"] == "Confirm your e-mail address for Söhne & <b>Co</b>"
    for text in (mail.text, mail.html):
        assert "secret" not in text
        assert "evil" not in text
        assert LINK.search(text)
    found = LINK.search(mail.text)
    assert found is not None
    page = await baton.call("GET", found[1])
    assert page.status_code == 200
    assert "Söhne &amp; &lt;b&gt;Co&lt;/b&gt;" in page.text
    assert EMAIL in page.text
    assert "Yes, this is my chat" in page.text
    assert "secret" not in page.text
    assert "evil" not in page.text
    shown = (await baton.data(shop.owner, SHOWN, id=started.id))["conversation"]
    assert not shown["identityVerified"]
    async with ConsistencyChecker(baton).watching(started.token, started.id):
        done = await baton.call("POST", found[1])
    assert (done.status_code, "confirmed" in done.text) == (200, True)
    assert "<form" not in done.text
    shown = (await baton.data(shop.owner, SHOWN, id=started.id))["conversation"]
    assert shown == {
        "identityVerified": True,
        "contact": {"email": {"value": EMAIL, "verified": True}},
        "profile": {"verified": True, "email": EMAIL, "externalId": None},
    }
    before = await baton.fingerprints()
    for method in ("GET", "POST", "POST"):
        assert "confirmed" in (await baton.call(method, found[1])).text
    assert await baton.fingerprints() == before
    [row] = (await baton.data(shop.owner, OUTGOING))["outgoing"]["nodes"]
    assert row == {"kind": "EMAIL_CONFIRMATION", "state": "DELIVERED", "destination": "EMAIL", "error": None}


async def test_following_the_link_changes_nothing(baton: Program, shop: Shop, sink: Sink) -> None:
    path = await path_of(baton, await baton.start(shop, email=EMAIL), sink)
    before = await baton.fingerprints()
    for method in ("GET", "HEAD", "GET"):
        assert (await baton.call(method, path)).status_code == 200
    assert (await baton.call("PUT", path)).status_code == 405
    assert await baton.fingerprints() == before


async def test_the_page_loads_nothing_and_tells_nobody(baton: Program, shop: Shop, sink: Sink) -> None:
    path = await path_of(baton, await baton.start(shop, email=EMAIL), sink)
    for response in (
        await baton.call("GET", path, headers={"origin": "https://evil.example"}),
        await baton.call("POST", path),
        await baton.call("GET", "/confirm-email/nothing"),
    ):
        headers = response.headers
        [style] = re.findall(r"<style>(.*?)</style>", response.text)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert headers["content-security-policy"] == (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        assert "set-cookie" not in headers
        assert not re.search(r"(src|href)=|url\(|<script", response.text)


async def test_the_token_is_in_no_log(baton: Program, shop: Shop, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = await path_of(baton, await baton.start(shop, email=EMAIL), sink)
    for method in ("GET", "POST", "POST"):
        await baton.call(method, path)
    token = path.rpartition("/")[2]
    mine = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore", "pymongo", "mail.log", "asyncio"))]
    assert not any(token in record.getMessage() for record in mine)


async def test_mail_and_page_are_in_the_language_of_the_chat(baton: Program, shop: Shop, sink: Sink) -> None:
    payload = await baton.done(
        shop.widget, "startConversation", channel="WEB_CHAT", text="Ciao", locale="it-CH", visitor={"email": EMAIL}
    )
    conversation = payload["conversation"]
    await baton.done(payload["visitorToken"], "sendEmailConfirmation", conversationId=conversation["id"])
    await deliver(baton)
    assert str(sink.mails[-1].message["Subject"]).startswith("Conferma il tuo indirizzo email")
    found = LINK.search(sink.mails[-1].text)
    assert found is not None
    page = await baton.call("GET", found[1], headers={"accept-language": "de"})
    assert '<html lang="it">' in page.text
    assert "Sì, è la mia chat" in page.text
    unknown = await baton.call("GET", "/confirm-email/nothing", headers={"accept-language": "de-AT;q=0.9, en"})
    assert (unknown.status_code, '<html lang="de">' in unknown.text) == (404, True)


async def test_links_that_are_over(baton: Program, shop: Shop, sink: Sink) -> None:
    started = await baton.start(shop, email=EMAIL)
    path = await path_of(baton, started, sink)
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, email="other@x.example")
    before = await baton.fingerprints()
    for method in ("GET", "POST"):
        changed = await baton.call(method, path)
        assert (changed.status_code, "another e-mail address" in changed.text) == (409, True)
    baton.clock.move(timedelta(hours=24))
    for method in ("GET", "POST"):
        assert (await baton.call(method, path)).status_code == 410
    assert await baton.fingerprints() == before


async def test_links_of_nobody(baton: Program, shop: Shop, sink: Sink) -> None:
    path = await path_of(baton, await baton.start(shop, email=EMAIL), sink)
    tokens, token = ConfirmationTokens(SECRET.encode()), path.rpartition("/")[2]
    named = tokens.open(token)
    assert named is not None, "the test has the server's secret"
    rival = await baton.open_shop("Rival")
    before = await baton.fingerprints()
    for forged in (
        token[:-2],
        f"{token}A",
        ConfirmationTokens(b"another secret").token(named.account_id, named.confirmation_id),
        tokens.token(rival.id, named.confirmation_id),
        tokens.token(AccountId("0" * 26), named.confirmation_id),
        tokens.token(named.account_id, "0" * 26),
    ):
        for method in ("GET", "POST"):
            assert (await baton.call(method, f"/confirm-email/{forged}")).status_code == 404, forged
    assert await baton.fingerprints() == before


async def test_two_presses_at_once_prove_it_once(baton: Program, shop: Shop, sink: Sink) -> None:
    started = await baton.start(shop, email=EMAIL)
    path = await path_of(baton, started, sink)
    version = "query($id: ID!) { conversation(id: $id) { version } }"
    before = (await baton.data(shop.owner, version, id=started.id))["conversation"]["version"]
    pages = await asyncio.gather(*(baton.call("POST", path) for _ in range(5)))
    assert [page.status_code for page in pages] == [200] * 5
    assert all("confirmed" in page.text for page in pages)
    assert (await baton.data(shop.owner, version, id=started.id))["conversation"]["version"] == before + 1


async def test_a_mail_that_is_late_is_not_sent(baton: Program, shop: Shop, sink: Sink) -> None:
    started = await baton.start(shop, email=EMAIL)
    sink.on["MAIL"] = ["451 4.3.0 try later"]
    await baton.done(started.token, "sendEmailConfirmation", conversationId=started.id)
    await deliver(baton)
    baton.clock.move(timedelta(hours=24))
    await deliver(baton)
    [row] = (await baton.data(shop.owner, OUTGOING))["outgoing"]["nodes"]
    assert (row["state"], "link ended" in row["error"]) == ("FAILED", True)
    assert sink.mails == []


async def test_a_bad_address_is_told_to_the_team_alone(baton: Program, shop: Shop, sink: Sink) -> None:
    started = await baton.start(shop, email=EMAIL)
    sink.on["RCPT"] = ["550 5.1.1 no such user"]
    await baton.done(started.token, "sendEmailConfirmation", conversationId=started.id)
    read = "query($id: ID!) { conversation(id: $id) { version messages { nodes { text } } } }"
    before = await baton.data(started.token, read, id=started.id)
    await deliver(baton)
    assert await baton.data(started.token, read, id=started.id) == before
    [row] = (await baton.data(shop.owner, OUTGOING))["outgoing"]["nodes"]
    assert row["state"] == "FAILED"


async def test_a_strangers_address_does_not_hold_up_other_mail(baton: Program, shop: Shop, sink: Sink) -> None:
    """Some servers refuse an unknown domain as if it might exist later. Transient errors would close the queue."""
    started = await baton.start(shop, email=EMAIL)
    sink.on["RCPT"] = ["450 4.1.2 Domain not found"] * 3
    for _ in range(3):
        await baton.done(started.token, "sendEmailConfirmation", conversationId=started.id)
    await deliver(baton)
    rows = (await baton.data(shop.owner, OUTGOING))["outgoing"]["nodes"]
    assert [row["state"] for row in rows] == ["FAILED"] * 3
    assert await path_of(baton, await baton.start(shop, email=EMAIL), sink)


async def test_refusals_have_their_types(baton: Program, shop: Shop) -> None:
    ask = """mutation($id: ID!) { sendEmailConfirmation(input: {conversationId: $id}) {
      conversation { id } email expiresAt errors { __typename code path ... on RateLimited { retryAt } }
    } }"""

    async def error(started: Started) -> object:
        payload = (await baton.data(started.token, ask, id=started.id))["sendEmailConfirmation"]
        if payload["errors"]:
            assert (payload["conversation"], payload["email"], payload["expiresAt"]) == (None, None, None)
        return [(each["__typename"], each["code"], each["path"]) for each in payload["errors"]]

    path = ["input", "conversationId"]
    assert await error(await baton.start(shop)) == [("InvalidInput", "INVALID", path)]
    started = await baton.start(shop, email=EMAIL)
    assert [await error(started) for _ in range(3)] == [[]] * 3
    assert await error(started) == [("RateLimited", "RATE_LIMITED", None)]
    rival = await baton.open_shop("Rival")
    other = await baton.start(rival, email=EMAIL)
    assert await error(other) == [("NotAllowed", "NOT_CONNECTED", None)]
    proved = await baton.start(shop, email=EMAIL, key=shop.owner)
    assert await error(proved) == [("Conflict", "CONFLICT", path)]


async def test_a_stranger_who_guesses_is_slowed_down(baton: Program) -> None:
    async with browsing(baton, address="1.2.3.4") as stranger:
        for _ in range(1_000):
            response = await stranger.get("/confirm-email/guess")
            if response.status_code != 404:
                break
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) >= 1
