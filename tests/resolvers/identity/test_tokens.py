"""Identity tokens over the API: each fault is refused with its reason at `identityToken`, and nothing is written."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.fakes.faults import failing
from dev.fakes.key_set import KeySet, new_key
from tests.harness.program import Json, Program, Shop

SHOWN = "query($id: ID!) { conversation(id: $id) { profile { verified externalId name email } } }"
KEYS = "{ account { identityKeys { secrets { keyId createdAt endsAt } jwks { url setAt } } } }"


class Signer:
    """The shop's server."""

    def __init__(self, baton: Program, shop: Shop) -> None:
        self.baton = baton
        self.shop = shop
        self.kid = self.secret = ""

    async def rotate(self, **given: Any) -> Json:
        payload = await self.baton.mutate(self.shop.owner, "updateIdentityKeys", newSecret=True, **given)
        assert payload["errors"] == []
        self.kid, self.secret = payload["created"]["keyId"], payload["created"]["secret"]
        return payload

    def claims(self, **other: Any) -> Json:
        now = int(self.baton.clock.now().timestamp())
        claims = {"sub": "7311442200001", "aud": self.shop.global_id, "iat": now, "exp": now + 3600, "name": "Vic"}
        return {name: value for name, value in {**claims, **other}.items() if value is not None}

    def token(self, *, secret: str | None = None, kid: str | None = None, **claims: Any) -> str:
        return jwt.encode(
            self.claims(**claims), secret or self.secret, algorithm="HS256", headers={"kid": kid or self.kid}
        )


@pytest.fixture
async def signer(baton: Program, shop: Shop) -> Signer:
    signer = Signer(baton, shop)
    await signer.rotate()
    return signer


async def refused(baton: Program, shop: Shop, token: str) -> str:
    """Try a token at both places, and return the reason."""
    start = {"channel": "WEB_CHAT", "text": "Hi"}
    [error] = (await baton.command(shop.widget, "startConversation", **start, visitor={"identityToken": token}))[
        "errors"
    ]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "visitor", "identityToken"])
    started = await baton.start(shop)
    given = {"conversationId": started.id, "identityToken": token, "name": "Mallory"}
    [later] = (await baton.command(started.token, "identifyVisitor", **given))["errors"]
    assert (later["code"], later["path"], later["message"]) == ("INVALID", ["input", "identityToken"], error["message"])
    found = (await baton.data(shop.owner, SHOWN, id=started.id))["conversation"]["profile"]
    assert found == {"verified": False, "externalId": None, "name": None, "email": None}, "it was not taken as a claim"
    message: str = error["message"]
    return message


def unsigned(header: Json, claims: Json, key: bytes = b"") -> str:
    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    content = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{content}.{part(hmac.digest(key, content.encode(), hashlib.sha256)) if key else ''}"


async def test_a_token_proves_the_shopper(baton: Program, shop: Shop, signer: Signer) -> None:
    started = await baton.start(shop, identityToken=signer.token(email="vic@x.example"), name="Mallory")
    found = (await baton.data(shop.owner, SHOWN, id=started.id))["conversation"]["profile"]
    assert found == {"verified": True, "externalId": "7311442200001", "name": "Vic", "email": "vic@x.example"}
    elsewhere = await baton.start(shop, identityToken=signer.token(aud=shop.id))
    assert elsewhere.id == started.id


async def test_every_fault_has_its_reason(baton: Program, shop: Shop, signer: Signer, published: KeySet) -> None:
    await baton.done(shop.owner, "updateIdentityKeys", jwksUrl=published.jwks_url)
    [key] = published.keys
    now = baton.clock.now().timestamp()
    pem = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    faults = {
        "signature is wrong": [
            signer.token(secret="x" * 47),
            new_key("one", "RS256").sign(signer.claims()),
            unsigned({"alg": "HS256", "kid": signer.kid}, signer.claims(), pem),
        ],
        "`alg` is not accepted": [
            unsigned({"alg": "none"}, signer.claims()),
            unsigned({"alg": "None", "kid": signer.kid}, signer.claims(), signer.secret.encode()),
        ],
        "`aud` is not the ID of this account": [signer.token(aud="another"), key.sign(signer.claims(aud="another"))],
        "has expired": [signer.token(exp=now - 1), key.sign(signer.claims(exp=now - 3600))],
        "more than 24 hours ahead": [signer.token(exp=now + 90_000)],
        "`kid` names no secret": [signer.token(kid="unknown")],
        "no key with the token's `kid`": [new_key("unknown", "RS256").sign(signer.claims())],
        "no `sub`": [signer.token(sub=None)],
        "no `exp`": [signer.token(exp=None)],
        "at most 8,192 characters": [signer.token(padding="x" * 9_000)],
        "not a JWT": ["gibberish"],
    }
    for reason, tokens in faults.items():
        for token in tokens:
            message = await refused(baton, shop, token)
            assert reason in message
            assert signer.secret not in message


