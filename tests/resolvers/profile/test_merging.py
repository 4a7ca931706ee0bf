"""`mergeProfiles` and `splitProfile`: every list, search and number follows, there and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.doctor import Check
from tests.harness.program import Json, Program, Shop, Started

CARD = {"productId": "p1", "title": "Kettle"}
LISTED = "conversations { totalCount nodes { id } } events { totalCount nodes { id } }"
PROFILE = f"""query($id: ID!) {{ conversation(id: $id) {{ profile {{
  id verified externalId name email phone {LISTED}
  merges {{ at by {{ name }} profile {{ id name verified {LISTED} }} }}
}} }} }}"""
LIST = "query($filter: ConversationFilter!) { conversations(filter: $filter) { totalCount nodes { id } } }"
SEGMENT = """{ segment(input: {all: [{did: {event: PRODUCT_RECOMMENDED, withinDays: 30}}]}) { nodes { id } } }"""


async def state(baton: Program, shop: Shop, *talks: Started) -> Json:
    """All that staff read of these conversations' shoppers: profiles, lists by profile, search, segments."""
    profiles = [(await baton.data(shop.owner, PROFILE, id=talk.id))["conversation"]["profile"] for talk in talks]
    by_id = [await baton.data(shop.owner, LIST, filter={"profileId": profile["id"]}) for profile in profiles]
    words = [await baton.data(shop.owner, LIST, filter={"search": word}) for word in ("ann", "bea", "+393331234567")]
    return {"profiles": profiles, "lists": by_id, "search": words, "segment": await baton.data(shop.owner, SEGMENT)}


async def no_findings(baton: Program) -> None:
    ports = baton.baton.ports
    for each in (*(check.examine for check in ports.integrity_checks), ports.doctor.examine):
        found = [finding async for finding in each(lambda _: None)]
        ignored = {Check.CLOCK, Check.WORKER}  # the clock is the test's own, and no worker runs
        assert [finding for finding in found if finding.check not in ignored] == []


@pytest.fixture
async def talks(baton: Program, shop: Shop) -> tuple[Started, Started]:
    ann = await baton.start(shop, "Where is it?", key=shop.owner, profileId="ann", name="Ann", email="ann@example.com")
    bea = await baton.start(shop, "Hello", key=shop.owner, channel="SMS", phone="+393331234567", name="Bea")
    await baton.reply(bea, products=[CARD])
    order = {"orderId": "1", "total": {"amount": "5.00", "currency": "EUR"}, "email": "ann@example.com"}
    baton.clock.move(timedelta(hours=1))
    placed = baton.clock.now().isoformat().replace("+00:00", "Z")
    await baton.done(shop.owner, "recordOrder", placedAt=placed, **order)
    return ann, bea


async def test_there_and_back(baton: Program, shop: Shop, talks: tuple[Started, Started]) -> None:
    before = await state(baton, shop, *talks)
    ann, bea = (profile["id"] for profile in before["profiles"])
    merged = await baton.done(shop.manager, "mergeProfiles", profileId=bea, intoProfileId=ann)
    assert merged["profile"]["id"] == ann
    await no_findings(baton)
    together = await state(baton, shop, *talks)
    one, two = together["profiles"]
    assert one == two
    assert (one["name"], one["phone"], one["conversations"]["totalCount"]) == ("Ann", "+393331234567", 2)
    assert one["events"]["totalCount"] == 3
    [merge] = one["merges"]
    assert (merge["by"], merge["at"]) == ({"name": "Manager"}, "2026-06-07T13:00:00.000Z")
    expected = {key: before["profiles"][1][key] for key in ("id", "name", "verified", "conversations", "events")}
    assert merge["profile"] == expected
    assert [found["conversations"]["totalCount"] for found in together["search"]] == [2, 1, 2]
    assert together["segment"]["segment"]["nodes"] == [{"id": ann}]

    split = await baton.done(shop.owner, "splitProfile", profileId=bea)
    assert (split["profile"]["id"], split["remaining"]["id"]) == (bea, ann)
    await no_findings(baton)
    assert await state(baton, shop, *talks) == before


