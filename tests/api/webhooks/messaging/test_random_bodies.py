"""Random bodies, signed, at the endpoints themselves: each has an outcome, none is an internal error, and an honest
message comes in afterwards."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

from tests.api.webhooks.messaging.channels import Channels, new_mail
from tests.api.webhooks.messaging.test_mail_files import with_files

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
