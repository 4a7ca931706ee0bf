"""An event whose stored form is damaged is set aside for its receivers, and those behind it are sent in order."""

from __future__ import annotations

import pytest

from dev.fakes.klaviyo import Klaviyo
from dev.fakes.receiver import WebhookReceiver
from domain.doctor import Check
from tests.harness.program import Json, Program, Shop
from tests.resolvers.forwarding.endpoints import events_of, forward, read_endpoint, start_conversations, subscribe
from tests.resolvers.forwarding.test_klaviyo import connect

LETTERS = "query($id: ID!) { node(id: $id) { ... on DeadLetter { reason error event { id } } } }"


@pytest.mark.parametrize(
    "damage",
    [
        {"$set": {"type": 12_345}},
        {"$set": {"at": "yesterday"}},
        {"$set": {"conversation": []}},
        {"$unset": {"conversation": "", "type": ""}},
    ],
)
async def test_it_is_a_dead_letter_and_its_receivers_go_on(
    baton: Program, shop: Shop, receiver: WebhookReceiver, klaviyo: Klaviyo, damage: Json
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await connect(baton, shop)
    await start_conversations(baton, shop, 4)
    ids, events = await events_of(baton, shop), baton.database["business_events"]
    [_, whole, *_] = await events.find({"account": shop.id}).sort("seq").to_list()
    await events.update_one({"_id": whole["_id"]}, damage)
    await forward(baton)
    assert receiver.ids == [ids[0], *ids[2:]]
    assert len(klaviyo.recorded) == 3
    found = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]
    [letter] = found["nodes"]
    shown = (await baton.data(shop.owner, LETTERS, id=letter["id"]))["node"]
    assert (shown["reason"], shown["event"]) == ("UNREADABLE", None)
    assert "baton doctor" in shown["error"]
    refused = await baton.mutate(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
    checks = (baton.baton.ports.doctor, *baton.baton.ports.integrity_checks)
    findings = [finding for check in checks async for finding in check.examine(lambda _: None)]
    [told] = [each for each in findings if each.check is Check.RECORDS]
    assert whole["_id"] in told.where
    assert Check.FORWARDING in {each.check for each in findings}, "there are dead letters"

    await events.replace_one({"_id": whole["_id"]}, whole)
    await baton.done(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert receiver.ids == [ids[0], *ids[2:], ids[1]]


async def test_damage_alone_does_not_hold_up_a_page(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    """All that waits is damaged, and what has no number in the log has no place in it."""
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    events = baton.database["business_events"]
    await events.update_many({"account": shop.id}, {"$set": {"conversation": 1}})
    first = await events.find_one({"account": shop.id}, sort=[("seq", 1)]) or {}
    await events.insert_one({**first, "_id": "between", "seq": first["seq"] + 0.5})
    await forward(baton)
    found = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]
    assert len(found["nodes"]) == 3
    await start_conversations(baton, shop, 1, first=4)
    await forward(baton)
    assert len(receiver.ids) == 1
