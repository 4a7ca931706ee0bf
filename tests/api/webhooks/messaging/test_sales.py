"""Delivery reports of the agent's messages count as touches for later orders."""

from __future__ import annotations

from datetime import timedelta

from dev.fakes.twilio import NUMBER, Twilio
from tests.api.webhooks.messaging.channels import PHONE, Channels
from tests.harness.program import Json, Program, Shop

SOLD = "{ conversations { nodes { channel sales { orderId touch touchedAt window } } } }"


async def sold(channels: Channels) -> dict[str, list[Json]]:
    nodes = (await channels.baton.data(channels.shop.owner, SOLD))["conversations"]["nodes"]
    return {node["channel"]: node["sales"] for node in nodes}


async def bought(channels: Channels, order_id: str) -> None:
    now = channels.baton.clock.now().isoformat()
    total = {"amount": "10.00", "currency": "EUR"}
    arguments = {"orderId": order_id, "placedAt": now, "total": total, "phone": PHONE}
    await channels.baton.done(channels.shop.owner, "recordOrder", **arguments)


async def test_a_delivered_text(baton: Program, shop: Shop, channels: Channels, twilio: Twilio) -> None:
    await channels.connect_twilio()
    await channels.text("Do you have kettles?")
    await channels.reply_as_agent("We do.")
    await channels.deliver()
    await bought(channels, "before it was delivered")
    for status in ("sent", "delivered", "delivered", "read"):
        baton.clock.move(timedelta(minutes=1))
        address, form = twilio.reported(0, status)
        await channels.post_form(form, address)
    assert await baton.database["touches"].count_documents({}) == 1
    baton.clock.move(timedelta(hours=11, minutes=58))
    await bought(channels, "within its 12 hours")
    baton.clock.move(timedelta(seconds=1))
    await bought(channels, "too late")
    touched = "2026-06-07T12:02:00.000Z"
    assert await sold(channels) == {
        "SMS": [{"orderId": "within its 12 hours", "touch": "SMS_DELIVERY", "touchedAt": touched, "window": "PT12H"}]
    }


async def test_a_read_whatsapp_message(baton: Program, shop: Shop, channels: Channels, twilio: Twilio) -> None:
    touch = {"channel": "WHATSAPP", "touch": "WHATSAPP_OPEN", "enabled": True}
    await baton.done(shop.owner, "updateAccount", attribution=[touch])
    await channels.connect_twilio()
    await channels.text("Do you have kettles?", sender=f"whatsapp:{PHONE}", to=f"whatsapp:{NUMBER}")
    await channels.reply_as_agent("We do.")
    await channels.deliver()
    for status, order_id in (("delivered", "not read yet"), ("read", "read")):
        baton.clock.move(timedelta(minutes=1))
        address, form = twilio.reported(0, status)
        await channels.post_form(form, address)
        await bought(channels, order_id)
    touched = "2026-06-07T12:02:00.000Z"
    assert await sold(channels) == {
        "WHATSAPP": [{"orderId": "read", "touch": "WHATSAPP_OPEN", "touchedAt": touched, "window": "P1D"}]
    }
