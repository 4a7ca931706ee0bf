"""Invalid endpoints, foreign cursors and ids, lost secrets: each gives an error, and writes nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dev.fakes.faults import failing
from dev.fakes.receiver import WebhookReceiver
from domain.doctor import Check, Finding
from tests.harness.program import Program, Shop
from tests.harness.workers import forward_due
from tests.resolvers.forwarding.endpoints import ALL, forward, read_endpoint, start_conversations, subscribe

URL = "https://partner.example/hooks"


@pytest.fixture
async def strict(baton: Program, tmp_path: Path) -> AsyncIterator[Program]:
    """The program, with webhooks to private networks forbidden."""
    async with baton.twin(tmp_path / "strict", webhook_private_networks=False) as program:
        yield program


INSIDE = "This URL is inside a private network: enter one that is publicly reachable."
REFUSED = {
    "http://partner.example/": "Enter an https URL: webhooks contain what shoppers wrote.",
    "https://10.0.0.1/": INSIDE,
    "https://[::ffff:169.254.169.254]/": INSIDE,
    "https://metadata.google.internal/": INSIDE,
    "https://ann:secret@partner.example/": "Remove user name and password from the URL: requests are signed instead.",
    "https://partner.example:22/": "The port must be 443, or 1024 or higher.",
    "https://partner.example:0/": "The port must be a number from 1 to 65535.",
    "https://partner.example/#top": "Remove the fragment (the part from # on): it is never sent.",
    "partner.example": "This is not a web address. Write it in full, like https://example.com/shoes.",
    "https://partner.example/" + "a" * 2048: "A URL may have at most 2,048 characters.",
}


async def test_addresses_that_are_refused(strict: Program, shop: Shop) -> None:
    endpoint = (await strict.done(shop.owner, "createWebhookEndpoint", url=URL, topics=ALL))["endpoint"]
    for url, message in REFUSED.items():
        for name, given in (
            ("createWebhookEndpoint", {"topics": ALL}),
            ("updateWebhookEndpoint", {"endpointId": endpoint["id"]}),
        ):
            [error] = (await strict.command(shop.owner, name, url=url, **given))["errors"]
            assert (error["code"], error["path"], error["message"]) == ("INVALID", ["input", "url"], message)
    assert (await read_endpoint(strict, shop, endpoint))["version"] == 1


async def test_no_request_goes_inside_though_the_address_is_kept(
    baton: Program, strict: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    """It was created while the operator allowed private networks."""
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 1)
    assert await forward(strict) == 0
    pinged = await strict.done(shop.owner, "pingWebhookEndpoint", endpointId=endpoint["id"])
    inside = "It leads into a private network, where webhooks may not go."
    assert (pinged["httpStatus"], pinged["error"]) == (None, inside)
    [attempt] = (await read_endpoint(strict, shop, endpoint))["forwarding"]["attempts"]
    assert (attempt["outcome"], attempt["error"]) == ("retrying", inside)
    assert receiver.received == []


async def test_topics_descriptions_and_how_many(baton: Program, shop: Shop) -> None:
    errors = await baton.errors_of(shop.owner, "createWebhookEndpoint", url=URL, topics=[])
    assert [(e["code"], e["path"]) for e in errors] == [("INVALID", ["input", "topics"])]
    for text in ("", "a" * 201, "two\nlines"):
        errors = await baton.errors_of(shop.owner, "createWebhookEndpoint", url=URL, topics=ALL, description=text)
        assert [(e["code"], e["path"]) for e in errors] == [("INVALID", ["input", "description"])]
    for n in range(20):
        made = await baton.mutate(
            shop.owner, "createWebhookEndpoint", url=f"{URL}/{n}", topics=[ALL[2], ALL[0], ALL[2]]
        )
        assert made["errors"] == []
    listed = (await baton.data(shop.owner, "{ webhookEndpoints { url topics } }"))["webhookEndpoints"]
    assert listed == [{"url": f"{URL}/{n}", "topics": [ALL[0], ALL[2]]} for n in range(20)]
    errors = (await baton.command(shop.owner, "createWebhookEndpoint", url=URL, topics=ALL))["errors"]
    assert [(e["code"], e["path"]) for e in errors] == [("CONFLICT", None)]


async def test_cursors_that_are_none(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    forwarding = (await read_endpoint(baton, shop, endpoint))["forwarding"]["id"]
    ahead = baton.baton.services.stream_cursors.encode(shop.id, (await baton.baton.ports.log.head(shop.id)).epoch, 999)
    begun_anew = baton.baton.services.stream_cursors.encode(shop.id, "another", 1)
    for cursor in ("", "nonsense", "🫖", ahead, begun_anew):
        for name, given in (
            ("createWebhookEndpoint", {"url": URL, "topics": ALL}),
            ("redeliverEvents", {"forwardingId": forwarding}),
        ):
            [error] = (await baton.command(shop.owner, name, after=cursor, **given))["errors"]
            assert (error["code"], error["path"]) == ("INVALID", ["input", "after"]), cursor


async def test_a_disabled_endpoint_gets_no_manual_delivery(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 1)
    receiver.faults.plan = lambda _: failing()
    while not await baton.database["dead_letters"].count_documents({}):
        await forward(baton)
        baton.clock.move(timedelta(hours=2))
    [letter] = (await read_endpoint(baton, shop, endpoint))["forwarding"]["deadLetters"]["nodes"]
    await baton.done(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], enabled=False)
    [error] = (await baton.command(shop.owner, "retryDeadLetter", deadLetterId=letter["id"]))["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "deadLetterId"])


async def test_a_secret_without_its_key_is_reported_and_can_be_replaced(
    baton: Program, shop: Shop, receiver: WebhookReceiver, tmp_path: Path
) -> None:
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 1)
    lost = (b64encode(b"n" * 32).decode(),)
    async with baton.twin(tmp_path / "other", encryption_key=lost) as other:
        loop = other.baton.workers.forwarding
        assert (await forward_due(loop), loop.failures) == (0, 1)
        told = [row async for row in other.baton.services.webhooks.sealed.unopenable()]
        assert [(account_id, found.id) for account_id, found, _ in told] == [(shop.id, told[0][1].id)]
        pinged = await other.done(shop.owner, "pingWebhookEndpoint", endpointId=endpoint["id"])
        assert pinged["error"] == "Its secret cannot be decrypted: rotate it."
        renewed = await other.done(shop.owner, "rotateWebhookSecret", endpointId=endpoint["id"])
        assert renewed["endpoint"]["previousSecretUntil"] is None
        receiver.secrets[:] = [renewed["secret"]]
        baton.clock.move(timedelta(minutes=1))
        assert await forward_due(loop) == 1
    assert receiver.received[-1].headers["webhook-signature"].count("v1,") == 1


async def test_secrets_are_resealed_with_the_newest_key(
    baton: Program, shop: Shop, receiver: WebhookReceiver, tmp_path: Path
) -> None:
    await subscribe(baton, shop, receiver)
    newest = b64encode(b"n" * 32).decode()
    both = (newest, *(key.get_secret_value() for key in baton.baton.settings.encryption_key))
    async with baton.twin(tmp_path / "both", encryption_key=both) as rotating:
        done = [row async for row in rotating.baton.services.webhooks.sealed.reseal(None)]
        assert [problem for _, _, problem in done] == [None]
        assert [row async for row in rotating.baton.services.webhooks.sealed.reseal(None)] == []
    await start_conversations(baton, shop, 1)
    async with baton.twin(tmp_path / "newest", encryption_key=(newest,)) as after:
        assert await forward(after) == 1
    assert len(receiver.messages) == 1


async def findings(baton: Program) -> list[Finding]:
    about = (Check.FORWARDING, Check.WORKER, Check.INDEXES)
    return [f async for f in baton.baton.ports.doctor.examine(lambda _: None) if f.check in about]


async def test_the_doctor(baton: Program, shop: Shop, receiver: WebhookReceiver) -> None:
    await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 1)
    assert await findings(baton) == []
    baton.clock.move(timedelta(minutes=10))
    [late] = await findings(baton)
    [row] = await baton.database["forwardings"].find().to_list()
    assert late.problem == f"events for webhook {row['_id']} have waited since 2026-06-07 12:00 UTC"
    receiver.faults.plan = lambda _: failing()
    await forward(baton)
    assert await findings(baton) == []
    for _ in range(20):
        baton.clock.move(timedelta(hours=6))
        await forward(baton)
    await baton.baton.workers.timers.fire_due()
    told = [f.problem for f in await findings(baton)]
    assert told == [
        f"webhook {row['_id']} has accepted no events since 2026-06-07 12:10 UTC",
        f"events that webhook {row['_id']} did not accept: 1",
    ]
    assert all(f.advice and f.where == f"account Shop ({shop.id})" for f in await findings(baton))
    await baton.database["forwardings"].update_one({}, {"$set": {"position": 999}})
    [beyond] = await findings(baton)
    assert "beyond the log's head" in beyond.problem
    await baton.database["forwardings"].delete_one({"_id": row["_id"]})
    [gone] = await findings(baton)
    assert gone.problem == f"endpoint {row['_id']} has no forwarding, and receives nothing"
    await baton.database["forwardings"].insert_one(row)
    await baton.database["webhook_endpoints"].delete_one({"_id": row["_id"]})
    [left] = await findings(baton)
    assert left.problem == f"forwarding {row['_id']} belongs to no endpoint"


async def test_a_paused_endpoint_that_is_enabled_is_named(
    baton: Program, shop: Shop, receiver: WebhookReceiver
) -> None:
    """A worker that cannot read the endpoint pauses it, and nothing wakes it once it is repaired."""
    endpoint = await subscribe(baton, shop, receiver)
    await start_conversations(baton, shop, 1)
    [stored] = await baton.database["webhook_endpoints"].find().to_list()
    await baton.database["webhook_endpoints"].update_one({"_id": stored["_id"]}, {"$set": {"created_at": "damaged"}})
    assert await forward(baton) == 0
    told = f"endpoint {stored['_id']} is enabled, but its forwarding is paused: it receives nothing"
    assert told in [each.problem for each in await findings(baton)]
    await baton.database["webhook_endpoints"].replace_one({"_id": stored["_id"]}, stored)
    [paused] = [each for each in await findings(baton) if each.problem == told]
    assert "updateWebhookEndpoint" in paused.advice
    for enabled in (False, True):
        await baton.done(shop.owner, "updateWebhookEndpoint", endpointId=endpoint["id"], enabled=enabled)
        assert await findings(baton) == []
    assert await forward(baton) == 1
