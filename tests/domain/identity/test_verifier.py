"""Identity tokens: what proves a shopper, and why each other token is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.fakes.key_set import KeySet, SigningKey, new_key
from domain.model.identity import ProvedIdentity
from domain.values.errors import Invalid
from tests.domain.identity.conftest import IdentityAccount

WRONG = "The token's signature is wrong: it was signed with another key, or changed."
MALFORMED = "This is not a JWT: send the signed token as it is, three parts with dots between them."
ALGORITHM = "The token's `alg` is not accepted: sign with HS256, RS256, ES256 or EdDSA (Ed25519)."
EXPIRED = "The token has expired: have the shop sign a new one."
TOO_FAR = "The token's `exp` is more than 24 hours ahead."


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_hand(header: object, claims: object, key: bytes = b"") -> str:
    """A token as an attacker writes it, signed by HMAC-SHA256."""
    content = f"{part(header)}.{part(claims)}"
    signature = base64.urlsafe_b64encode(hmac.digest(key, content.encode(), hashlib.sha256)).rstrip(b"=").decode()
    return f"{content}.{signature if key else ''}"


async def test_a_token_proves_what_it_says(account: IdentityAccount) -> None:
    _, secret = await account.new_secret()
    token = account.signed(secret, email="Ann@EXAMPLE.com", phone="+39 333 123 4567", name=" Ann ")
    assert await account.verify(token) == ProvedIdentity(
        external_id="customer-7", email="Ann@example.com", phone="+393331234567", name="Ann"
    )
    assert await account.verify(account.signed(secret)) == ProvedIdentity(external_id="customer-7")


async def test_both_forms_of_the_account_id_are_its_audience(account: IdentityAccount) -> None:
    _, secret = await account.new_secret()
    for audience in (account.id, f"global-{account.id}", ["other", account.id]):
        await account.verify(account.signed(secret, aud=audience))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_public_keys_verify_the_algorithm_of_their_type(
    account: IdentityAccount, published: KeySet, algorithm: str
) -> None:
    key = new_key("another", algorithm)
    published.keys.append(key)
    await account.update(jwks_url=published.jwks_url)
    assert (await account.verify(key.sign(account.claims()))).external_id == "customer-7"
    assert (await account.verify(key.sign(account.claims(), kid=None))).external_id == "customer-7"


async def test_an_account_without_keys_refuses_every_token(account: IdentityAccount, pair: SigningKey) -> None:
    none = "The account has no key for identity tokens: set one with updateIdentityKeys."
    assert await account.refusal(account.signed("x" * 43)) == none
    assert await account.refusal(pair.sign(account.claims())) == none


async def test_a_kind_of_key_that_the_account_lacks(account: IdentityAccount, published: KeySet) -> None:
    await account.update(jwks_url=published.jwks_url)
    assert "has no secret for HS256" in await account.refusal(account.signed("x" * 43))
    await account.update(clear_jwks=True, new_secret=True)
    assert "has no JWKS address for ES256" in await account.refusal(published.keys[0].sign(account.claims()))


@pytest.mark.parametrize("text", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "\ud800.a.b", "e30.e30.", "[].e30.AA"])
async def test_what_is_no_token(account: IdentityAccount, text: str) -> None:
    await account.new_secret()
    assert await account.refusal(text) in (MALFORMED, ALGORITHM)


async def test_a_token_is_bounded_before_it_is_read(account: IdentityAccount) -> None:
    _, secret = await account.new_secret()
    assert "at most 8,192 characters" in await account.refusal(account.signed(secret, padding="x" * 8_192))


@pytest.mark.parametrize("content", [b"[" * 5_000, b"[]", b"1", b"null", b'"x"', b"{", b"\xff"])
async def test_content_that_is_no_object(account: IdentityAccount, content: bytes) -> None:
    _, secret = await account.new_secret()
    signing = f"{part({'alg': 'HS256'})}.{base64.urlsafe_b64encode(content).rstrip(b'=').decode()}"
    signature = hmac.digest(secret.encode(), signing.encode(), hashlib.sha256)
    token = f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert await account.refusal(token) == MALFORMED


async def test_a_header_that_is_too_deep(account: IdentityAccount) -> None:
    await account.new_secret()
    header = base64.urlsafe_b64encode(b"[" * 5_000).rstrip(b"=").decode()
    assert await account.refusal(f"{header}.e30.AA") == MALFORMED


async def test_a_wrong_signature(account: IdentityAccount, published: KeySet) -> None:
    kid, secret = await account.new_secret(jwks_url=published.jwks_url)
    head, body, signature = account.signed(secret).split(".")
    changed = part(account.claims(sub="another"))
    assert await account.refusal(f"{head}.{changed}.{signature}") == WRONG
    assert await account.refusal(f"{head}.{body}.{signature[:-4]}AAAA") == WRONG
    assert await account.refusal(f"{head}.{body}.") == WRONG
    assert await account.refusal(account.signed("x" * 43, kid=kid)) == WRONG
    assert await account.refusal(new_key("one").sign(account.claims())) == WRONG


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", "HS384", "HS512", "RS384", "PS256", "ES384", "ES256K", None, ["HS256"], 1, {}]
)
async def test_other_algorithms_verify_nothing(account: IdentityAccount, published: KeySet, alg: Any) -> None:
    _, secret = await account.new_secret(jwks_url=published.jwks_url)
    for key in (b"", secret.encode()):
        assert await account.refusal(by_hand({"alg": alg}, account.claims(), key)) == ALGORITHM
    assert await account.refusal(by_hand({"typ": "JWT"}, account.claims())) == ALGORITHM


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
async def test_a_public_key_is_no_secret(account: IdentityAccount, published: KeySet, algorithm: str) -> None:
    """The confusion of HS and RS: a token is signed by HMAC with the text of the public key, which anybody can read."""
    key = new_key("another", algorithm)
    published.keys.append(key)
    secret_id, _ = await account.new_secret(jwks_url=published.jwks_url)
    public = key.private.public_key()
    texts = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(key.public).encode(),
    ]
    for text in texts:
        for kid in ("another", secret_id, None):
            header = {"alg": "HS256", **({"kid": kid} if kid else {})}
            assert await account.refusal(by_hand(header, account.claims(), text)) != ""
        named = {"alg": algorithm, "kid": "another"}
        assert await account.refusal(by_hand(named, account.claims(), text)) == WRONG


async def test_a_secret_is_no_public_key(account: IdentityAccount, published: KeySet) -> None:
    _, secret = await account.new_secret(jwks_url=published.jwks_url)
    for algorithm in ("RS256", "ES256", "EdDSA"):
        token = by_hand({"alg": algorithm}, account.claims(), secret.encode())
        assert await account.refusal(token) in (
            WRONG,
            "There is no key of the token's algorithm at the account's JWKS address.",
        )


async def test_an_unknown_key(account: IdentityAccount, published: KeySet) -> None:
    _, secret = await account.new_secret(jwks_url=published.jwks_url)
    unknown = "The token's `kid` names no secret of the account, or one that has ended."
    assert await account.refusal(account.signed(secret, kid="unknown")) == unknown
    token = new_key("unknown").sign(account.claims())
    assert await account.refusal(token) == "There is no key with the token's `kid` at the account's JWKS address."


async def test_times(account: IdentityAccount) -> None:
    _, secret = await account.new_secret()
    now = account.now().timestamp()
    refused = {
        "The token has no `exp`: set it to at most 24 hours ahead.": [{"exp": None}],
        EXPIRED: [{"exp": now - 3_600}, {"exp": now - 1}, {"exp": now}, {"exp": -1}, {"exp": 0}],
        TOO_FAR: [{"exp": now + 24 * 3_600 + 60}, {"exp": 10**12}, {"exp": 1e300}, {"exp": 10**400}],
        "The token's `exp` must be a number of seconds since 1970.": [
            {"exp": "1"}, {"exp": True}, {"exp": float("inf")}, {"exp": float("nan")}, {"exp": [now + 60]},
        ],
        "The token is not valid yet: its `nbf` is in the future.": [{"nbf": now + 60}, {"nbf": 10**400}],
        "The token is not valid yet: its `iat` is in the future.": [{"iat": now + 60}],
        "The token's `nbf` must be a number of seconds since 1970.": [{"nbf": "soon"}],
    }  # fmt: skip
    for reason, tokens in refused.items():
        for claims in tokens:
            assert await account.refusal(account.signed(secret, **claims)) == reason
    for accepted in ({"exp": now + 1}, {"exp": now + 24 * 3_600}, {"exp": now + 60.5}, {"nbf": now, "iat": now + 20}):
        await account.verify(account.signed(secret, **accepted))


async def test_claims(account: IdentityAccount) -> None:
    _, secret = await account.new_secret()
    missing = "The token has no `sub`: set it to the shop's own ID of the customer."
    other = "The token's `aud` is not the ID of this account."
    refused = {
        missing: [{"sub": None}],
        "The token's `sub` must be a text.": [{"sub": 7}, {"sub": ["customer-7"]}],
        "The token's `sub` cannot be used: The text is blank. Write something.": [{"sub": " "}],
        "The token has no `aud`: set it to the ID of the account.": [{"aud": None}],
        other: [
            {"aud": "other"},
            {"aud": ["other"]},
            {"aud": []},
            {"aud": 7},
            {"aud": {}},
            {"aud": account.id.lower()},
        ],
        "The token's `email` must be a text.": [{"email": 7}],
        "The token's `email` cannot be used: This is not an e-mail address. Write it like name@example.com.": [
            {"email": "ann"}
        ],
    }
    for reason, tokens in refused.items():
        for claims in tokens:
            assert await account.refusal(account.signed(secret, **claims)) == reason
    assert "The token's `phone` cannot be used" in await account.refusal(account.signed(secret, phone="7"))
    assert "The token's `name` cannot be used" in await account.refusal(account.signed(secret, name="n" * 201))


async def test_a_token_of_another_account(account: IdentityAccount, client: Any, published: KeySet) -> None:
    """Two accounts of one shop may publish one key set: the audience tells them apart."""
    other = IdentityAccount(client)
    _, secret = await account.new_secret(jwks_url=published.jwks_url)
    await other.new_secret(jwks_url=published.jwks_url)
    assert await other.refusal(account.signed(secret)) == WRONG
    token = published.keys[0].sign(account.claims())
    await account.verify(token)
    assert await other.refusal(token) == "The token's `aud` is not the ID of this account."


async def test_a_refusal_tells_nothing_of_the_keys(account: IdentityAccount) -> None:
    kid, secret = await account.new_secret()
    tokens = [account.signed(secret, kid="x"), account.signed("y" * 43), account.signed(secret, exp=1), "a.b.c"]
    for token in tokens:
        with pytest.raises(Invalid) as refused:
            await account.verify(token)
        assert secret not in str(refused.value)
        assert kid not in str(refused.value)
