"""WhatsApp's 24 hours: a later reply leaves in the account's template, or is refused with what to do."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from dev.fakes.twilio import NUMBER
from tests.api.webhooks.messaging.channels import PHONE, Channels
from tests.harness.program import Json

TEMPLATE = "HX" + "a" * 32
WINDOW = "{ conversations { nodes { id windowEndsAt ticket { id } } } }"


async def handed_over(channels: Channels, sender: str = f"whatsapp:{PHONE}", **connected: str) -> Json:
    """A conversation that a member of staff has taken."""
    await channels.connect_twilio(**connected)
    over_whatsapp = sender.startswith("whatsapp")
    await channels.text("Where is it?", sender=sender, to=f"whatsapp:{NUMBER}" if over_whatsapp else NUMBER)
    [found] = await channels.conversations()
    given = {"conversationId": found["id"], "epoch": 1, "reason": "EXPLICIT_ASK"}
    await channels.baton.done(channels.shop.agent, "requestHandoff", **given)
    [seen] = (await channels.baton.data(channels.shop.owner, WINDOW))["conversations"]["nodes"]
    await channels.baton.done(channels.shop.support, "takeTicket", ticketId=seen["ticket"]["id"])
    await channels.deliver()
    return dict(seen)


async def reply(channels: Channels, seen: Json, text: str = "It is **here**.\nCome by.") -> Json:
    given = {"conversationId": seen["id"], "text": text}
    payload = await channels.baton.command(channels.shop.support, "replyToConversation", **given)
    await channels.deliver()
    return payload


async def test_the_window_ends_24_hours_after_the_last_message(channels: Channels) -> None:
    seen = await handed_over(channels)
    assert seen["windowEndsAt"] == "2026-06-08T12:00:00.000Z"
    channels.baton.clock.move(timedelta(hours=5))
    await channels.text("Hello?", sender=f"whatsapp:{PHONE}", to=f"whatsapp:{NUMBER}")
    [again] = (await channels.baton.data(channels.shop.owner, WINDOW))["conversations"]["nodes"]
    assert again["windowEndsAt"] == "2026-06-08T17:00:00.000Z"


async def test_sms_has_no_window(channels: Channels) -> None:
    seen = await handed_over(channels, PHONE)
    assert seen["windowEndsAt"] is None
    channels.baton.clock.move(timedelta(hours=30))
    assert (await reply(channels, seen))["errors"] == []


@pytest.mark.parametrize("hours", [23, 24])
async def test_a_late_reply_without_a_template_is_refused(channels: Channels, hours: int) -> None:
    seen = await handed_over(channels)
    before = len(channels.twilio.messages)
    channels.baton.clock.move(timedelta(hours=hours))
    refused = await reply(channels, seen)
    if hours < 24:
        assert refused["errors"] == []
        assert len(channels.twilio.messages) == before + 1
        return
    [error] = refused["errors"]
    assert error["code"] == "CONFLICT"
    assert "templateSid" in error["message"]
    assert len(channels.twilio.messages) == before


async def test_a_late_reply_leaves_in_the_template(channels: Channels) -> None:
    seen = await handed_over(channels, templateSid=TEMPLATE)
    channels.baton.clock.move(timedelta(hours=30))
    assert (await reply(channels, seen))["errors"] == []
    sent = parse_qs(channels.twilio.calls("POST")[-1].body.decode())
    assert sent["ContentSid"] == [TEMPLATE]
    assert json.loads(sent["ContentVariables"][0]) == {"1": "It is *here*. Come by."}
    assert "Body" not in sent


async def test_a_reply_names_its_own_template(channels: Channels) -> None:
    seen = await handed_over(channels)
    channels.baton.clock.move(timedelta(hours=30))
    template = {"sid": TEMPLATE, "variables": [{"name": "1", "value": "Ann"}, {"name": "order", "value": "#1001"}]}
    given = {"conversationId": seen["id"], "text": "Hello Ann, #1001 is here.", "template": template}
    payload = await channels.baton.done(channels.shop.support, "replyToConversation", **given)
    assert payload["message"]["templateSid"] == TEMPLATE
    await channels.deliver()
    sent = parse_qs(channels.twilio.calls("POST")[-1].body.decode())
    assert sent["ContentSid"] == [TEMPLATE]
    assert json.loads(sent["ContentVariables"][0]) == {"1": "Ann", "order": "#1001"}
    assert "Body" not in sent


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ({"sid": "MG1"}, ["sid"]),
        ({"sid": TEMPLATE, "variables": [{"name": "1", "value": ""}]}, ["variables", "0", "value"]),
        ({"sid": TEMPLATE, "variables": [{"name": "1", "value": "a\nb"}]}, ["variables", "0", "value"]),
        ({"sid": TEMPLATE, "variables": [{"name": "1", "value": "a"}] * 2}, ["variables"]),
    ],
)
async def test_a_malformed_template_is_refused(channels: Channels, template: Json, path: list[str]) -> None:
    seen = await handed_over(channels)
    given = {"conversationId": seen["id"], "text": "Hi", "template": template}
    payload = await channels.baton.command(channels.shop.support, "replyToConversation", **given)
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "template", *path])]


async def test_other_channels_have_no_templates(channels: Channels) -> None:
    seen = await handed_over(channels, PHONE)
    given = {"conversationId": seen["id"], "text": "Hi", "template": {"sid": TEMPLATE}}
    payload = await channels.baton.command(channels.shop.support, "replyToConversation", **given)
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "template"])]


async def test_a_template_is_a_content_sid(channels: Channels) -> None:
    given = {"accountSid": "AC" + "0" * 32, "authToken": "t" * 32, "whatsappFrom": NUMBER, "templateSid": "MG1"}
    payload = await channels.baton.command(channels.shop.owner, "connectChannel", twilio=given)
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID", ["input", "twilio", "templateSid"])]
