"""E-mail end to end: mails start conversations, replies stay in the thread, automatic mails get no reply."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest

from api.webhooks.email import signature
from dev.fakes.smtp import PASSWORD, USER, Sink
from dev.fakes.twilio import TOKEN
from tests.api.webhooks.messaging.channels import ADDRESS, PHONE, WEBHOOK_SECRET, Channels, new_mail
from tests.harness.fingerprints import LOG_HEADS
from tests.harness.program import Program

MX = "mx.shop.example"
PASSED = {"Authentication_Results": f"{MX}; spf=pass; dmarc=pass header.from=customer.example"}
HISTORY = "\n\nOn Sun, Jun 7, 2026 at 12:00 PM Acme <help@shop.example> wrote:\n> It arrives today.\n"


def reply(sink: Sink, text: str, *, index: int = -1, sender: str = f"Ann <{ADDRESS}>", **headers: str) -> EmailMessage:
    """A reply to the last mail, with the headers that a mail program adds."""
    got = sink.mails[index].message
    return new_mail(
        text + HISTORY,
        sender=sender,
        subject=str(got["Subject"]),
        **{"In_Reply_To": got["Message-ID"], "References": f"{got['References']} {got['Message-ID']}", **headers},
    )


async def test_from_the_first_mail_to_the_thread(channels: Channels, sink: Sink) -> None:
    connection = await channels.connect_email()
    assert (connection["channels"], connection["displayName"]) == (["EMAIL"], USER)
    assert await channels.outcome_of(new_mail("Where is it?\n", message_id="<1@customer.example>")) == "taken"
    conversation = await channels.only_conversation()
    assert (conversation["channel"], conversation["displayName"]) == ("EMAIL", "Ann")
    assert conversation["firstQuestion"] == "My order\n\nWhere is it?"
    await channels.reply_as_agent("It arrives today.")
    await channels.deliver()
    [mail] = sink.mails
    assert (mail.recipients, mail.message["Subject"]) == ((ADDRESS,), "Re: My order")
    assert mail.message["In-Reply-To"] == "<1@customer.example>"
    assert mail.text.startswith("It arrives today.\n")
    assert await channels.outcome_of(reply(sink, "Thank you!", message_id="<2@customer.example>")) == "taken"
    await channels.reply_as_agent("You are welcome.")
    await channels.deliver()
    assert sink.mails[1].message["In-Reply-To"] == "<2@customer.example>"
    assert sink.mails[0].message["Message-ID"] in sink.mails[1].message["References"].split()
    assert await channels.messages() == [
        ("SHOPPER", "My order\n\nWhere is it?"),
        ("AI_AGENT", "It arrives today."),
        ("SHOPPER", "Thank you!"),
        ("AI_AGENT", "You are welcome."),
    ]
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [m["delivery"] and m["delivery"]["progress"] for m in messages] == [None, "SENT", None, "SENT"]
    assert messages[2]["originalMail"] == {
        "sender": ADDRESS,
        "subject": "Re: My order",
        "text": f"Thank you!{HISTORY}".strip(),
        "attachments": [],
    }


async def test_a_repeated_mail_is_imported_once(channels: Channels) -> None:
    await channels.connect_email(authservId=MX)
    mails = [new_mail(f"Mail {n}", message_id=f"<{n}@customer.example>", **PASSED) for n in range(5)]
    outcomes = await asyncio.gather(*(channels.outcome_of(mail) for mail in mails for _ in range(3)))
    assert (outcomes.count("taken"), outcomes.count("known")) == (5, 10)
    assert (await channels.only_conversation())["messageCount"] == 5
    bare = b"From: ann@customer.example\r\nSubject: No id\r\n\r\nHello\r\n"
    assert [await channels.outcome_of(bare) for _ in range(2)] == ["taken", "known"]


async def test_a_recipient_may_reply_from_another_address(channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    await channels.mail(reply(sink, "From my phone", sender="ann.private@other.example"))
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [(m["kind"], m["text"]) for m in messages[2:]] == [
        ("NOTE", "The next message came from ann.private@other.example."),
        ("TEXT", "From my phone"),
    ]
    await channels.reply_as_agent("Still to you")
    await channels.deliver()
    assert sink.mails[-1].recipients == (ADDRESS,)


async def test_a_claimed_address_opens_no_other_conversation(channels: Channels, sink: Sink) -> None:
    """Only the references in Baton's mails identify a conversation; its id does not."""
    await channels.connect_email(authservId=MX)
    await channels.mail(new_mail("Hi", **PASSED))
    first = (await channels.only_conversation())["id"]
    forged = [
        new_mail("Send it elsewhere", subject="forged 1"),
        new_mail("a", subject="2", Authentication_Results="mx.shop.example; dmarc=fail"),
        new_mail("b", subject="3", Authentication_Results="evil.example; dmarc=pass"),
        new_mail("c", subject="4", Authentication_Results="mx.shop.example; dkim=pass; spf=pass"),
        new_mail("d", subject="5", References="<c.0123456789abcdefghjkmnpqrs0123456789@shop.example>"),
    ]
    for mail in forged:
        assert await channels.outcome_of(mail) == "taken"
    conversations = await channels.conversations()
    assert len(conversations) == 6
    assert next(c for c in conversations if c["id"] == first)["messageCount"] == 1
    await channels.mail(new_mail("Me again", subject="Really", **PASSED))
    assert next(c for c in await channels.conversations() if c["id"] == first)["messageCount"] == 2
    two = new_mail("e", subject="6", Authentication_Results="mx.shop.example; dmarc=fail")
    two["Authentication-Results"] = "mx.shop.example; dmarc=pass"  # written by the sender, below the server's header
    await channels.mail(two)
    assert next(c for c in await channels.conversations() if c["id"] == first)["messageCount"] == 2


