"""The Twilio sender: each text is sent once, and each error is classified."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.faults import (
    Fault,
    cut_after,
    cut_before,
    failing,
    responding,
    silent_after,
    silent_before,
    too_many,
    wrong_body,
)
from dev.fakes.server import serving
from dev.fakes.twilio import NUMBER, SID, TOKEN, Twilio
from domain.content_types import sniff
from domain.conversation.lifecycle import open_conversation
from domain.delivery.errors import PermanentError, TransientError
from domain.model.account import Account
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import Author, AuthorKind, Conversation, Message, MessageKind, Visitor
from domain.model.messaging import Route
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.channel import Channel
from domain.values.errors import Invalid, Unavailable
from domain.values.ids import AccountId, MessageId, ProfileId
from domain.values.record import replace
from integrations.http import HttpClient
from integrations.sms.twilio import _WHATSAPP_TYPES, TwilioClient, TwilioSender, TwilioVerifier
from tests.harness.clock import START, ManualClock
from tests.harness.files import PDF, PNG, outgoing

PHONE = "+15005550100"
SETTINGS = {"account_sid": SID, "sms_from": NUMBER, "whatsapp_from": NUMBER}
CONNECTION = UnsealedConnection(
    service=Service.TWILIO, settings=SETTINGS, secrets={"auth_token": TOKEN, "hook_token": "h00k"}
)
SEND = "POST /2010-04-01/Accounts/*/Messages.json"
LIST = "GET /2010-04-01/Accounts/*/Messages.json"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def twilio(clock: ManualClock) -> AsyncIterator[Twilio]:
    fake = Twilio(clock=clock)
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def client(twilio: Twilio) -> AsyncIterator[TwilioClient]:
    http = HttpClient()
    yield TwilioClient(http=http, url=twilio.url)
    await http.close()


@pytest.fixture
def sender(client: TwilioClient) -> TwilioSender:
    return TwilioSender(client=client, public_url="https://baton.example")


def text_message(text: str, number: str = "M" * 26) -> Message:
    return Message(
        id=MessageId(number),
        conversation_id=conversation().id,
        sequence=2,
        kind=MessageKind.TEXT,
        author=Author(kind=AuthorKind.AI_AGENT, name="Assistant"),
        text=text,
        sent_at=START,
    )


def conversation(channel: Channel = Channel.SMS, **route: Any) -> Conversation:
    opened = open_conversation(
        channel=channel,
        visitor=Visitor(phone=PHONE),
        profile_id=ProfileId("P" * 26),
        first_question="Hi",
        now=START,
    )
    return replace(opened, route=Route(service=Service.TWILIO, shopper_address=PHONE, **route))


def compose(sender: TwilioSender, text: str, of: Conversation | None = None) -> str:
    account = Account(id=AccountId("A" * 26), name="Acme", created_at=START)
    context = DeliveryContext(
        row_id="R",
        kind=OutgoingKind.MESSAGE,
        account=account,
        conversation=of or conversation(),
        messages=(text_message(text),),
    )
    return sender.compose(context, CONNECTION)


def delivery_request(
    payload: str, clock: ManualClock, *, outcome_unknown: bool = False, since: timedelta = timedelta(0)
) -> DeliveryRequest:
    return DeliveryRequest(
        row_id="R",
        kind=OutgoingKind.MESSAGE,
        payload=payload,
        key="k",
        connection=CONNECTION,
        first_attempt_at=clock.now() - since,
        now=clock.now(),
        outcome_unknown=outcome_unknown,
    )


async def test_a_text_is_sent(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    payload = compose(sender, "See [here](https://shop.example/x) مرحبا 👋🏽 & more")
    assert TOKEN not in payload
    assert "h00k" not in payload
    result = await sender.deliver(delivery_request(payload, clock))
    [message] = twilio.messages
    assert (result.external_id, result.http_status) == (message["sid"], 201)
    [received] = twilio.received
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert received.form == {
        "To": [PHONE],
        "From": [NUMBER],
        "Body": ["See here: https://shop.example/x مرحبا 👋🏽 & more"],
        "StatusCallback": [f"https://baton.example/hooks/twilio/h00k?message={'M' * 26}"],
    }


@pytest.mark.parametrize(
    ("channel", "route", "to", "source"),
    [
        (Channel.WHATSAPP, {}, f"whatsapp:{PHONE}", ("From", f"whatsapp:{NUMBER}")),
        (Channel.SMS, {"account_sender": "+15005550007"}, PHONE, ("From", "+15005550007")),
        (Channel.SMS, {"account_sender": "MG" + "a" * 32}, PHONE, ("MessagingServiceSid", "MG" + "a" * 32)),
        (
            Channel.WHATSAPP,
            {"account_sender": "MG" + "a" * 32},
            f"whatsapp:{PHONE}",
            ("MessagingServiceSid", "MG" + "a" * 32),
        ),
    ],
)
async def test_texts_are_sent_from_the_number_of_the_route(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock, channel: Channel, route: Any, to: str, source: Any
) -> None:
    await sender.deliver(delivery_request(compose(sender, "Hi", conversation(channel, **route)), clock))
    form = twilio.received[0].form
    assert (form["To"], form[source[0]]) == ([to], [source[1]])


async def test_a_long_text_goes_in_pieces(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    text = "A sentence that is neither long nor short. " * 100
    result = await sender.deliver(delivery_request(compose(sender, text), clock))
    bodies = twilio.sent_to(PHONE)
    assert [body[:5] for body in bodies] == ["(1/3)", "(2/3)", "(3/3)"]
    assert result.external_id == " ".join(m["sid"] for m in reversed(twilio.messages))


FAULTS = [
    (cut_before(), 0),
    (cut_after(), 1),
    (failing(500), 0),
    (failing(503, retry_after=9), 0),
    (too_many(retry_after=7), 0),
    (too_many(), 0),
    (wrong_body(), 1),
    (wrong_body(b""), 1),
    (wrong_body(b'["sid"]'), 1),
]


async def test_each_piece_arrives_once_despite_every_fault(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock
) -> None:
    for error, sent in FAULTS:
        for piece in range(3):
            twilio.messages.clear()
            await _interrupted(twilio, sender, clock, error, sent, piece)


async def test_a_silent_server_times_out(twilio: Twilio, clock: ManualClock) -> None:
    http = HttpClient(deadline=1.5)
    impatient_sender = TwilioSender(client=TwilioClient(http=http, url=twilio.url), public_url="https://baton.example")
    for error, sent in ((silent_before(), 0), (silent_after(), 1)):
        twilio.messages.clear()
        await _interrupted(twilio, impatient_sender, clock, error, sent, 1)
    await http.close()


async def _interrupted(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock, error: Fault, sent: int, piece: int
) -> None:
    payload = compose(sender, "A sentence that is neither long nor short. " * 100)
    await sender.deliver(delivery_request(compose(sender, "OK"), clock))
    clock.move(timedelta(seconds=30))
    first_attempt_at = clock.now()
    calls = 0

    def plan(received: Any) -> Fault | None:
        nonlocal calls
        calls += received.method == "POST"
        return error if calls == piece + 1 else None

    twilio.faults.plan = plan
    with pytest.raises(TransientError) as raised:
        await sender.deliver(delivery_request(payload, clock))
    twilio.faults.plan = None
    problem = raised.value
    assert len(twilio.messages) == 1 + piece + sent
    if piece or sent:
        assert problem.outcome_unknown
    assert TOKEN not in problem.message
    clock.move(timedelta(minutes=5))
    again = replace(
        delivery_request(payload, clock, outcome_unknown=problem.outcome_unknown), first_attempt_at=first_attempt_at
    )
    result = await sender.deliver(again)
    bodies = twilio.sent_to(PHONE)
    assert [body[:5] for body in bodies] == ["OK", "(1/3)", "(2/3)", "(3/3)"]
    assert result.external_id == " ".join(m["sid"] for m in reversed(twilio.messages[:3]))
    clock.move(timedelta(minutes=5))


async def test_retry_after_is_respected(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    twilio.faults.add(too_many(retry_after=7), on=SEND)
    with pytest.raises(TransientError) as raised:
        await sender.deliver(delivery_request(compose(sender, "Hi"), clock))
    error = raised.value
    assert (error.http_status, error.retry_after, error.outcome_unknown) == (429, timedelta(seconds=7), False)


REFUSALS: list[tuple[int, int | None, str, bool]] = [
    (400, 21610, "21610: The shopper sent STOP to this number. They receive nothing until they send START", False),
    (400, 21211, "21211: Invalid 'To' Phone Number", False),
    (400, 21614, "21614: not a mobile number", False),
    (400, 63016, "63016: WhatsApp accepts free text only within 24 hours", False),
    (400, 21408, "21408: no permission for the region", False),
    (401, 20003, "20003: Authenticate", True),
    (403, 20003, "20003: Forbidden", True),
    (404, 20404, "20404: not found", True),
    (403, None, "not allowed", False),
    (302, None, "Found", False),
]


async def test_refusals_are_final(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    for status, code, message, credentials in REFUSALS:
        body = {"message": message.partition(": ")[2] or message, "status": status, **({"code": code} if code else {})}
        twilio.faults.add(responding(status, body), on=SEND)
        with pytest.raises(PermanentError) as raised:
            await sender.deliver(delivery_request(compose(sender, "Hi"), clock))
        error = raised.value
        assert error.message.startswith(message)
        assert (error.http_status, error.credentials) == (status, credentials)
    assert twilio.messages == []


async def test_plain_text_errors_are_shown_on_one_line(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock
) -> None:
    twilio.faults.add(responding(400, text=f"No\n\nway {TOKEN} " + "x" * 1_000), on=SEND)
    with pytest.raises(PermanentError) as raised:
        await sender.deliver(delivery_request(compose(sender, "Hi"), clock))
    assert raised.value.message.startswith("No way … xxx")
    assert len(raised.value.message) == 300


async def test_if_the_search_fails_nothing_is_sent(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    for error in (cut_before(), failing(), wrong_body(), too_many(3)):
        twilio.faults.add(error, on=LIST)
        with pytest.raises(TransientError) as raised:
            await sender.deliver(delivery_request(compose(sender, "Hi"), clock, outcome_unknown=True))
        assert raised.value.outcome_unknown
    assert twilio.calls("POST") == []


@pytest.mark.parametrize("skew", [-3_600, 0, 3_600])
async def test_an_earlier_text_with_the_same_body_is_another_text(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock, skew: int
) -> None:
    """The clocks of Twilio and Baton may differ."""
    ours = ManualClock()
    clock.set(ours.now() + timedelta(seconds=skew))
    await sender.deliver(delivery_request(compose(sender, "OK"), ours))
    for both in (clock, ours):
        both.move(timedelta(seconds=10))
    await sender.deliver(delivery_request(compose(sender, "OK"), ours, outcome_unknown=True))
    assert len(twilio.messages) == 2
    for both in (clock, ours):
        both.move(timedelta(seconds=10))
    again = delivery_request(compose(sender, "OK"), ours, outcome_unknown=True, since=timedelta(seconds=10))
    result = await sender.deliver(again)
    assert (len(twilio.messages), result.external_id) == (2, twilio.messages[0]["sid"])


async def test_more_than_one_page_is_searched(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    payload = compose(sender, "Hi")
    started = clock.now()
    await sender.deliver(delivery_request(payload, clock))
    for number in range(130):  # texts to the same shopper from other programs that use the account
        twilio.messages.insert(0, {**twilio.messages[-1], "sid": f"SM{number}", "body": f"Offer {number}"})
    result = await sender.deliver(
        replace(delivery_request(payload, clock, outcome_unknown=True), first_attempt_at=started)
    )
    assert result.external_id == twilio.messages[-1]["sid"]
    assert len(twilio.calls("GET")) == 2


async def test_the_prefix_of_a_trial_account_is_ignored(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock
) -> None:
    twilio.prefix = "Sent from your Twilio trial account - "
    payload = compose(sender, "Hi   there")
    await sender.deliver(delivery_request(payload, clock))
    await sender.deliver(delivery_request(payload, clock, outcome_unknown=True))
    assert len(twilio.messages) == 1


async def test_a_conversation_without_a_number(sender: TwilioSender) -> None:
    bare = UnsealedConnection(service=Service.TWILIO, settings={"account_sid": SID, "sms_from": NUMBER}, secrets={})
    account = Account(id=AccountId("A" * 26), name="Acme", created_at=START)
    context = DeliveryContext(
        row_id="R",
        kind=OutgoingKind.MESSAGE,
        account=account,
        conversation=conversation(Channel.WHATSAPP),
        messages=(text_message("Hi"),),
    )
    with pytest.raises(PermanentError, match="connectChannel"):
        sender.compose(context, bare)
    with pytest.raises(PermanentError, match="no phone number"):
        sender.compose(replace(context, conversation=replace(context.conversation, route=None)), CONNECTION)


async def test_verification(twilio: Twilio, client: TwilioClient) -> None:
    verifier = TwilioVerifier(client=client)
    assert (await verifier.verify(CONNECTION)).display_name == "Acme"
    wrong = replace(CONNECTION, secrets={"auth_token": "other"})
    with pytest.raises(Invalid) as refused:
        await verifier.verify(wrong)
    assert refused.value.field == ("twilio", "auth_token")
    twilio.status = "suspended"
    with pytest.raises(Invalid, match="suspended"):
        await verifier.verify(CONNECTION)
    for error in (failing(), cut_before(), wrong_body(), too_many(3)):
        twilio.faults.add(error)
        with pytest.raises(Unavailable, match="Nothing was saved"):
            await verifier.verify(CONNECTION)
    assert json.dumps([r.path for r in twilio.received]).count("Messages") == 0


async def test_several_at_once(twilio: Twilio, sender: TwilioSender, clock: ManualClock) -> None:
    await asyncio.gather(*(sender.deliver(delivery_request(compose(sender, f"Hi {n}"), clock)) for n in range(20)))
    assert sorted(twilio.sent_to(PHONE)) == sorted(f"Hi {n}" for n in range(20))


def composed_with_files(
    sender: TwilioSender, *contents: bytes, of: Conversation, text: str = "Look", kind: str = "image/png"
) -> str:
    shown, files = outgoing(*contents, kind=kind)
    message = replace(text_message(text), attachments=shown)
    account = Account(id=AccountId("A" * 26), name="Acme", created_at=START)
    context = DeliveryContext(
        row_id="R",
        kind=OutgoingKind.MESSAGE,
        account=account,
        conversation=of,
        messages=(message,),
        files=files,
    )
    return sender.compose(context, CONNECTION)


async def test_images_leave_by_mms_and_other_files_as_links(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock
) -> None:
    images = composed_with_files(sender, b"1", b"2", of=conversation(), text="")
    films = composed_with_files(sender, b"3", of=conversation(), kind="video/mp4")
    for payload in (images, films):
        await sender.deliver(delivery_request(payload, clock))
    first, second = twilio.received
    assert first.form["MediaUrl"] == ["https://baton.example/files/1", "https://baton.example/files/2"]
    assert "Body" not in first.form
    assert second.form["Body"] == ["Look\n\nphoto 1.png\nhttps://baton.example/files/1"]


async def test_whatsapp_carries_a_file_with_each_message(
    twilio: Twilio, sender: TwilioSender, clock: ManualClock
) -> None:
    of = conversation(Channel.WHATSAPP, account_sender=NUMBER)
    payload = composed_with_files(sender, b"1", b"2", of=of)
    await sender.deliver(delivery_request(payload, clock))
    assert [(m["body"], m["num_media"]) for m in reversed(twilio.messages)] == [("Look", "1"), ("", "1")]
    again = await sender.deliver(delivery_request(payload, clock, outcome_unknown=True))
    assert len(twilio.messages) == 2
    assert again.external_id == " ".join(m["sid"] for m in reversed(twilio.messages))


def test_files_can_have_every_type_that_whatsapp_takes() -> None:
    """A type that no content has would never be sent as a file."""
    heads = (
        *(PNG, PDF, b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBPVP8 ", b"OggS\0\2" + bytes(22) + b"OpusHead"),
        *(b"ID3\3\0\0\0\0\0!TIT2" + bytes(40), b"\0\0\0\x18ftypM4A ", b"\0\0\0\x18ftypmp42"),
    )
    assert {sniff(head, declared="x/y") for head in heads} == _WHATSAPP_TYPES
