from __future__ import annotations

from typing import Any

import pytest

from domain.imports.model import ImportedConversation, ImportedMessage
from domain.model.conversation import AuthorKind, Visitor
from tests.harness.program import Program, Shop, Started, browser, identity_token

FIELDS = "profile { id verified externalId name email phone conversations { nodes { id } } }"
PROFILE = f"query($id: ID!) {{ conversation(id: $id) {{ {FIELDS} }} }}"


async def profile_of(baton: Program, started: Started) -> dict[str, Any]:
    found = await baton.data(started.shop.owner, PROFILE, id=started.id)
    profile: dict[str, Any] = found["conversation"]["profile"]
    return {**profile, "conversations": {node["id"] for node in profile["conversations"]["nodes"]}}


async def test_identify_keeps_what_is_not_given(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, anonymousId="one", name="Ann")
    payload = await baton.done(started.token, "identifyVisitor", conversationId=started.id, email="ann@example.com")
    assert payload["conversation"]["displayName"] == "Ann"
    assert payload["conversation"]["profile"]["email"] == "ann@example.com"
    payload = await baton.done(started.token, "identifyVisitor", conversationId=started.id, phone="+39 333 1234567")
    assert await profile_of(baton, started) == {
        "id": payload["conversation"]["profile"]["id"],
        "verified": False,
        "externalId": None,
        "name": "Ann",
        "email": "ann@example.com",
        "phone": "+393331234567",
        "conversations": {started.id},
    }


@pytest.mark.parametrize("given", [{}, {"email": None, "name": None}])
async def test_identify_takes_at_least_one(baton: Program, shop: Shop, given: dict[str, None]) -> None:
    started = await baton.start(shop)
    refused = await baton.command(started.token, "identifyVisitor", conversationId=started.id, **given)
    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("INVALID", ["input"])]


async def test_profiles_with_a_common_identity_become_the_oldest(baton: Program, shop: Shop) -> None:
    by_mail = await baton.start(shop, key=shop.owner, email="ann@example.com", name="Ann")
    by_phone = await baton.start(shop, key=shop.owner, channel="SMS", phone="+393331234567", name="Annie")
    both = await baton.start(shop, key=shop.owner, channel="EMAIL", email="ANN@example.com", phone="+393331234567")
    one, two, three = [await profile_of(baton, started) for started in (by_mail, by_phone, both)]
    assert one == two == three
    assert one["conversations"] == {by_mail.id, by_phone.id, both.id}
    assert one["verified"] is True
    assert (one["name"], one["email"], one["phone"]) == ("Ann", "ANN@example.com", "+393331234567")
    for old in (by_mail, by_phone, both):
        node = await baton.data(
            shop.owner, "query($id: ID!) { node(id: $id) { id } }", id=old.conversation["profile"]["id"]
        )
        assert node == {"node": {"id": one["id"]}}
        listed = await baton.data(
            shop.owner,
            "query($id: ID!) { conversations(filter: {profileId: $id}) { totalCount } }",
            id=old.conversation["profile"]["id"],
        )
        assert listed == {"conversations": {"totalCount": 3}}


async def test_two_signed_in_shoppers_with_one_address_stay_two(baton: Program, shop: Shop) -> None:
    one = await baton.start(shop, key=shop.owner, profileId="x1", email="family@example.com")
    two = await baton.start(shop, key=shop.owner, profileId="x2", email="family@example.com")
    first, other = await profile_of(baton, one), await profile_of(baton, two)
    assert first["id"] != other["id"]
    assert (first["conversations"], other["conversations"]) == ({one.id}, {two.id})
    assert (first["externalId"], other["externalId"]) == ("x1", "x2")


async def test_an_identity_that_another_open_conversation_holds_stays_there(baton: Program, shop: Shop) -> None:
    vic = {"profileId": "x1"}
    phone = await baton.start(shop, key=shop.owner, **vic)
    desk = await baton.start(shop, anonymousId=browser("desk"))
    token = await identity_token(baton, shop, "x1")
    await baton.done(desk.token, "identifyVisitor", conversationId=desk.id, identityToken=token)
    assert (await profile_of(baton, desk))["id"] == (await profile_of(baton, phone))["id"]
    assert (await baton.start(shop, "Again", key=shop.owner, **vic)).id == phone.id
    assert (await baton.start(shop, "Again", anonymousId=browser("desk"))).id == desk.id
    await baton.done(phone.token, "closeConversation", conversationId=phone.id)
    assert (await baton.start(shop, "Again", anonymousId=browser("desk"), identityToken=token)).id == desk.id
    assert (await baton.start(shop, "Again", key=shop.owner, **vic)).id == desk.id


async def test_shopper_may_say_who_it_is_after_the_close(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, anonymousId="one")
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    payload = await baton.done(started.token, "identifyVisitor", conversationId=started.id, email="ann@example.com")
    assert (payload["conversation"]["displayName"], payload["conversation"]["status"]) == ("ann@example.com", "CLOSED")


async def test_what_a_shopper_is_told_of_itself(baton: Program, shop: Shop) -> None:
    """Only data of this conversation, of a proved shopper neither."""
    vic = {"profileId": "x1", "email": "ann@example.com", "name": "Ann Smith", "phone": "+393331234567"}
    await baton.start(shop, key=shop.owner, channel="SMS", **vic)
    here = await baton.start(shop, identityToken=await identity_token(baton, shop, "x1"), email="a2@example.com")
    assert (await profile_of(baton, here))["name"] == "Ann Smith"
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on Conversation {{ {FIELDS} }} }} }}"
    seen = (await baton.data(here.token, document, id=here.id))["node"]["profile"]
    assert seen == {
        "id": here.conversation["profile"]["id"],
        "verified": True,
        "externalId": "x1",
        "name": None,
        "email": "a2@example.com",
        "phone": None,
        "conversations": {"nodes": [{"id": here.id}]},
    }
    node = "query($id: ID!) { node(id: $id) { ... on Profile { name email phone conversations { totalCount } } } }"
    assert (await baton.data(here.token, node, id=seen["id"]))["node"] == {
        "name": None,
        "email": "a2@example.com",
        "phone": None,
        "conversations": {"totalCount": 1},
    }


async def test_import_that_finds_two_profiles_to_be_one(baton: Program, shop: Shop) -> None:
    """In one transaction, the older profile takes over an identity that the younger one still has in the database."""
    older = await baton.start(shop, key=shop.owner, email="ann@example.com")
    younger = await baton.start(shop, key=shop.owner, phone="+393331234567")

    def chat(key: str, visitor: Visitor) -> ImportedConversation:
        messages = (ImportedMessage(author=AuthorKind.SHOPPER, text="Hello"),)
        return ImportedConversation(source="test", key=key, messages=messages, visitor=visitor)

    outcome = await baton.baton.history.import_batch(
        shop.id,
        [
            chat("1", Visitor(email="ann@example.com", name="Ann")),
            chat("2", Visitor(email="ann@example.com", phone="+393331234567")),
        ],
    )
    assert (outcome.imported, outcome.known) == (2, 0)
    one, two = await profile_of(baton, older), await profile_of(baton, younger)
    assert one == two
    assert len(one["conversations"]) == 4
