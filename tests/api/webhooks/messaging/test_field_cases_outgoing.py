"""Cases from the field on what leaves by mail, WhatsApp and SMS. Each names its source, public threads about other
products read as symptoms; *variation* marks inputs that were made up here."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from dev.fakes.smtp import USER
from dev.fakes.twilio import NUMBER
from tests.api.webhooks.messaging.channels import PHONE, Channels, new_mail

MARKDOWN = "**Important**: see [track](https://x.example/t)\n- one\n- two\n# Title"
QUESTION = "我在上个月买的水壶到现在还没送到请问什么时候可以收到货物"
ADDRESS = "See https://x.example/_a_/*b* (5*3)"
NO_MARKS = "Card ending ***4421, 2 * 3 * 4 = 24, code A_B_C, #1001"


def parsed(raw: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(raw, policy=policy.default))


@pytest.mark.parametrize(
    "subject",
    [
        QUESTION * 5,  # sources: unemail#121, mikel/mail PR#1288, MIMEText#53, cpython#144156
        # Variations.
        "Où est ma commande n° 7 ? " * 6,
        "📦" * 60,
        "Order 124 is late " * 10,
        "x" * 150,
        "Order 124",
    ],
)
async def test_subjects_are_folded(channels: Channels, subject: str) -> None:
    await channels.connect_email()
    assert await channels.outcome_of(new_mail("Hello", subject=subject)) == "taken"
    await channels.reply_as_agent("It is on its way.")
    await channels.deliver()
    [mail] = channels.sink.mails
    head = mail.raw.split(b"\r\n\r\n")[0]
    found = re.search(rb"(?m)^Subject:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", head)
    assert found is not None
    assert max(len(line) for line in found[0].split(b"\r\n")) <= 78
    assert max((len(word) for word in re.findall(rb"=\?[^?]+\?.\?[^?]*\?=", found[0])), default=0) <= 75
    assert parsed(mail.raw)["Subject"] == f"Re: {' '.join(subject.split())}"[:204].strip()


async def test_cc_is_kept(channels: Channels) -> None:
    """Sources: chatwoot#15394, #8925, #6251, #3815, #4746; a control: notes are mailed to nobody."""
    await channels.connect_email()
    mail = new_mail("Hello", sender="anna@example.com", Cc=f"Jill <jill@example.com>, {USER.replace('@', '+tag@')}")
    mail.replace_header("To", f"{USER}, jane@example.com")
    assert await channels.outcome_of(mail) == "taken"
    await channels.reply_as_agent("It is on its way.")
    conversation = await channels.only_conversation()
    note = {"conversationId": conversation["id"], "text": "Be kind to her."}
    await channels.baton.done(channels.shop.support, "addNote", **note)
    await channels.deliver()
    [sent] = channels.sink.mails
    assert parsed(sent.raw)["To"] == "anna@example.com"
    assert parsed(sent.raw)["Cc"] == "jane@example.com, jill@example.com"
    assert sent.recipients == ("anna@example.com", "jane@example.com", "jill@example.com")


async def test_somebody_in_copy_answers_to_all(channels: Channels) -> None:
    """A variation: everybody of the thread stays in it."""
    await channels.connect_email()
    mail = new_mail("Hello", sender="anna@example.com", Cc="jane@example.com")
    await channels.outcome_of(mail)
    await channels.reply_as_agent("It is on its way.")
    await channels.deliver()
    answered = parsed(channels.sink.mails[-1].raw)["Message-ID"]
    reply = new_mail("Thanks", sender="jane@example.com", Cc="anna@example.com", In_Reply_To=answered)
    assert await channels.outcome_of(reply) == "taken"
    await channels.reply_as_agent("Welcome.")
    await channels.deliver()
    last = parsed(channels.sink.mails[-1].raw)
    assert (last["To"], last["Cc"]) == ("anna@example.com", "jane@example.com")


@pytest.mark.parametrize("sender", [PHONE, f"whatsapp:{PHONE}"])
@pytest.mark.parametrize(
    ("written", "by_sms", "by_whatsapp"),
    [
        # Sources: fazer-ai/agents#466, synaplan#268, chatwoot#10127, gaia#647.
        (
            MARKDOWN,
            "Important: see track: https://x.example/t\n- one\n- two\nTitle",
            "*Important*: see track: https://x.example/t\n- one\n- two\n*Title*",
        ),
        # Variations.
        ("__a__ *b* _c_ ~~d~~ `e_f_g` ***h***", "a b c d e_f_g h", "*a* _b_ _c_ ~d~ `e_f_g` *_h_*"),
        ("* one\n+ **two**\n1. three", "- one\n- two\n1. three", "- one\n- *two*\n1. three"),
        (ADDRESS, ADDRESS, ADDRESS),
        ("请**注意**事项", "请注意事项", "请*注意*事项"),
        ("**open and *this, \\*that\\*", "**open and *this, *that*", "**open and *this, *that*"),
        # A control: stars-that-are-no-marks.
        (NO_MARKS, NO_MARKS, NO_MARKS),
    ],
)
async def test_markdown_by_phone(channels: Channels, sender: str, written: str, by_sms: str, by_whatsapp: str) -> None:
    await channels.connect_twilio()
    over_whatsapp = sender.startswith("whatsapp")
    await channels.text("Hi", sender=sender, to=f"whatsapp:{NUMBER}" if over_whatsapp else NUMBER)
    await channels.reply_as_agent(written)
    await channels.deliver()
    assert channels.twilio.sent_to(sender) == [by_whatsapp if over_whatsapp else by_sms]


async def test_markdown_by_mail(channels: Channels) -> None:
    """A variation: HTML with the marks, and the same words as text."""
    await channels.connect_email()
    await channels.outcome_of(new_mail("Hello"))
    await channels.reply_as_agent(f"{MARKDOWN}\n\n<b>{NO_MARKS}</b>")
    await channels.deliver()
    mail = parsed(channels.sink.mails[-1].raw)
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    text, marked = (part.get_content().replace("\r\n", "\n") for part in (plain, html))
    assert text.startswith("Important: see track: https://x.example/t\n- one\n- two\nTitle\n\n<b>Card")
    for part in (
        "<strong>Important</strong>",
        '<a href="https://x.example/t">track</a>',
        "<li>one</li><li>two</li>",
        "<strong>Title</strong>",
        f"&lt;b&gt;{NO_MARKS}&lt;/b&gt;",
    ):
        assert part in marked