async def test_what_happened_since_goes_to_whom_it_belongs(
    baton: Program, shop: Shop, talks: tuple[Started, Started]
) -> None:
    ann, bea = (profile["id"] for profile in (await state(baton, shop, *talks))["profiles"])
    await baton.done(shop.owner, "mergeProfiles", profileId=bea, intoProfileId=ann)
    baton.clock.move(timedelta(days=3))
    of_bea = await baton.start(shop, "Again", key=shop.owner, channel="WHATSAPP", phone="+393331234567")
    of_ann = await baton.start(shop, "Again", key=shop.owner, channel="EMAIL", email="ann@example.com")
    await baton.reply(of_ann, products=[CARD])
    await no_findings(baton)
    await baton.done(shop.owner, "splitProfile", profileId=bea)
    await no_findings(baton)
    after = await state(baton, shop, *talks, of_ann, of_bea)
    assert [profile["id"] for profile in after["profiles"]] == [ann, bea, ann, bea]
    counts = [profile["conversations"]["totalCount"] for profile in after["profiles"]]
    assert counts == [2, 2, 2, 2]
    assert {node["id"] for node in after["segment"]["segment"]["nodes"]} == {ann, bea}


async def test_a_merge_by_a_proof_can_be_undone(baton: Program, shop: Shop, talks: tuple[Started, Started]) -> None:
    before = await state(baton, shop, *talks)
    ann, bea = (profile["id"] for profile in before["profiles"])
    both = await baton.start(
        shop, "It is both of us", key=shop.owner, channel="EMAIL", profileId="ann", phone="+393331234567"
    )
    together = (await state(baton, shop, both))["profiles"][0]
    assert together["id"] == ann
    [merge] = together["merges"]
    assert (merge["by"], merge["profile"]["id"]) == (None, bea)
    await no_findings(baton)
    await baton.done(shop.owner, "splitProfile", profileId=bea)
    await no_findings(baton)
    after = await state(baton, shop, *talks)
    assert after["profiles"][1] == before["profiles"][1]
    assert (after["profiles"][0]["phone"], after["profiles"][0]["merges"]) == (None, [])


@pytest.mark.parametrize("key", ["support", "analyst", "agent", "conversations:read", "shopper"])
async def test_who_sees_merges(baton: Program, shop: Shop, talks: tuple[Started, Started], key: str) -> None:
    ann, bea = (profile["id"] for profile in (await state(baton, shop, *talks))["profiles"])
    await baton.done(shop.owner, "mergeProfiles", profileId=bea, intoProfileId=ann)
    token = talks[0].token if key == "shopper" else shop.tokens[key]
    found = await baton.data(
        token, "query($id: ID!) { conversation(id: $id) { profile { merges { at } } } }", id=talks[0].id
    )
    merges: Any = found["conversation"]["profile"]["merges"]
    assert (merges is not None) == (key in ("support", "analyst"))


async def test_refusals(baton: Program, shop: Shop, rival: Shop, talks: tuple[Started, Started]) -> None:
    ann, bea = (profile["id"] for profile in (await state(baton, shop, *talks))["profiles"])

    async def refused(key: str, name: str, **given: str) -> list[tuple[str, Any]]:
        return [(error["code"], error["path"]) for error in (await baton.command(key, name, **given))["errors"]]

    assert await refused(shop.owner, "mergeProfiles", profileId=ann, intoProfileId=ann) == [
        ("INVALID", ["input", "intoProfileId"])
    ]
    assert await refused(shop.owner, "mergeProfiles", profileId="x", intoProfileId=ann) == [
        ("INVALID", ["input", "profileId"])
    ]
    assert await refused(rival.owner, "mergeProfiles", profileId=bea, intoProfileId=ann) == [
        ("NOT_FOUND", ["input", "profileId"])
    ]
    assert await refused(rival.owner, "splitProfile", profileId=bea) == [("NOT_FOUND", ["input", "profileId"])]
    assert await refused(shop.owner, "splitProfile", profileId=bea) == [("CONFLICT", ["input", "profileId"])]
    assert await refused(shop.support, "splitProfile", profileId=bea) == [("FORBIDDEN", None)]
    other = await baton.start(shop, key=shop.owner, profileId="other")
    [profile] = (await state(baton, shop, other))["profiles"]
    assert await refused(shop.owner, "mergeProfiles", profileId=profile["id"], intoProfileId=ann) == [
        ("CONFLICT", None)
    ]