async def test_a_mail_after_the_close_starts_a_new_conversation(baton: Program, channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    baton.clock.move(timedelta(days=3))
    await channels.mail(reply(sink, "One more thing"))
    first, second = await channels.conversations()
    assert (first["status"], second["status"]) == ("RESOLVED_BY_AI", "OPEN")
    assert second["firstQuestion"] == "One more thing"
    await channels.reply_as_agent("Yes?")
    await channels.deliver()
    assert sink.mails[1].message["Subject"] == "Re: My order"
    assert sink.mails[0].message["Message-ID"] in sink.mails[1].message["References"]


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To"])
async def test_plus_addresses_identify_the_conversation(channels: Channels, sink: Sink, header: str) -> None:
    await channels.connect_email(plusAddress=True)
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    mail = new_mail("No thread", sender="other@customer.example", subject="Something else")
    if header == "To":
        del mail["To"]
    mail[header] = sink.mails[0].message["Reply-To"]
    await channels.mail(mail)
    assert (await channels.messages())[-1] == ("SHOPPER", "No thread")


MACHINES = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated; owner-email=x"},
    {"Precedence": "bulk"},
    {"Precedence": "auto_reply"},
    {"X_Autoreply": "yes"},
    {"List_Id": "<news.example>"},
    {"Return_Path": "<>"},
    {"sender": "MAILER-DAEMON@customer.example"},
    {"sender": "no-reply@customer.example"},
    {"sender": f"Me <{USER.upper()}>"},
]


async def test_automatic_mails_get_no_reply(baton: Program, channels: Channels) -> None:
    await channels.connect_email()
    kept = {"passed_over", "received_webhooks", LOG_HEADS}
    before = await baton.fingerprints()
    for number, headers in enumerate(MACHINES):
        mail = new_mail("I am out of the office", message_id=f"<{number}@customer.example>", **headers)
        assert await channels.outcome_of(mail) == "automatic", headers
    after = await baton.fingerprints()
    assert {name for name in after if after[name] != before.get(name)} <= kept


async def test_two_batons_stop_replying_to_each_other(channels: Channels, sink: Sink) -> None:
    """Mails from Baton that are returned to it unchanged."""
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    raw = sink.mails[0].raw.replace(f"<{USER}>".encode(), b"<help@other.example>")
    assert await channels.outcome_of(raw) == "automatic"
    assert (await channels.only_conversation())["messageCount"] == 2


async def test_unmarked_automatic_mails_are_limited(baton: Program, channels: Channels) -> None:
    await channels.connect_email(authservId=MX)
    outcomes = [
        await channels.outcome_of(new_mail(f"Ticket {n} received", message_id=f"<{n}@c.example>", **PASSED))
        for n in range(40)
    ]
    assert outcomes == ["taken"] * 30 + ["automatic"] * 10
    conversation = await channels.only_conversation()
    assert conversation["messageCount"] == 30
    assert [m["text"] for m in conversation["messages"]["nodes"] if m["kind"] == "NOTE"] == [
        "More than 30 mails arrived within an hour. Further mails are ignored until there are fewer."
    ]
    baton.clock.move(timedelta(hours=1))
    assert await channels.outcome_of(new_mail("It is calmer", message_id="<41@c.example>", **PASSED)) == "taken"


