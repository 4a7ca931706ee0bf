"""A mail that answers none of ours is never cut. The sources are public reports, as symptoms."""

from __future__ import annotations

import pytest

from dev.fakes.smtp import Sink
from tests.api.webhooks.messaging.channels import Channels, new_mail

CASES = {  # name and source, the mail, words that must stand in the message
    "first-mail-booking-en (mailgun/talon#129, birch-girder#45)": (
        ("Hello, I want to change my booking:\nFrom: Rome\nTo: Paris\nDate: 3 May\nPlease move it to 5 May.\n"),
        ["From: Rome", "To: Paris", "Please move it to 5 May."],
    ),
    "first-mail-booking-de (mailgun/talon#129)": (
        ("Guten Tag, ich möchte umbuchen:\nVon: Berlin\nNach: Wien\nDatum: 3.5.\nBitte auf den 5.5. verschieben.\n"),
        ["Von: Berlin", "Datum: 3.5.", "Bitte auf den 5.5. verschieben."],
    ),
    "first-mail-booking-fr (variation of talon#129)": (
        (
            "Bonjour, je voudrais changer mon billet :\n"
            "De : Paris\n"
            "À : Lyon\n"
            "Date : 3 mai\n"
            "Merci de le mettre au 5 mai.\n"
        ),
        ["De : Paris", "À : Lyon", "Merci de le mettre au 5 mai."],
    ),
    "first-mail-booking-nl (variation of birch-girder#45)": (
        ("Ik wil mijn rit wijzigen:\nVan: Utrecht\nNaar: Gent\nDatum: 3 mei\nGraag naar 5 mei.\n"),
        ["Van: Utrecht", "Naar: Gent", "Graag naar 5 mei."],
    ),
    "first-mail-gmail-forward (vm0#3754, munin#975)": (
        (
            "Hi, where is this order?\n"
            "\n"
            "---------- Forwarded message ---------\n"
            "From: Shop <orders@shop.example>\n"
            "Date: Mon, 1 Jun 2026 at 10:00\n"
            "Subject: Your order 1001 is confirmed\n"
            "To: <max@example.com>\n"
            "\n"
            "Order 1001, kettle\n"
        ),
        ["Hi, where is this order?", "Order 1001, kettle"],
    ),
    "first-mail-outlook-forward-de (variation of vm0#3754)": (
        (
            "Wo bleibt das?\n"
            "\n"
            "-----Ursprüngliche Nachricht-----\n"
            "Von: Shop <orders@shop.example>\n"
            "Gesendet: Montag, 1. Juni 2026 10:00\n"
            "An: max@example.com\n"
            "Betreff: Ihre Bestellung 1002\n"
            "\n"
            "Bestellung 1002, Wasserkocher\n"
        ),
        ["Wo bleibt das?", "Bestellung 1002, Wasserkocher"],
    ),
    "first-mail-apple-forward (variation of munin#975)": (
        (
            "Is this one of yours?\n"
            "\n"
            "Begin forwarded message:\n"
            "\n"
            "> From: Shop <orders@shop.example>\n"
            "> Subject: Order 1003\n"
            "> Date: 1 June 2026 at 10:00:00 CEST\n"
            "> To: max@example.com\n"
            ">\n"
            "> Order 1003, toaster\n"
        ),
        ["Is this one of yours?", "Order 1003, toaster"],
    ),
    "first-mail-colleague-wrote (mailgun/talon#129, EmailReporting#29)": (
        (
            "Hello,\n"
            "\n"
            "On 3 May at 10:15 your colleague wrote:\n"
            "We will refund you within 5 days.\n"
            "Nothing came. What now?\n"
        ),
        ["We will refund you within 5 days.", "Nothing came. What now?"],
    ),
    "first-mail-typed-greater-than (munin#975)": (
        ("The foot of my daughter is longer than the chart says:\nlength\n> 42 cm\nWhich size do I take?\n"),
        ["> 42 cm", "Which size do I take?"],
    ),
}


@pytest.mark.parametrize(("text", "words"), CASES.values(), ids=CASES.keys())
async def test_nothing_is_cut(channels: Channels, text: str, words: list[str]) -> None:
    await channels.connect_email()
    assert await channels.outcome_of(new_mail(text)) == "taken"
    question = (await channels.only_conversation())["firstQuestion"]
    assert [word for word in words if word not in question] == []


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Ref: order 123", "Re: Ref: order 123"),  # subject-ref-is-no-prefix
        ("回复: 订单", "Re: 订单"),  # subject-chinese-prefix
        ("Re: AW: Fwd: order 124", "Re: order 124"),  # subject-prefixes-do-not-grow (control)
        ("YNT: Re: sipariş", "Re: sipariş"),
        ("RE：返信：注文", "Re: 注文"),
        ("Return: shoes", "Re: Return: shoes"),
    ],
)
async def test_a_reply_has_one_prefix(channels: Channels, sink: Sink, subject: str, answered: str) -> None:
    await channels.connect_email()
    await channels.mail(new_mail("Hello", subject=subject))
    await channels.reply_as_agent("Hi")
    await channels.deliver()
    assert str(sink.mails[-1].message["Subject"]) == answered
