"""The author of a mail, and whether a person wrote it. The sources are public reports, as symptoms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dev.fakes.smtp import USER, Sink
from tests.api.webhooks.messaging.channels import Channels, new_mail

FORM_MAILERS = {  # source: what `From` and other headers say; the mail is a form's, and Reply-To is of who filled it in
    "form-mail-reply-to (zammad#1299, #678, #203, freescout#2833, chatwoot#3834)": {
        "sender": '"My Shop" <mailer@shopify.com>'
    },
    "form-mail-from-no-reply (zammad#678, chatwoot#3834)": {"sender": f"no-reply@{USER.rpartition('@')[2]}"},
    "form-mail-from-own-address (freescout#2833)": {"sender": f"Shop <{USER}>"},
    "form-mail-squarespace (variation of zammad#1299)": {
        "sender": "Squarespace <form-submission@squarespace.info>",
        "Sender": "bounce@squarespace.info",
    },
    "a form service's no-reply (variation)": {"sender": "Wix <no-reply@wix-forms.com>"},
    "a form service's other address (variation)": {"sender": "Jotform <hello@eu.jotform.com>"},
    "the shop's own site (variation)": {"sender": "WordPress <wordpress@www.shop-site.example>"},
    "a form in German (variation)": {"sender": "kontaktformular@shop-site.example"},
}


@pytest.fixture
async def mailed(channels: Channels) -> Channels:
    await channels.connect_email()
    return channels


@pytest.mark.parametrize("source", FORM_MAILERS)
async def test_a_form_writes_for_who_filled_it_in(mailed: Channels, sink: Sink, source: str) -> None:
    headers = dict(FORM_MAILERS[source])
    for name, words in (("anna", "I am Anna, order 1001"), ("bob", "I am Bob")):
        mail = new_mail(words, subject="New customer message", Reply_To=f"{name}@people.example", **headers)
        assert await mailed.outcome_of(mail) == "taken"
        await mailed.reply_as_agent(f"Hello {name}")
        mailed.baton.clock.move(timedelta(seconds=1))  # the order of the conversations
    first, second = await mailed.conversations()
    assert ["Anna" in first["firstQuestion"], "Bob" in second["firstQuestion"]] == [True, True]
    await mailed.deliver()
    assert sorted(mail.recipients for mail in sink.mails) == [("anna@people.example",), ("bob@people.example",)]


GROUPS = {
    "mail-by-google-group (osTicket#5791, glpi#3493)": {
        "Precedence": "list",
        "List_ID": "<support.lists.example>",
        "X_Original_Sender": "ann@customer.example",
    },
    "mail-by-amazon-ses (Probesys/bileto#1008)": {
        "Feedback_ID": "1.us-east-1.abc:AmazonSES",
        "X_SES_Outgoing": "2026.11.29-54.240.1.1",
    },
    "a group with a way out (variation)": {
        "Precedence": "list",
        "List_ID": "<support.lists.example>",
        "List_Unsubscribe": "<mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>",
        "X_Google_Group_Id": "1",
    },
    "Mailman (variation)": {
        "Precedence": "list",
        "List_ID": "<help.lists.example>",
        "List_Post": "<mailto:help@lists.example>",
        "List_Unsubscribe": "<https://lists.example/help>",
        "X_BeenThere": "help@lists.example",
    },
    "the shop's own list (variation)": {"List_ID": f"Help <help.{USER.rpartition('@')[2]}>", "Precedence": "list"},
    "auto-submitted-no-is-human (control)": {"Auto_Submitted": "no", "X_Auto_Response_Suppress": "All"},
}


@pytest.mark.parametrize("source", GROUPS)
async def test_mail_of_people_by_groups_and_services(mailed: Channels, source: str) -> None:
    assert await mailed.outcome_of(new_mail("Where is my parcel?", **GROUPS[source])) == "taken"
    assert (await mailed.only_conversation())["displayName"] == "Ann"


async def test_a_group_that_rewrites_the_author(mailed: Channels, sink: Sink) -> None:
    """group-rewrites-from (variation of osTicket#5791)"""
    headers = {"Precedence": "list", "List_ID": "<help.lists.example>", "X_Original_Sender": "anna@reject.example"}
    for number, address in enumerate((USER, "help@lists.example")):
        mail = new_mail(
            f"My order {number} is late",
            sender=f"'Anna' via Help <{address}>",
            Reply_To="Anna <anna@reject.example>",
            X_Original_From="Anna <anna@reject.example>",
            **headers,
        )
        assert await mailed.outcome_of(mail) == "taken"
        await mailed.reply_as_agent("We look into it")
    await mailed.deliver()
    assert [mail.recipients for mail in sink.mails] == [("anna@reject.example",)] * 2
    assert [each["displayName"] for each in await mailed.conversations()] == ["Anna", "Anna"]


MACHINES = {
    "no-reply-without-reply-to (control)": {"sender": "no-reply@parcels.example"},
    "no-reply whose replies go to its own organisation (variation)": {
        "sender": "no-reply@parcels.example",
        "Reply_To": "care@eu.parcels.example",
    },
    "no-reply to no-reply (variation)": {"sender": "noreply@parcels.example", "Reply_To": "do-not-reply@other.example"},
    "auto-reply-is-not-answered (control)": {"Auto_Submitted": "auto-replied", "subject": "Automatic reply: Re: order"},
    "newsletter-is-not-answered (control)": {
        "sender": "News <news@brand.example>",
        "Precedence": "bulk",
        "List_Unsubscribe": "<https://brand.example/u>",
        "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
        "Feedback_ID": "1:brand",
    },
    "a newsletter whose author is a form mailer's (variation)": {
        "sender": "Shop <mailer@shopify.com>",
        "Reply_To": "owner@brand.example",
        "List_Unsubscribe": "<https://brand.example/u>",
    },
    "a program that writes to a list (variation)": {
        "sender": "notifications@code.example",
        "Precedence": "list",
        "List_ID": "<repo.code.example>",
        "List_Post": "<mailto:reply@code.example>",
    },
    "bounce-in-plain-text (control)": {"sender": "MAILER-DAEMON@mx.example", "Return_Path": "<>"},
}


@pytest.mark.parametrize("source", MACHINES)
async def test_mail_of_machines(mailed: Channels, source: str) -> None:
    assert await mailed.outcome_of(new_mail("Your parcel was delivered", **MACHINES[source])) == "automatic"
    assert await mailed.conversations() == []


SUBJECTS_OF_ABSENCES = [
    ("Automatic reply: Re: Question", "freescout#4806, frappe/helpdesk#3628"),
    ("Abwesenheitsnotiz: Re: Question", "frappe/helpdesk#3628"),
    ("Réponse automatique : Question", "variation"),
    ("Respuesta automática: Question", "variation"),
    ("Risposta automatica: R: Question", "variation"),
    ("Automatisch antwoord: Question", "variation"),
    ("Resposta automática: Question", "variation"),
    ("Autosvar: Sv: Question", "variation"),
    ("Automaattinen vastaus: VS: Question", "variation"),
    ("Odpowiedź automatyczna: Question", "variation"),
    ("Автоответ: Re: Question", "variation"),
    ("自動返信：Re: Question", "variation"),
    ("自动回复: Re: Question", "variation"),
    ("자동 회신: Question", "variation"),
    ("Out of Office Re: Question", "variation"),
    ("[Out of office] Re: Question", "variation"),
    ("Auto: Re: Question", "variation"),
    ("Absence: Re: Question", "variation"),
]


@pytest.mark.parametrize(("subject", "source"), SUBJECTS_OF_ABSENCES)
async def test_absences_without_headers(mailed: Channels, sink: Sink, subject: str, source: str) -> None:
    await mailed.mail(new_mail("Where is it?"))
    await mailed.reply_as_agent("It was sent yesterday.")
    await mailed.deliver()
    answered = str(sink.mails[-1].message["Message-ID"])
    reply = new_mail("I am away until Monday.", subject=subject, In_Reply_To=answered, References=answered)
    assert await mailed.outcome_of(reply) == "automatic", source
    assert [kind for kind, _ in await mailed.messages()] == ["SHOPPER", "AI_AGENT"]


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply does not work on your site",
        "Auto: Bremsen quietschen",
        "Absence: nobody at home for the parcel",
        "Out of office supplies?",
        "Re: Automatic reply: Question",
    ],
)
async def test_people_use_these_words_too(mailed: Channels, subject: str) -> None:
    assert await mailed.outcome_of(new_mail("Please help", subject=subject)) == "taken"