async def test_mails_that_prove_nothing_are_limited_by_their_sender(baton: Program, channels: Channels) -> None:
    """Each begins a conversation of its own, so two machines could reply to each other in any number of them."""
    await channels.connect_email(authservId=MX)
    outcomes = [
        await channels.outcome_of(new_mail(f"Ticket {n} received", message_id=f"<{n}@c.example>")) for n in range(33)
    ]
    assert outcomes == ["taken"] * 30 + ["automatic"] * 3
    stored = await baton.everything()
    assert len(stored["conversations"]) == 30
    assert [m["text"] for m in stored["messages"] if m["kind"] == "NOTE"] == [
        "More than 30 mails arrived within an hour. Further mails are ignored until there are fewer."
    ]
    assert await channels.outcome_of(new_mail("It is really me", message_id="<p@c.example>", **PASSED)) == "taken"
    assert await channels.outcome_of(new_mail("Bob", sender="bob@customer.example")) == "taken"
    baton.clock.move(timedelta(hours=1))
    assert await channels.outcome_of(new_mail("It is calmer", message_id="<41@c.example>")) == "taken"


async def test_a_bounce_is_reported(channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"], report["To"], report["Message-ID"] = "MAILER-DAEMON@mx.example", USER, "<b@mx.example>"
    report["Return-Path"] = "<>"
    report.attach(MIMEText("It could not be delivered."))
    boundary = "=_report"
    report.set_boundary(boundary)
    parts = (
        f"--{boundary}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {ADDRESS}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n"
        f"--{boundary}\nContent-Type: text/rfc822-headers\n\nMessage-ID: {sink.mails[0].message['Message-ID']}\n"
        f"Subject: Re: My order\n\n--{boundary}--\n"
    ).encode()
    raw = report.as_bytes().replace(f"--{boundary}--".encode(), parts)
    assert [await channels.outcome_of(raw) for _ in range(2)] == ["bounced", "known"]
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert [m["text"] for m in messages[2:]] == ["Message 2 was not delivered by e-mail: smtp; 550 5.1.1 no such user"]
    assert messages[1]["delivery"]["progress"] == "FAILED"
    other = raw.replace(b"<b@mx.example>", b"<c@mx.example>").replace(b"Message-ID: <m.", b"Message-ID: <x.")
    assert await channels.outcome_of(other) == "automatic"


async def test_one_mail_despite_every_fault(channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    for number, cut in enumerate(("RCPT", "DATA", "ACCEPTED", "")):
        await channels.mail(new_mail("Hi", sender=f"shopper{number}@customer.example"))
        sink.cut, sink.on = ([cut], {}) if cut else ([], {"RCPT": ["450 4.2.1 greylisted"]})
        sink.mails.clear()
        await channels.reply_as_agent("Hello")
        await channels.deliver(times=2)
        assert len({mail.message["Message-ID"] for mail in sink.mails}) == 1
        assert len(sink.mails) == (
            2 if cut == "ACCEPTED" else 1
        )  # with the same bytes, so that mail stores recognise the duplicate
        assert len({mail.raw for mail in sink.mails}) == 1
        latest = (await channels.conversations())[-1]
        assert latest["messages"]["nodes"][1]["delivery"]["progress"] == "SENT"


async def test_an_unknown_recipient(channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    sink.on["RCPT"] = ["550 5.1.1 no such user"]
    await channels.reply_as_agent("Hello")
    await channels.reply_as_agent("Are you there?")
    await channels.deliver()
    messages = (await channels.only_conversation())["messages"]["nodes"]
    assert messages[3]["text"] == "Message 2 was not delivered by e-mail: 550 5.1.1 no such user"
    assert [m["delivery"] and m["delivery"]["progress"] for m in messages] == [None, "FAILED", "SENT", None]


CURIOUS = [
    (b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe", "Grüße"),
    (b"Content-Type: text/plain; charset=no-such-charset\r\n\r\nGr\xc3\xbc\xc3\x9fe", "Grüße"),
    (b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xfc\xdfe", "Grüße"),
    (b"Content-Transfer-Encoding: base64\r\n\r\n2LTZg9ix2KcKCg==", "شكرا"),
    (b"Content-Transfer-Encoding: base64\r\n\r\n!!!", "!!!"),
    (b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>One<br>two</p><script>x</script>", "One\ntwo"),
    (b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n"
     b"\r\n<p>rich</p>\r\n--b--", "plain"),
    (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee\r\n--b\r\nContent-Type: application/pdf; "
     b"name=\"=?utf-8?q?Rechnung_M=C3=A4rz.pdf?=\"\r\n\r\nx\r\n--b--", "See\n\n[attachment: Rechnung März.pdf]"),
    (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: "
     b"attachment\r\n\r\nx\r\n--b--", "[attachment: text.txt]"),
    (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nno parts at all", "no parts at all"),
    (b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nforwarded", "[attachment: mail.eml]"),
    (b"\r\n\x00\x07Hi\x1b[31m", "Hi[31m"),
    (b"\r\n" + "👨‍👩‍👧 שלום".encode(), "👨‍👩‍👧 שלום"),
]  # fmt: skip


async def test_unusual_mails(channels: Channels) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi", subject=""))
    expected = [("SHOPPER", "Hi")]
    for number, (rest, text) in enumerate(CURIOUS):
        head = f"From: {ADDRESS}\r\nMessage-ID: <{number}@c.example>\r\nSubject: \r\n".encode()
        assert await channels.outcome_of(head + rest) == ("ignored" if text is None else "taken"), rest
        expected += [] if text is None else [("SHOPPER", text)]
    found = [m for c in await channels.conversations() for m in c["messages"]["nodes"]]
    assert [(m["author"]["kind"], m["text"]) for m in found] == expected


async def test_encoded_names_and_subjects(channels: Channels) -> None:
    await channels.connect_email()
    raw = (
        "From: =?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M=C3=BCller?= <jorg@customer.example>\r\nMessage-ID: <1@c>\r\n"
        "Subject: =?utf-8?b?2YXYsdit2KjYpw==?=\r\n\r\nHallo"
    )
    await channels.mail(raw.encode())
    await channels.mail(b"From: \xe4\xf6@customer.example, x\r\nSubject: \xfc\r\n\r\nHallo")
    await channels.mail(b"From: <<<@@>>>\r\n\r\nHallo")
    await channels.mail(b"\r\nno headers")
    await channels.mail(b"")
    shown = [(c["displayName"], c["firstQuestion"]) for c in await channels.conversations()]
    assert shown == [("Jörg Müller", "مرحبا\n\nHallo"), ("äö@customer.example", "ü\n\nHallo")]


async def test_a_subject_alone_is_a_message(channels: Channels) -> None:
    await channels.connect_email()
    assert await channels.outcome_of(new_mail("", subject="Call me")) == "taken"
    assert await channels.messages() == [("SHOPPER", "Call me")]


async def test_a_very_long_mail(channels: Channels) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("word " * 60_000, subject="Long"))
    [message] = (await channels.only_conversation())["messages"]["nodes"]
    assert len(message["text"]) <= 32_000
    assert len(message["originalMail"]["text"]) == 299_999


async def test_unsigned_webhooks_change_nothing(baton: Program, channels: Channels) -> None:
    await channels.connect_email()
    url, raw = channels.webhook_urls["EMAIL"], new_mail("Hi").as_bytes()
    now = int(baton.clock.now().timestamp())

    def headers(timestamp: object = now, secret: str = WEBHOOK_SECRET, body: bytes = raw) -> dict[str, str]:
        text = str(timestamp)
        return {"x-baton-timestamp": text, "x-baton-signature": signature(secret, text, body)}

    before = await baton.fingerprints()
    for arguments, status in (
        (headers(secret="another secret, as long"), 403),
        (headers(body=b"other"), 403),
        (headers(now - 301), 403),
        (headers(now + 301), 403),
        (headers("yesterday"), 403),
        (headers("-1"), 403),
        ({**headers(), "x-baton-timestamp": str(now + 1)}, 403),
        ({}, 403),
    ):
        response = await channels.post(url, raw, arguments)
        assert (response.status_code, WEBHOOK_SECRET in response.text) == (status, False)
    assert (await channels.post(url + "x", raw, headers())).status_code == 404
    assert await baton.fingerprints() == before
    upper = {name: value.upper() for name, value in headers().items()}
    assert (await channels.post(url, raw, upper)).json() == {"outcome": "taken"}
    await channels.connect_email(hookSecret=None)
    assert (await channels.post(url, raw, headers())).status_code == 403


def test_the_signature_is_the_documented_one() -> None:
    """printf '1780833600.From: ann@customer.example\\r\\n\\r\\nHello\\r\\n' | openssl dgst -sha256 -hmac hook-secret"""
    body = b"From: ann@customer.example\r\n\r\nHello\r\n"
    said = "47e8ed541ad86fbd21280baa224b3ceb2ce3ee9799c2e9b49bd141fb55546d89"
    assert signature("hook-secret", "1780833600", body) == said


async def test_mails_and_texts_are_processed_concurrently(channels: Channels) -> None:
    """Two channels of one shopper are two conversations."""
    await channels.connect_email()
    await channels.connect_twilio()
    await channels.mail(new_mail("By mail"))
    await channels.text("By text", sender=PHONE)
    assert {c["channel"] for c in await channels.conversations()} == {"EMAIL", "SMS"}


async def test_secrets_are_in_no_document(baton: Program, channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.connect_twilio()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.text("Hi")
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    assert (len(sink.mails), len(channels.twilio.messages)) == (1, 1)
    hooks = [url.rpartition("/")[2] for url in channels.webhook_urls.values()]
    stored = str(await baton.everything())
    for secret in (PASSWORD, WEBHOOK_SECRET, TOKEN, *hooks):
        assert secret not in stored


async def test_odd_mails_are_ignored_and_not_sent_again(channels: Channels) -> None:
    await channels.connect_email()
    sender = b"From: ann@customer.example\r\n"
    for raw in (
        b"From: " + b"(" * 50_000,
        sender + b"Subject: ok\r\nTo: " + b"(" * 50_000 + b"\r\n\r\nHi",
        b"\xff\x00",
    ):
        response = await channels.mail(raw)
        assert (response.status_code, response.json()["outcome"]) in {(200, "ignored"), (200, "taken")}
    lone = b"Content-Type: text/plain; charset=utf-7\r\n\r\nA +2AA- B"
    assert await channels.outcome_of(sender + lone) == "taken"
    assert (await channels.conversations())[-1]["messages"]["nodes"][-1]["text"] == "A ? B"


WHO = """query($id: ID!) { conversation(id: $id) {
  identityVerified contact { email { value verified } } profile { id verified email conversations { totalCount } }
} }"""


async def who(channels: Channels, conversation_id: str) -> dict[str, Any]:
    found = await channels.baton.data(channels.shop.owner, WHO, id=conversation_id)
    shown: dict[str, Any] = found["conversation"]
    return shown


async def test_mails_without_a_proof_are_conversations_of_their_own(channels: Channels) -> None:
    """No server is trusted, so the address is what the sender says."""
    await channels.connect_email()
    for number in (1, 2):
        await channels.mail(new_mail(f"Mail {number}", message_id=f"<{number}@c.example>", **PASSED))
    found = [await who(channels, c["id"]) for c in await channels.conversations()]
    assert [shown["identityVerified"] for shown in found] == [False, False]
    assert len({shown["profile"]["id"] for shown in found}) == 2


async def test_a_reply_from_the_mailed_address_proves_it(channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    first = (await channels.only_conversation())["id"]
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    await channels.mail(reply(sink, "From another address", sender="ann.private@other.example"))
    assert (await who(channels, first))["identityVerified"] is False
    await channels.mail(reply(sink, "Thank you"))
    shown = await who(channels, first)
    assert (shown["identityVerified"], shown["contact"]["email"]) == (True, {"value": ADDRESS, "verified": True})
    assert (shown["profile"]["verified"], shown["profile"]["email"]) == (True, ADDRESS)


async def test_a_reply_after_the_close_proves_the_address(baton: Program, channels: Channels, sink: Sink) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hi"))
    await channels.reply_as_agent("Hello")
    await channels.deliver()
    baton.clock.move(timedelta(days=3))
    await channels.mail(reply(sink, "One more thing", message_id="<2@c.example>"))
    await channels.mail(reply(sink, "And another", message_id="<3@c.example>"))
    _, second = await channels.conversations()
    assert [m["text"] for m in second["messages"]["nodes"]] == ["One more thing", "And another"]
    assert (await who(channels, second["id"]))["profile"]["verified"] is True
