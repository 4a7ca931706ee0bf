"""Signed calls of Twilio's hook with odd fields: refused or ignored, and never an internal error."""

from __future__ import annotations

import json

import pytest

from dev.fakes.twilio import SID
from tests.api.webhooks.messaging.channels import PHONE, Channels

DEEP = "[" * 50_000
FORMS = {
    "no fields": [],
    "deep JSON in each field": [("MessageSid", DEEP), ("From", DEEP), ("Body", DEEP)],
    "deep JSON as a field's name": [(DEEP, "1")],
    "numbers": [("MessageSid", "1"), ("From", PHONE), ("NumMedia", "9" * 5_000), ("Body", "x")],
    "negative numbers": [("MessageSid", "2"), ("From", PHONE), ("NumMedia", "-1"), ("Body", "x")],
    "digits that are no numbers": [("MessageSid", "3"), ("From", PHONE), ("NumMedia", "²"), ("Body", "x")],
    "control characters": [("MessageSid", "4\0"), ("From", PHONE + "\0"), ("Body", "\0\ud7ff\uffff")],
    "no text": [("MessageSid", "5"), ("From", PHONE)],
    "an empty sender": [("MessageSid", "6"), ("From", ""), ("Body", "x")],
    "a channel alone": [("MessageSid", "7"), ("From", "whatsapp:"), ("Body", "x")],
    "a long sender": [("MessageSid", "8"), ("From", "+" + "1" * 100_000), ("Body", "x")],
    "a long id": [("MessageSid", "9" * 100_000), ("From", PHONE), ("Body", "x")],
    "a long text": [("MessageSid", "10"), ("From", PHONE), ("Body", "x" * 500_000)],
    "fields twice": [("MessageSid", "11"), ("MessageSid", "12"), ("From", PHONE), ("From", ""), ("Body", "x")],
    "a status": [("MessageSid", "13"), ("MessageStatus", "failed"), ("ErrorCode", DEEP), ("From", "x")],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_odd_texts(channels: Channels, form: list[tuple[str, str]]) -> None:
    await channels.connect_twilio()
    answer = await channels.post_form([*form, ("AccountSid", SID)])
    assert answer.status_code in (200, 400), answer.text
    url = channels.webhook_urls["TWILIO"] + "?message=" + "x" * 5_000
    answer = await channels.post_form([*form, ("AccountSid", SID)], url)
    assert answer.status_code in (200, 400, 404), answer.text


@pytest.mark.parametrize("body", [DEEP.encode(), json.dumps({"a": DEEP}).encode(), b"\xff", b"&" * 100_000, b"%" * 9])
async def test_odd_bodies(channels: Channels, body: bytes) -> None:
    await channels.connect_twilio()
    answer = await channels.post(channels.webhook_urls["TWILIO"], body, {"x-twilio-signature": "x"})
    assert answer.status_code in (400, 403), answer.text