@pytest.mark.parametrize(
    "address", ["abc..def@docomo.ne.jp", ".hana@docomo.ne.jp", "hana.@ezweb.ne.jp", "a...b@au.com"]
)
async def test_addresses_of_japanese_carriers(mailed: Channels, sink: Sink, address: str) -> None:
    """docomo-two-dots, docomo-leading-dot (kumomta#77, PHPMailer#418, exment#800, MimeKit#1092)"""
    raw = new_mail("まだ届きません", sender="Hana <hana@docomo.ne.jp>").as_bytes()
    mail = raw.replace(b"hana@docomo.ne.jp", address.encode())
    assert await mailed.outcome_of(mail) == "taken"
    await mailed.reply_as_agent("明日届きます")
    await mailed.deliver()
    assert [mail.recipients for mail in sink.mails] == [(address,)]


async def test_a_message_id_that_a_sender_uses_again(mailed: Channels) -> None:
    """message-id-used-again (freescout#5591, F-RevoCRM#1651); same-mail-twice-is-one (control)"""
    one = new_mail("Parcel one is held", message_id="<reused@parcels.example>", Date="Sun, 29 Nov 2026 10:01:00 +0000")
    assert await mailed.outcome_of(one) == "taken"
    again = b"Received: from alias.example by mx.example; Sun, 29 Nov 2026 10:01:02 +0000\n" + one.as_bytes()
    assert await mailed.outcome_of(again) == "known"
    other = new_mail("Parcel two is held", message_id="<reused@parcels.example>", Date="Sun, 6 Dec 2026 10:01:00 +0000")
    assert await mailed.outcome_of(other) == "taken"
    texts = [text for each in await mailed.conversations() for text in [m["text"] for m in each["messages"]["nodes"]]]
    assert [text.rpartition("\n")[2] for text in texts] == ["Parcel one is held", "Parcel two is held"]


async def test_a_reply_to_of_a_person_changes_nothing(mailed: Channels, sink: Sink) -> None:
    """Only a program or a group writes for another: a person's `Reply-To` could send the answer to anybody."""
    await mailed.mail(new_mail("Where is it?", Reply_To="victim@elsewhere.example"))
    await mailed.reply_as_agent("It was sent yesterday.")
    await mailed.deliver()
    assert [mail.recipients for mail in sink.mails] == [("ann@customer.example",)]


async def test_a_form_opens_nobodys_conversation(mailed: Channels) -> None:
    """The address of a form is a claim, also where DMARC passed for the form's program."""
    await mailed.connect_email(authservId="mx.shop.example")
    passed = {"Authentication_Results": "mx.shop.example; dmarc=pass header.from=customer.example"}
    assert await mailed.outcome_of(new_mail("Card ends 4421", **passed)) == "taken"
    results = {"Authentication_Results": "mx.shop.example; dmarc=pass header.from=shopify.com"}
    form = new_mail("hi", sender="mailer@shopify.com", Reply_To="ann@customer.example", **results)
    assert await mailed.outcome_of(form) == "taken"
    assert len(await mailed.conversations()) == 2
