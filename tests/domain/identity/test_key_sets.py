"""Keys that a shop publishes: cached, refetched within bounds, and used for a while when the address is down."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from dev.fakes.faults import cut_before, failing, responding, silent_before, slow
from dev.fakes.key_set import KeySet, SigningKey, new_key
from domain.identity.key_sets import parse_key_set
from domain.identity.ports import NoKeySet
from domain.values.errors import Unavailable
from tests.api.graphql.serving import until
from tests.domain.identity.conftest import IdentityAccount

UNKNOWN = "There is no key with the token's `kid` at the account's JWKS address."


@pytest.fixture
async def connected(account: IdentityAccount, published: KeySet) -> IdentityAccount:
    """The account with the address set; the call that tries it is not counted."""
    await account.update(jwks_url=published.jwks_url)
    published.received.clear()
    return account


async def test_keys_are_read_once(connected: IdentityAccount, published: KeySet, pair: SigningKey) -> None:
    await asyncio.gather(*(connected.verify(pair.sign(connected.claims())) for _ in range(20)))
    connected.wait(minutes=9)
    await connected.verify(pair.sign(connected.claims()))
    assert len(published.received) == 1
    connected.wait(minutes=2)  # ten minutes are over
    await connected.verify(pair.sign(connected.claims()))
    assert len(published.received) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=300", 300),
        ("public, Max-Age=300, must-revalidate", 300),
        ("max-age=0", 60),
        ("no-store", 60),
        ("max-age=86400", 3_600),
        ("s-maxage=60", 600),
        ("max-age=soon", 600),
    ],
)
async def test_max_age_is_respected_within_bounds(
    connected: IdentityAccount, published: KeySet, pair: SigningKey, header: str, seconds: int
) -> None:
    published.headers = {"cache-control": header}
    await connected.verify(pair.sign(connected.claims()))
    connected.wait(seconds=seconds - 1)
    await connected.verify(pair.sign(connected.claims()))
    assert len(published.received) == 1
    connected.wait(seconds=2)
    await connected.verify(pair.sign(connected.claims()))
    assert len(published.received) == 2


async def test_a_rotated_key_is_found_at_once(connected: IdentityAccount, published: KeySet, pair: SigningKey) -> None:
    await connected.verify(pair.sign(connected.claims()))
    connected.wait(minutes=1)
    new = new_key("two", "RS256")
    published.keys = [pair, new]
    await connected.verify(new.sign(connected.claims()))
    await connected.verify(pair.sign(connected.claims()))  # both are valid in the overlap
    published.keys = [new]
    connected.wait(minutes=11)
    await connected.verify(new.sign(connected.claims()))
    assert await connected.refusal(pair.sign(connected.claims())) == UNKNOWN


async def test_strangers_cannot_have_the_address_called(
    connected: IdentityAccount, published: KeySet, pair: SigningKey
) -> None:
    await connected.verify(pair.sign(connected.claims()))
    for number in range(50):
        assert await connected.refusal(new_key(f"unknown-{number}").sign(connected.claims())) == UNKNOWN
    assert len(published.received) == 1
    connected.wait(seconds=31)
    for number in range(50):
        assert await connected.refusal(new_key(f"unknown-{number}").sign(connected.claims())) == UNKNOWN
    assert len(published.received) == 2


async def test_keys_are_used_while_the_address_is_down(
    connected: IdentityAccount, published: KeySet, pair: SigningKey
) -> None:
    await connected.verify(pair.sign(connected.claims()))
    published.faults.plan = lambda _: failing()
    connected.wait(hours=23)
    await asyncio.gather(*(connected.verify(pair.sign(connected.claims())) for _ in range(10)))
    assert len(published.received) == 2
    connected.wait(hours=1)
    with pytest.raises(Unavailable, match="cannot be read at its JWKS address now"):
        await connected.verify(pair.sign(connected.claims()))
    published.faults.clear()
    connected.wait(seconds=31)
    await connected.verify(pair.sign(connected.claims()))


@pytest.mark.parametrize(
    "fault",
    [
        cut_before(),
        failing(),
        responding(404, {}),
        responding(302, {}, headers={"location": "http://127.0.0.1:1/"}),
        responding(200, text="<html>"),
        responding(200, {"keys": []}),
        responding(200, [1]),
        responding(200, text="[" * 60_000),
        responding(200, text=json.dumps({"keys": [], "padding": "x" * 70_000})),
    ],
)
async def test_without_keys_a_token_is_neither_wrong_nor_right(
    connected: IdentityAccount, published: KeySet, pair: SigningKey, fault: object
) -> None:
    published.faults.plan = lambda _: fault  # type: ignore[assignment,return-value]
    for _ in range(3):
        with pytest.raises(Unavailable):
            await connected.verify(pair.sign(connected.claims()))
    assert len(published.received) == 1
    published.faults.clear()
    connected.wait(seconds=31)
    await connected.verify(pair.sign(connected.claims()))


async def test_a_fault_does_not_replace_the_keys(
    connected: IdentityAccount, published: KeySet, pair: SigningKey
) -> None:
    await connected.verify(pair.sign(connected.claims()))
    published.body = b'{"keys": []}'
    connected.wait(hours=2)
    await connected.verify(pair.sign(connected.claims()))


async def test_an_address_that_does_not_respond(
    connected: IdentityAccount, published: KeySet, pair: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.jwks._SECONDS", 0.2)
    published.faults.add(silent_before())
    with pytest.raises(Unavailable):
        await connected.verify(pair.sign(connected.claims()))
    connected.wait(seconds=31)
    published.faults.add(slow(1))
    with pytest.raises(Unavailable):
        await connected.verify(pair.sign(connected.claims()))


async def test_a_cancelled_caller_does_not_stop_the_fetch(
    connected: IdentityAccount, published: KeySet, pair: SigningKey
) -> None:
    published.faults.add(slow(0.3))
    first = asyncio.create_task(connected.verify(pair.sign(connected.claims())))
    await until(lambda: published.received)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await connected.verify(pair.sign(connected.claims()))
    assert len(published.received) == 1


async def test_a_known_key_does_not_wait_for_the_fetch_of_an_unknown_one(
    connected: IdentityAccount, published: KeySet, pair: SigningKey
) -> None:
    await connected.verify(pair.sign(connected.claims()))
    connected.wait(seconds=31)
    published.faults.add(slow(0.5))
    order: list[str] = []
    stranger = asyncio.create_task(connected.refusal(new_key("unknown").sign(connected.claims())))
    stranger.add_done_callback(lambda _: order.append("stranger"))
    await until(lambda: len(published.received) == 2)
    await connected.verify(pair.sign(connected.claims()))
    order.append("known")
    assert await stranger == UNKNOWN
    assert order == ["known", "stranger"]


def rsa_key(bits: int) -> dict[str, object]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=bits)
    return dict(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))


def test_keys_that_are_not_used() -> None:
    good = new_key("good").public
    strong = rsa_key(2_048)
    refused: list[object] = [
        {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "alg": "HS256", "kid": "secret"},
        {**good, "alg": "HS256"},
        {**good, "alg": "RS256"},
        {**good, "use": "enc"},
        {**good, "key_ops": ["sign"]},
        {**good, "key_ops": "verify"},
        {**good, "d": "AAAA"},
        {**good, "kid": 7},
        {**good, "x": "AAAA"},
        {**good, "crv": "P-384"},
        {**good, "crv": ["P-256"]},
        {**good, "kty": ["EC"]},
        {"kty": "EC"},
        {"kty": "RSA"},
        {"kty": "RSA", "n": 7, "e": "AQAB"},
        {**strong, "e": "A" * 400},
        {**strong, "e": "AQ"},
        rsa_key(1_024),
        {"kty": "RSA", "n": "_" * 40_000, "e": "AQAB"},
        *([], "x", 7, None),
    ]
    for key in refused:
        with pytest.raises(NoKeySet, match="no public key"):
            parse_key_set(json.dumps({"keys": [key]}).encode())
    found = parse_key_set(json.dumps({"keys": [*refused[:15], good]}).encode())
    assert [(key.kid, key.algorithm) for key in found] == [("good", "ES256")]
    assert [key.algorithm for key in parse_key_set(json.dumps({"keys": [strong]}).encode())] == ["RS256"]


def test_a_set_has_at_most_20_keys() -> None:
    good = new_key("good").public
    assert len(parse_key_set(json.dumps({"keys": [good] * 20}).encode())) == 20
    with pytest.raises(NoKeySet, match="more than 20"):
        parse_key_set(json.dumps({"keys": [good] * 21}).encode())


async def test_accounts_do_not_share_what_they_know(
    connected: IdentityAccount, published: KeySet, pair: SigningKey
) -> None:
    """A stranger who uses up the calls of one account leaves those of another."""
    other_account = IdentityAccount(connected.key_sets._client)  # type: ignore[arg-type]
    await other_account.update(jwks_url=published.jwks_url)
    published.received.clear()
    await connected.refusal(new_key("unknown").sign(connected.claims()))
    await other_account.verify(pair.sign(other_account.claims()))
    assert len(published.received) == 2
    assert timedelta(0) == connected.now() - other_account.now()
