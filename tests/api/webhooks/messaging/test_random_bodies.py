"""Random bodies, signed, at the endpoints themselves: each has an outcome, none is an internal error, and an honest
message comes in afterwards."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st

from api.webhooks import zendesk as zendesk_hook
from dev.fakes.shopify import SECRET, SHOP, ShopifySender, order, refund
from dev.fakes.zendesk import WEBHOOK_SECRET, Hook, Zendesk
from tests.api.webhooks.messaging.channels import Channels, new_mail
from tests.api.webhooks.messaging.test_mail_files import PDF, with_files
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook, hand_over
from tests.harness.mutated_bodies import UNIQUE, bystander, drawn, mutated_json, uniquely
from tests.harness.program import Json, Program, Shop

ROUNDS = 400 if "BATON_LONG" in os.environ else 25
PIECES = [
    b"\x00", b"\xff\xfe", b"--b\r\n", b"--b--", b"\r\n\r\n", b"=?utf-8?q?", b"?=", b"<a ", b"<!--", b";a*0*=", b"(",
    b">", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n",
    b"From: ", b"Subject: ",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Disposition: attachment; filename*=x'y'%ff\r\n", b"\r\n ", b"@",
    b"In-Reply-To: <", b"Date: x\r\n", b"Content-Type: text/html; charset=utf-7\r\n",
]  # fmt: skip
FIELDS = ["Body", "From", "To", "NumMedia", "MediaUrl0", "MediaContentType0", "Latitude", "Longitude", "OptOutType"]
VALUES = ["", "\x00", "9" * 400, "whatsapp:", "+1", "STOP", "http://[", "\ud83d", "-0.0", "NaN", "💥" * 2_000, "1"]


def mutated(rng: random.Random, raw: bytes) -> bytes:
    """The bytes with some pieces put in, left out, or said again."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(data) + 1)
        piece = rng.choice(PIECES) * rng.choice([1, 1, 2, 500])
        data[at : at + rng.choice([0, 0, 1, 40, 4_000])] = piece
    return bytes(data)


async def test_mails(channels: Channels) -> None:
    await channels.connect_email()
    rng = random.Random(os.environ.get("BATON_SEED", "mails"))
    seeds: list[Callable[[], bytes]] = [
        lambda: with_files("a.pdf").as_bytes(),
        lambda: new_mail("Où est-ce ?", subject="Été").as_bytes(),
        lambda: rng.randbytes(200),
    ]
    for _ in range(ROUNDS):
        began = time.monotonic()
        response = await channels.mail(mutated(rng, rng.choice(seeds)()))
        assert response.status_code == 200, response.text
        assert time.monotonic() - began < 30
    assert await channels.outcome_of(new_mail("Still there?", sender="bea@customer.example")) == "taken"


async def test_texts(channels: Channels) -> None:
    await channels.connect_twilio()
    rng = random.Random(os.environ.get("BATON_SEED", "texts"))
    for _ in range(2 * ROUNDS):
        names = rng.sample(FIELDS, rng.randint(0, len(FIELDS)))
        more = {
            name: rng.choice(VALUES).encode("utf-8", "replace").decode() for name in names if name not in ("To", "From")
        }
        sender = rng.choice(["+15005550100", "whatsapp:+15005550100", "ACME", "", "+999"])
        form = channels.twilio.incoming(sender, more.pop("Body", "Hi"), **more)
        assert (await channels.post_form(form)).status_code in (200, 400)
    await channels.baton.baton.workers.timers.fire_due()
    assert (await channels.text("Still there?")).status_code == 200


LATEST = "{ conversations(first: 20) { nodes { firstQuestion } } }"
LAST = "query($id: ID!) { conversation(id: $id) { lastMessage { text } } }"

# Structure-aware: valid bodies with parts changed, rightly signed.

ZENDESK_FILE: Json = {
    "id": "77",
    "filename": "a.pdf",
    "content_type": "application/pdf",
    "content_url": "https://z.example/1",
}


