"""Business events that retention clears while they wait for a receiver: webhooks get them without the shopper."""

from __future__ import annotations

from datetime import timedelta

from dev.fakes.klaviyo import Klaviyo
from dev.fakes.receiver import WebhookReceiver
from domain.storage import TimerKind
from tests.harness.program import Program, Shop
from tests.resolvers.forwarding.endpoints import events_of, forward, subscribe
from tests.resolvers.forwarding.test_klaviyo import connect


async def test_a_cleared_event_goes_out_without_its_shopper(
    baton: Program, shop: Shop, receiver: WebhookReceiver, klaviyo: Klaviyo
) -> None:
    await subscribe(baton, shop, receiver)
    await connect(baton, shop)
    await baton.start(shop, "zanzibar", key=shop.owner, email="lena@example.com", name="Lena")
    baton.clock.move(timedelta(days=9))
    await baton.done(shop.owner, "updateRetention", events="P7D")
    await baton.baton.workers.timers.fire_due((TimerKind.APPLY_RETENTION,))
    await baton.start(shop, "honolulu", key=shop.owner, email="ann@example.com")
    await forward(baton)
    assert receiver.ids == await events_of(baton, shop)
    cleared, whole = (message["data"] for message in receiver.messages)
    assert (cleared["firstMessage"], cleared["conversation"]["firstQuestion"]) == ("", "")
    assert (cleared["profile"]["email"], cleared["profile"]["name"]) == (None, None)
    assert (whole["firstMessage"], whole["profile"]["email"]) == ("honolulu", "ann@example.com")
    assert [event["properties"]["FirstMessage"] for event in klaviyo.recorded] == ["honolulu"]
