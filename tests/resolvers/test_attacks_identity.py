"""Attacks on shoppers' identities that once succeeded, over HTTP with the keys that any stranger has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.harness.program import Json, Program, Shop, browser, identity_token

VICTIM = {"profileId": "7311442200001", "name": "Vic", "email": "vic@x.example", "phone": "+15005551001"}
READ = "query($id: ID!) { conversation(id: $id) { displayName messages(first: 99) { nodes { text } } } }"
PROFILE = "query($id: ID!) { conversation(id: $id) { profile { id verified name email phone externalId } } }"


async def start(baton: Program, shop: Shop, *, text: str = "hi", key: str | None = None, **visitor: Any) -> Json:
    given = {"channel": "WEB_CHAT", "text": text, "visitor": visitor}
    return await baton.mutate(shop.widget, "startConversation", **given, **({"idempotencyKey": key} if key else {}))


async def profile_of(baton: Program, shop: Shop, conversation_id: str) -> Json:
    found: Json = (await baton.data(shop.owner, PROFILE, id=conversation_id))["conversation"]["profile"]
    return found


async def test_a_number_of_a_customer_opens_no_chat(baton: Program, shop: Shop) -> None:
    """The stranger after the victim, and before it."""
    token = await identity_token(baton, shop, VICTIM["profileId"])
    victim = await baton.start(shop, "My address is Via Roma 1", identityToken=token, **VICTIM)
    stranger = await start(baton, shop, profileId=VICTIM["profileId"])
    assert stranger["conversation"]["id"] != victim.id
    assert "Via Roma" not in str(stranger)
    assert (await baton.ask(stranger["visitorToken"], READ, id=victim.id)).codes == ["NOT_FOUND"]

    trap = await start(baton, shop, profileId="7311442200002")
    other = await baton.start(shop, "Card 4421", identityToken=await identity_token(baton, shop, "7311442200002"))
    assert other.id != trap["conversation"]["id"]
    assert "4421" not in str(await baton.data(trap["visitorToken"], READ, id=trap["conversation"]["id"]))


async def test_many_traps_catch_nobody(baton: Program, shop: Shop) -> None:
    traps = [await start(baton, shop, profileId=f"c-{number}") for number in range(20)]
    victim = await baton.start(shop, identityToken=await identity_token(baton, shop, "c-7"))
    assert victim.id not in {trap["conversation"]["id"] for trap in traps}
    assert len({trap["conversation"]["profile"]["id"] for trap in traps}) == 20


@pytest.mark.parametrize("anonymous_id", ["1", "x" * 19])
async def test_a_guessable_anonymous_id_opens_no_chat(baton: Program, shop: Shop, anonymous_id: str) -> None:
    victim = await start(baton, shop, text="My address", anonymousId=anonymous_id)
    stranger = await start(baton, shop, anonymousId=anonymous_id)
    assert stranger["conversation"]["id"] != victim["conversation"]["id"]


async def test_one_call_merges_no_two_customers(baton: Program, shop: Shop) -> None:
    a = await baton.start(shop, key=shop.owner, email="a@x.example", name="A")
    b = await baton.start(shop, key=shop.owner, channel="SMS", phone="+15005551002", name="B")
    before = [await profile_of(baton, shop, each.id) for each in (a, b)]
    mallory = await baton.start(shop, email="a@x.example", phone="+15005551002", name="Mallory")
    await baton.done(mallory.token, "identifyVisitor", conversationId=mallory.id, email="a@x.example", profileId="a")
    assert [await profile_of(baton, shop, each.id) for each in (a, b)] == before
    assert before[0]["id"] != before[1]["id"]
    assert await profile_of(baton, shop, mallory.id) == {
        "id": mallory.conversation["profile"]["id"],
        "verified": False,
        "name": "Mallory",
        "email": "a@x.example",
        "phone": "+15005551002",
        "externalId": None,
    }


async def test_nobody_is_told_whether_an_address_is_known(baton: Program, shop: Shop) -> None:
    """The same shape, and ids that were made just now, for a known customer and for nobody."""
    await baton.start(shop, key=shop.owner, channel="SMS", **VICTIM)

    def shape(value: object) -> object:
        if isinstance(value, Mapping):
            return {name: shape(inner) for name, inner in value.items()}
        return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__

    answers = []
    for email, phone, number in (
        (VICTIM["email"], VICTIM["phone"], VICTIM["profileId"]),
        ("new@x.example", "+15005551099", "c-new"),
    ):
        answers.append(await start(baton, shop, email=email, phone=phone, profileId=number))
    known, unknown = answers
    assert shape(known) == shape(unknown)
    stored = {row["_id"] for row in (await baton.everything())["profiles"]}
    assert len(stored) == 3, "each claim made a profile of its own"
    for seen in answers:
        again = await start(baton, shop, browserToken=seen["browserToken"])
        assert again["conversation"]["profile"]["id"] == seen["conversation"]["profile"]["id"]


async def test_a_key_that_another_browser_used_opens_no_chat(baton: Program, shop: Shop) -> None:
    for key in ("k", "1"):
        victim = await start(baton, shop, key=key, anonymousId=browser("vic"))
        for visitor in ({}, {"anonymousId": browser("mallory")}, {"anonymousId": "vic"}):
            stranger = await start(baton, shop, key=key, **visitor)
            assert stranger["errors"] == []
            assert stranger["conversation"]["id"] != victim["conversation"]["id"]
            assert stranger["visitorToken"] != victim["visitorToken"]
        assert await start(baton, shop, key=key, anonymousId=browser("vic")) == victim


async def test_a_first_start_is_repeated_by_its_long_key(baton: Program, shop: Shop) -> None:
    first = await start(baton, shop, key="a key that is the secret")
    assert await start(baton, shop, key="a key that is the secret") == first
    assert first["browserToken"].startswith("bbt_")


async def test_a_browser_token_of_another_account_is_refused(baton: Program, shop: Shop, rival: Shop) -> None:
    theirs = (await start(baton, rival))["browserToken"]
    before = await baton.fingerprints()
    for visitor in ({"browserToken": theirs}, {"anonymousId": theirs}, {"browserToken": "guess"}):
        refused = await start(baton, shop, **visitor)
        [error] = refused["errors"]
        assert (error["code"], error["path"]) == ("INVALID", ["input", "visitor", *visitor])
    assert await baton.fingerprints() == before


async def test_secrets_of_browsers_are_shown_to_no_member_of_the_team(baton: Program, shop: Shop) -> None:
    """The harness looks for both secrets in every response, log line and document."""
    own = await baton.start(shop, anonymousId=browser("ann"), email="ann@x.example")
    await baton.start(shop, browserToken=str(own.browser))
    listed = await baton.data(shop.owner, "{ conversations { nodes { id contact { email { value verified } } } } }")
    assert listed["conversations"]["nodes"] == [
        {"id": own.id, "contact": {"email": {"value": "ann@x.example", "verified": False}}}
    ]