async def test_mutated_events_of_zendesk(baton: Program, shop: Shop, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    started = await baton.start(shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    comment = zendesk.add_agent_comment(ticket, "It is on its way")
    comment["event"]["comment"] = {**comment["event"]["comment"], "id": UNIQUE, "attachments": [ZENDESK_FILE]}
    status = zendesk.change_status(ticket, "solved")
    linked = {
        **comment,
        "type": "zen:event-type:ticket.attachment_linked_to_comment",
        "event": {"attachment": {**ZENDESK_FILE, "is_public": True}, "comment": {"id": "1"}},
    }
    template = {"ticket_id": str(ticket.id), "external_id": ticket.fields["external_id"]}
    valid = [{**event, "id": UNIQUE} for event in (comment, comment, status, linked)]
    bodies = drawn(st.sampled_from([*valid, template]).flatmap(mutated_json), 60)
    async with bystander(baton, shop.owner):
        for number, body in enumerate(bodies):
            began = time.monotonic()
            response = await webhook.post(signed_for_zendesk(baton, uniquely(body, number)))
            assert response.status_code in (200, 400), (body, response.text)
            assert time.monotonic() - began < 30, body
    await baton.baton.workers.timers.fire_due()
    assert await webhook.result_of(zendesk.signed(zendesk.add_agent_comment(ticket, "Still there?"))) == "accepted"
    last = await baton.data(shop.owner, LAST, id=started.id)
    assert last["conversation"]["lastMessage"]["text"] == "Still there?"


def signed_for_zendesk(baton: Program, body: bytes) -> Hook:
    timestamp = baton.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {
        "content-type": "application/json",
        "x-zendesk-webhook-signature": zendesk_hook.signature(WEBHOOK_SECRET, timestamp, body),
        "x-zendesk-webhook-signature-timestamp": timestamp,
    }
    return Hook(headers=headers, body=body)


async def test_mutated_orders_of_shopify(baton: Program, shop: Shop) -> None:
    payload = await baton.done(shop.owner, "connectShopify", shopDomain=SHOP, clientSecret=SECRET)
    path = payload["connection"]["webhookUrl"].removeprefix("https://baton.example")
    sender = ShopifySender(baton.http, path)
    baton.clock.move(timedelta(hours=3))  # after the orders
    valid = [
        ("orders/create", {**order(), "id": UNIQUE}),
        ("orders/updated", order(refunds=[refund(1, "69.97")], note_attributes=[{"name": "baton_conversation"}])),
        ("refunds/create", refund(2, "5.00")),
        ("customers/redact", {"customer": {"id": 1, "email": "a@b.example"}, "orders_to_redact": [1, 2]}),
        ("customers/data_request", {"orders_requested": [1, 2]}),
    ]
    bodies = drawn(st.sampled_from(valid).flatmap(lambda each: st.tuples(st.just(each[0]), mutated_json(each[1]))), 60)
    async with bystander(baton, shop.owner):
        for number, (topic, body) in enumerate(bodies):
            began = time.monotonic()
            response = await sender.send(sender.delivery(topic, uniquely(body, number)))
            assert response.status_code == 200, (topic, body, response.text)
            assert time.monotonic() - began < 30, body
    assert await sender.tell("orders/create", order(777, "1.00")) == "Processed."


async def test_mutated_texts(channels: Channels) -> None:
    await channels.connect_twilio()
    media = {"NumMedia": "1", "MediaContentType0": "image/png", "MediaUrl0": "http://127.0.0.2:1/a.png"}
    place = {"Latitude": "37.7", "Longitude": "-122.4", "Label": "Here", "ProfileName": "Ann"}
    reply = {"OriginalRepliedMessageSid": "SM1", "ButtonText": "Yes", "MessageType": "button", "OptOutType": "HELP"}
    odd = st.sampled_from(VALUES) | st.text(max_size=30)
    changes = st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["odd", "missing", "twice", "added"]), odd), max_size=4
    )
    senders = st.sampled_from(["+15005550100", "whatsapp:+15005550101"])
    forms = drawn(st.tuples(senders, st.sampled_from([media, place, reply]), changes), 60)
    async with bystander(channels.baton, channels.shop.owner):
        for sender, more, changed in forms:
            form = channels.twilio.incoming(sender, "Where is it?", **more)
            for at, change, value in changed:
                place_of = at % len(form)
                name, written = value.encode("utf-8", "replace").decode(), form[place_of]
                new = {"odd": [(written[0], name)], "missing": [], "twice": [written, (written[0], name)]}
                form[place_of : place_of + 1] = new.get(change, [written, (name, name)])
            if not form:
                continue
            began = time.monotonic()
            response = await channels.post_form(form)
            assert response.status_code in (200, 400, 403), (form, response.text)
            assert time.monotonic() - began < 30, form
    await channels.baton.baton.workers.timers.fire_due()
    assert (await channels.text("Still there?", sender="+15005550199")).status_code == 200
    last = await channels.baton.data(channels.shop.owner, LATEST)
    assert "Still there?" in [each["firstQuestion"] for each in last["conversations"]["nodes"]]


