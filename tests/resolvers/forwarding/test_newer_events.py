"""An event of a type that only a newer build knows waits for a process of that build, and those behind it with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from dev.fakes.klaviyo import Klaviyo
from dev.fakes.receiver import WebhookReceiver
from tests.harness.program import Program, Shop
from tests.resolvers.forwarding.endpoints import events_of, forward, read_endpoint, start_conversations, subscribe
from tests.resolvers.forwarding.test_klaviyo import connect

NEWER = "CONVERSATION_PRAISED"
HOUR = timedelta(hours=1)


async def _make_newer(baton: Program, shop: Shop, place: int) -> str:
    """Turn one of the account's events into one of a newer build, to which every endpoint has subscribed. Returns its
    id."""
    events = baton.database["business_events"]
    row = (await events.find({"account": shop.id}).sort("seq").to_list())[place]
    await events.update_one({"_id": row["_id"]}, {"$set": {"type": NEWER}})
    await baton.database["webhook_endpoints"].update_many({}, {"$addToSet": {"topics": NEWER}})
    return str(row["_id"])


async def test_a_process_of_the_newer_build_delivers_it_in_order(
    baton: Program, shop: Shop, receiver: WebhookReceiver, klaviyo: Klaviyo, tmp_path: Path
) -> None:
    await subscribe(baton, shop, receiver)
    await connect(baton, shop)
    await start_conversations(baton, shop, 4)
    ids = await events_of(baton, shop)
    event = await _make_newer(baton, shop, 2)
    for _ in range(3):
        await forward(baton)
        baton.clock.move(timedelta(seconds=20))
    assert receiver.ids == ids[:2]
    assert len(klaviyo.recorded) == 2
    leases = await baton.database["forwardings"].count_documents({"lease": {"$exists": True}})
    assert leases == 0, "the newer build finds them free"

    # To a process of the newer build, the type is known.
    await baton.database["business_events"].update_one({"_id": event}, {"$set": {"type": "CONVERSATION_STARTED"}})
    async with baton.twin(tmp_path / "newer") as newer:
        await forward(newer)
    assert receiver.ids == ids
    assert len(klaviyo.recorded) == 4


async def test_without_one_it_becomes_a_dead_letter_after_an_hour(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    ids = await events_of(baton, shop)
    event = await _make_newer(baton, shop, 1)
    await forward(baton)
    assert receiver.ids == ids[:1]
    baton.clock.move(HOUR)
    await forward(baton)
    assert receiver.ids == [ids[0], ids[2]]
    found = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]
    [letter] = found["nodes"]
    assert "newer version of Baton" in letter["error"]
    refused = await baton.mutate(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert [error["code"] for error in refused["errors"]] == ["CONFLICT"]

    await baton.database["business_events"].update_one({"_id": event}, {"$set": {"type": "CONVERSATION_STARTED"}})
    await baton.done(shop.owner, "retryDeadLetter", deadLetterId=letter["id"])
    assert receiver.ids == [ids[0], ids[2], ids[1]]


async def test_after_a_rollback_all_that_the_newer_build_has_left_take_one_hour(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 4)
    ids = await events_of(baton, shop)
    for place in (1, 2):
        await _make_newer(baton, shop, place)
    await forward(baton)
    assert receiver.ids == ids[:1]
    baton.clock.move(HOUR)
    await forward(baton)
    assert receiver.ids == [ids[0], ids[3]]

    # The newer build is there once more, and has an hour for what happens from then on.
    await start_conversations(baton, shop, 1, first=5)
    await _make_newer(baton, shop, 4)
    await forward(baton)
    found = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]
    assert len(found["nodes"]) == 2
    baton.clock.move(HOUR)
    await forward(baton)
    found = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]
    assert len(found["nodes"]) == 3


async def test_an_endpoint_that_has_not_subscribed_is_not_held_up(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 3)
    ids = await events_of(baton, shop)
    await _make_newer(baton, shop, 1)
    await baton.database["webhook_endpoints"].update_many({}, {"$pull": {"topics": NEWER}})
    await forward(baton)
    assert receiver.ids == [ids[0], ids[2]]


async def test_a_receiver_of_a_newer_kind_is_left_alone(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await subscribe(baton, shop, receiver)
    forwardings = baton.database["forwardings"]
    await forwardings.update_many({}, {"$set": {"kind": "CARRIER_PIGEON"}})
    stored = await forwardings.find().to_list()
    await start_conversations(baton, shop, 1)
    assert await forward(baton) == 0
    assert await forwardings.find().to_list() == stored