async def test_a_token_of_another_account(baton: Program, shop: Shop, rival: Shop, signer: Signer) -> None:
    assert "no key for identity tokens" in await refused(baton, rival, signer.token())
    theirs = Signer(baton, rival)
    await theirs.rotate()
    assert "`kid` names no secret" in await refused(baton, rival, signer.token())
    assert "signature is wrong" in await refused(baton, rival, signer.token(kid=theirs.kid))


async def test_rotation_with_an_overlap(baton: Program, shop: Shop, signer: Signer) -> None:
    old = signer.token
    first = (signer.kid, signer.secret)
    payload = await signer.rotate()
    assert [secret["endsAt"] for secret in payload["identityKeys"]["secrets"]] == ["2026-06-08T12:00:00.000Z", None]
    await baton.start(shop, identityToken=old(kid=first[0], secret=first[1]))
    await baton.start(shop, identityToken=signer.token())
    baton.clock.move(timedelta(hours=25))
    assert "has ended" in await refused(baton, shop, old(kid=first[0], secret=first[1]))
    await baton.start(shop, identityToken=signer.token())
    await baton.done(shop.owner, "updateIdentityKeys", retireKeyId=signer.kid)
    assert "no secret for HS256" in await refused(baton, shop, signer.token())


async def test_jwks_down_and_rotated(baton: Program, shop: Shop, published: KeySet) -> None:
    await baton.done(shop.owner, "updateIdentityKeys", jwksUrl=published.jwks_url)
    signer, [key] = Signer(baton, shop), published.keys
    published.faults.plan = lambda _: failing()
    before = await baton.fingerprints()
    given = {"channel": "WEB_CHAT", "text": "Hi", "visitor": {"identityToken": key.sign(signer.claims())}}
    answer = await baton.ask(shop.widget, START, input=given)
    assert answer.codes == ["UNAVAILABLE"]
    assert await baton.fingerprints() == before, "nothing is half done"
    published.faults.clear()
    baton.clock.move(timedelta(seconds=31))
    await baton.start(shop, identityToken=key.sign(signer.claims()))
    published.faults.plan = lambda _: failing()
    baton.clock.move(timedelta(hours=12))
    await baton.start(shop, identityToken=key.sign(signer.claims()))  # the known keys are used while it is down
    published.faults.clear()
    new = new_key("two", "EdDSA")
    published.keys.append(new)
    baton.clock.move(timedelta(seconds=31))
    await baton.start(shop, identityToken=new.sign(signer.claims()))
    await baton.start(shop, identityToken=key.sign(signer.claims()))
    published.keys.remove(key)
    baton.clock.move(timedelta(minutes=11))
    assert "no key with the token's `kid`" in await refused(baton, shop, key.sign(signer.claims()))


START = "mutation($input: StartConversationInput!) { startConversation(input: $input) { errors { code } } }"


async def test_what_stands_is_shown_to_managers(baton: Program, shop: Shop, signer: Signer, published: KeySet) -> None:
    await baton.done(shop.manager, "updateIdentityKeys", jwksUrl=published.jwks_url, idempotencyKey="once")
    for key in ("owner", "admin", "manager"):
        found = (await baton.data(shop.tokens[key], KEYS))["account"]["identityKeys"]
        assert found["jwks"] == {"url": published.jwks_url, "setAt": "2026-06-07T12:00:00.000Z"}
        assert [secret["keyId"] for secret in found["secrets"]] == [signer.kid]
    for key in ("support", "analyst", "agent"):
        assert (await baton.data(shop.tokens[key], KEYS))["account"]["identityKeys"] is None
    await baton.done(shop.owner, "updateIdentityKeys", jwksUrl=None)
    assert (await baton.data(shop.owner, KEYS))["account"]["identityKeys"]["jwks"] is None


@pytest.mark.parametrize("url", ["http://169.254.169.254/jwks", "ftp://shop.example/", "https://a:b@shop.example/", ""])
async def test_addresses_that_are_refused(baton: Program, shop: Shop, url: str) -> None:
    [error] = (await baton.command(shop.owner, "updateIdentityKeys", jwksUrl=url))["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "jwksUrl"])


async def test_a_repetition_does_not_show_the_secret_again(baton: Program, shop: Shop) -> None:
    first = await baton.mutate(shop.owner, "updateIdentityKeys", newSecret=True, idempotencyKey="once")
    again = await baton.mutate(shop.owner, "updateIdentityKeys", newSecret=True, idempotencyKey="once")
    assert first["created"]["secret"].startswith("bis_")
    assert again["created"] is None
    assert again["identityKeys"] == first["identityKeys"]
    [error] = (await baton.mutate(shop.owner, "updateIdentityKeys", jwksUrl=None, idempotencyKey="once"))["errors"]
    assert error["code"] == "CONFLICT"