TAGS = ("<p>", "</p>", "<table><tr><td>", "<blockquote>", "</div>", "<a href='javascript:x'>", "<style>", "<!--")
PIECES_OF_HTML = st.sampled_from([*TAGS, "-->", "<" * 300, "&#0;", "&#x110000;", "&nbsp;" * 500, "<![CDATA["])
ODD_HTML = st.lists(PIECES_OF_HTML | st.text(max_size=20), max_size=12)
CHARSETS = ("utf-8", "utf-7", "gb2312", "shift_jis", "unicode_escape", "idna", "x" * 500, "base64", "\x00")
TYPES = (
    "text/html",
    "text/plain",
    "text/calendar",
    "application/pdf",
    "message/rfc822",
    "message/delivery-status",
    "x",
)
ENCODINGS = ("7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "?")


@st.composite
def parts(draw: st.DrawFn, depth: int = 0) -> bytes:
    """A part of a mail: a leaf, or a multipart with some of its rules broken."""
    if depth < 4 and draw(st.integers(0, 2)) == 0:
        inner = draw(st.lists(parts(depth + 1), max_size=3))
        kind = draw(st.sampled_from(["mixed", "alternative", "related", "report", "digest", "signed", ""]))
        mark = draw(st.sampled_from(["b", f"b{depth}", "", "=_x" * 40]))
        end = draw(st.sampled_from([b"--\r\n", b"", b"\r\n"]))
        head = f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode()
        return (
            head
            + b"".join(b"--" + mark.encode() + b"\r\n" + each + b"\r\n" for each in inner)
            + b"--"
            + mark.encode()
            + end
        )
    kind, charset = draw(st.sampled_from(TYPES)), draw(st.sampled_from(CHARSETS))
    encoding, body = draw(st.sampled_from(ENCODINGS)), "".join(draw(ODD_HTML)).encode("utf-8", "replace")
    head = f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n'
    name = draw(st.sampled_from(["", "Content-Disposition: attachment; filename=a.pdf\r\n", "Content-ID: <x>\r\n"]))
    return (head + name + "\r\n").encode() + draw(st.sampled_from([body, PDF, b"", body * 20]))


async def test_mutated_mails(channels: Channels) -> None:
    await channels.connect_email()
    heads = st.sampled_from(["From: Ann <ann@c.example>\r\n", "From: a@b.example, c@d.example\r\n", "From: @\r\n", ""])
    subjects = st.sampled_from(["Hello", "=?utf-8?q?=C3?=", "=?x?b?" * 40, "\x00", "Re: " * 200]) | st.text(max_size=20)
    mails = drawn(st.tuples(heads, subjects, parts()), 60)
    async with bystander(channels.baton, channels.shop.owner):
        for number, (head, subject, part) in enumerate(mails):
            began = time.monotonic()
            start = f"{head}Subject: {subject}\r\nMessage-ID: <{number}@c.example>\r\nMIME-Version: 1.0\r\n"
            mail = start.encode("utf-8", "replace") + part
            response = await channels.mail(mail)
            assert response.status_code == 200, (mail, response.text)
            assert time.monotonic() - began < 60, mail
    assert await channels.outcome_of(new_mail("Still there?", sender="bea@customer.example")) == "taken"
