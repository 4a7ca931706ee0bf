"""Reply parsing: the formats of more mail programs, and what people write that resembles them."""

from __future__ import annotations

import pytest

from integrations.email.replies.reply import new_part

OWN = ["help@shop.example"]
PROGRAMS = {  # replies in the formats of more programs, and their new text
    "GMX": (
        (
            "Ja bitte.\n\n \n\nGesendet: Sonntag, 07. Juni 2026 um 10:00 Uhr\n"
            'Von: "Shop" <help@shop.example>\nAn: eva@x.example\nBetreff: Aw: Frage\nHallo Eva,\n'
            "es kam gestern."
        ),
        "Ja bitte.",
    ),
    "GMX, quoted": (
        (
            'Ja bitte.\n\n> Gesendet: Sonntag, 07. Juni 2026 um 10:00 Uhr\n> Von: "Shop" <help@shop.example>\n'
            "> An: eva@x.example\n> Betreff: Aw: Frage\n>\n> Hallo Eva"
        ),
        "Ja bitte.",
    ),
    "QQ": (
        (
            '好的。\n\n------------------ 原始邮件 ------------------\n发件人: "Shop" <help@shop.example>;\n'
            '发送时间: 2026年6月7日(星期天) 上午10:00\n收件人: "Eva"<eva@x.example>;\n主题: Re: 订单\n\n已经发出。'
        ),
        "好的。",
    ),
    "Naver": (
        (
            '네.\n\n-----Original Message-----\nFrom: "Shop"<help@shop.example>\nTo: <eva@x.example>;\nCc:\n'
            "Sent: 2026-06-07 (일) 10:00:00 (GMT+09:00)\nSubject: Re: q\n\nsent"
        ),
        "네.",
    ),
    "mail.ru": (
        "Нет.\n\nВоскресенье, 7 июня 2026, 10:00 +03:00 от Shop <help@shop.example>:\n>It was sent.\n",
        "Нет.",
    ),
    "mail.ru, quoted": (
        ("Нет.\n\n  \n>Воскресенье, 7 июня 2026, 10:00 +03:00 от Shop <help@shop.example>:\n>\n>It was sent.\n"),
        "Нет.",
    ),
    "Yandex": (
        'Нет.\n\n07.06.2026, 10:00, "Shop" <help@shop.example>:\n\nIt was sent.',
        "Нет.",
    ),
    "Zoho": (
        "No.\n\n---- On Sun, 07 Jun 2026 10:00:00 +0200 Shop <help@shop.example> wrote ---\n\nIt was sent.",
        "No.",
    ),
    "Proton": (
        (
            "No.\n\nSent with Proton Mail secure email.\n\n"
            "On Sunday, June 7th, 2026 at 10:00 AM, Shop <help@shop.example> wrote:\n\n> It was sent.\n>\n> Shop"
        ),
        "No.",
    ),
    "163.com": (
        '好\n\nAt 2026-06-07 10:00:00, "Shop" <help@shop.example> wrote:\n>sent',
        "好",
    ),
    "Outlook for Mac": (
        (
            "No.\n\nFrom: Shop <help@shop.example>\nDate: Sunday, June 7, 2026 at 10:00 AM\n"
            "To: Eva <eva@x.example>\nSubject: Re: q\nIt was sent"
        ),
        "No.",
    ),
    "Outlook 2010": (
        (
            "No.\n\nFrom: Shop [mailto:help@shop.example]\nSent: Sunday, June 7, 2026 10:00 AM\nTo: Eva\n"
            "Subject: Re: q\n\nIt was sent"
        ),
        "No.",
    ),
    "bold headers": (
        (
            "No.\n\n*From:* Shop <help@shop.example>\n*Sent:* Sunday, June 7, 2026 10:00 AM\n*To:* Eva\n"
            "*Subject:* Re: q\n\nIt was sent"
        ),
        "No.",
    ),
    "our address with a tag": (
        "No.\n\nOn 7 June 2026 at 10:00 Shop <help+abc123@shop.example> wrote:\n\nIt was sent",
        "No.",
    ),
    "no-break spaces": (
        (
            "Non.\n\nDe\xa0: Shop <help@shop.example>\nEnvoyé\xa0: dimanche 7 juin 2026 10:00\nÀ\xa0: Eva\n"
            "Objet\xa0: q\n\nIt was sent"
        ),
        "Non.",
    ),
    "a number above": (
        "My number is 1001\nOn Sun, 7 Jun 2026 at 10:00, Shop <help@shop.example> wrote:\n> q\n",
        "My number is 1001",
    ),
    "a number above a wrapped introduction": (
        (
            "I ordered in 2026, a blue kettle with a lid and a long long name\n"
            "On Sun, 7 Jun 2026 at 10:00, Shop <help@shop.example>\nwrote:\n> q\n"
        ),
        "I ordered in 2026, a blue kettle with a lid and a long long name",
    ),
    "a number above an introduction without a time": (
        ("I ordered in 2026, a blue kettle with a lid and a long long name\nShop <help@shop.example> wrote:\n> q\n"),
        "I ordered in 2026, a blue kettle with a lid and a long long name",
    ),
    "Outlook with names alone": (
        "No.\n\nFrom: Shop\nSent: Sunday, June 7, 2026 10:00 AM\nTo: Eva\nSubject: Parcel\n\nIt was.",
        "No.",
    ),
    "hyphens above a signature": (
        "One thing.\n--\nEva Lind\nTel 123",
        "One thing.",
    ),
    "iPhone in German": (
        (
            "Ok\n\nVon meinem iPhone gesendet\n\n> Am 07.06.2026 um 10:00 schrieb Shop <help@shop.example>:\n"
            "> \n> \ufeffHallo"
        ),
        "Ok",
    ),
    "a signature above the history, an answer below": (
        "Yes.\n-- \nAnn\n\nOn Sun, 7 Jun 2026 at 10:00, Shop <help@shop.example> wrote:\n> q\n\nAnd below.",
        "Yes.\n\nAnd below.",
    ),
    "To above From": (
        (
            "No.\n\nAn: Eva <eva@x.example>\nVon: Shop <help@shop.example>\n"
            "Gesendet: Sonntag, 7. Juni 2026 10:00\nBetreff: q\n\nIt was"
        ),
        "No.",
    ),
    "wrapped in Japanese": (
        (
            "はい\n\n2026年6月7日(日) 10:00 とてもながいなまえのおみせとてもながいなまえのおみせ\n"
            "<help@shop.example>:\n\n> q"
        ),
        "はい",
    ),
    "Samsung in German": (
        (
            "Nein\n\n\nVon meinem/meiner Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\n"
            "Von: Shop <help@shop.example>\nDatum: 07.06.26 10:00 (GMT+01:00)\nAn: eva@x.example\nBetreff: q\n\n"
            "Es"
        ),
        "Nein",
    ),
    "no introduction": (
        "> Which colour?\n> Blue or red?\n\nBlue",
        "Blue",
    ),
    "an older mail in the history": (
        (
            "No.\n\nOn Sun, 7 Jun 2026 at 10:00, Shop <help@shop.example> wrote:\n> sent\n>\n"
            "> On Sat, 6 Jun 2026 at 10:00, Eva <eva@x.example> wrote:\n>> where?\n"
        ),
        "No.",
    ),
    "Thunderbird with a signature": (
        "No.\n\nAm 07.06.26 um 10:00 schrieb Shop:\n> It was\n> \n> Shop\n\n\n-- \nEva\n",
        "No.",
    ),
    "AOL": (
        (
            "No.\n\n-----Original Message-----\nFrom: Shop <help@shop.example>\nTo: eva@x.example\n"
            "Sent: Sun, Jun 7, 2026 10:00 am\nSubject: Re\n\nIt was"
        ),
        "No.",
    ),
    "a language that no table has": (
        "Nei takk.\n\n7. júní 2026 kl. 10:00, Shop <help@shop.example> ritaði:\n\n> q",
        "Nei takk.",
    ),
    "a block in a language that no table has": (
        (
            "Ei.\n\nSaatja: Shop <help@shop.example>\nSaadetud: pühapäev, 7. juuni 2026 10:00\n"
            "Adressaat: eva@x.example\nTeema: q\n\nIt was"
        ),
        "Ei.",
    ),
    "Thai": (
        "ยังไม่ได้\n\nในวันที่ อา. 7 มิ.ย. 2026 เวลา 10:00 Shop <help@shop.example> เขียนว่า:\n\n> q",
        "ยังไม่ได้",
    ),
    "Indonesian": (
        (
            "Belum.\n\n-------- Pesan asli --------\nDari: Shop <help@shop.example>\n"
            "Tanggal: 07/06/26 10:00 (GMT+07:00)\nKe: eva@x.example\nSubjek: q\n\nsent"
        ),
        "Belum.",
    ),
}
KEPT = {  # replies of which nothing is cut
    "our address in a sentence": (
        "I wrote to help@shop.example on 7 June 2026 at 10:00:\nmy parcel is lost\nand nobody answered"
    ),
    "Apple Mail forwards": (
        "The courier says this:\n\nBegin forwarded message:\n\n> From: Courier <info@courier.example>\n"
        "> Subject: Parcel\n> Date: 7 June 2026 at 10:00:00 CEST\n> To: eva@x.example\n>\n"
        "> Parcel 77 was returned."
    ),
    "Outlook forwards": (
        "The courier says this:\n\nFrom: Courier <info@courier.example>\nSent: Sunday, June 7, 2026 10:00 AM\n"
        "To: Eva\nSubject: Parcel\n\nParcel 77 was returned."
    ),
    "hyphens between sentences": "One thing.\n--\nSecond thing: cancel order 2 please.",
    "a typed mark first": "> 42 cm\nWhich size?",
    "hyphens as decoration": "Items:\n- one\n- two\n--- and more ---\nthree",
    "rules between paragraphs": "First part\n----------\nSecond part\n__________\nThird",
    "a rule of Outlook's length": "First part\n________________________________\nSecond part",
    "a list with a time": "Size: 40\nColour: blue\nOrdered: 7.6.2026 10:00",
    "a list with our address": "Please write to:\nShop: help@shop.example\nOrder: 1001\nSize: 40",
    "a phone is the answer": "iPhone 13",
    "a program is the answer": "I use Outlook for iOS",
    "a sentence like a signature": "It was sent from my iPhone on Monday.",
    "a time before a colon": "Bitte liefern um 10:00 Uhr an:\nHauptstr. 1\nBerlin",
    "a typed mark below a time": "My hours on 7.6.2026 10:00:\n> between\nall fine",
    "an own mail pasted": (
        "Please see my first mail:\n\nFrom: Eva <eva@x.example>\nSent: Sunday, June 7, 2026 10:00 AM\n"
        "To: Shop <help@shop.example>\nSubject: q\n\nWhere is it?"
    ),
    "a mail of somebody else in the thread": (
        "See:\n\nOn Sun, 7 Jun 2026 at 10:00, Bob <bob@y.example> wrote:\n> I paid.\n>\n"
        ">> On Sat, 6 Jun 2026, Shop <help@shop.example> wrote:\n>> ok"
    ),
}

FORMATS = {  # the lines above the quoted mail, in the formats of still more programs
    "Horde": "Zitat von Shop <help@shop.example>:",
    "Horde, an address": "Quoting help@shop.example:",
    "Becky, in two lines": "On Sun, 07 Jun 2026 10:00:00 +0900\nShop <help@shop.example> wrote:",
    "wrapped in the brackets": "On Sun, Jun 7, 2026 at 10:00 AM Shop <\nhelp@shop.example> wrote:",
    "Superhuman": "On Sun, Jun 07, 2026 at 10:00 AM, Shop < help@shop.example > wrote:",
    "Spark": "On Jun 7, 2026 at 10:00 AM +0200, Shop <help@shop.example>, wrote:",
    "Tutanota": "Jun 7, 2026, 10:00 by help@shop.example:",
    "Afrikaans": "Op So., 7 Jun. 2026 om 10:00 het Shop <help@shop.example> geskryf:",
    "Persian": "در تاریخ یکشنبه ۷ ژوئن ۲۰۲۶،\u200f ۱۰:۰۰ Shop <help@shop.example> نوشت:",
}
BLOCKS = {
    "GroupWise": ">>> Shop <help@shop.example> 06/07/26 10:00 >>>",
    "NetEase": (
        "---- 回复的原邮件 ----\n| 发件人 | Shop<help@shop.example> |\n| 发送日期 | 2026年06月07日 10:00 |\n"
        "| 收件人 | eva<eva@x.example> |\n| 主题 | Re: Question |"
    ),
    "NetEase, from HTML": "---- Replied Message ----\nFrom Shop<help@shop.example>\nDate 06/07/2026 10:00\nTo eva",
    "an older Proton": (
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Sunday, June 7, 2026 10:00 AM, Shop <help@shop.example> wrote:"
    ),
    "bold": "**From:** Shop <help@shop.example>\n**Sent:** Sunday, June 7, 2026 10:00 AM\n**To:** e@x.example",
    "Outlook for Mac, without our address": (
        "From: Shop\nDate: Sunday, June 7, 2026 at 10:00 AM\nTo: eva@x.example\nSubject: Re: Question"
    ),
    "Windows Mail, without our address": (
        "From: Shop\nSent: Sunday, June 7, 2026 10:00 AM\nTo: eva@x.example\nSubject: RE: Question"
    ),
}
OTHERS = {  # mails of somebody else
    "Windows Mail": "From: DHL\nSent: Sunday, June 7, 2026 9:00 AM\nTo: eva@x.example\nSubject: Not delivered\n",
    "Samsung": (
        "-------- Original message --------\nFrom: DHL\nDate: 07/06/2026 09:00 (GMT+01:00)\nTo: eva@x.example\n"
        "Subject: Not delivered\n"
    ),
    "NetEase": (
        "---- 转发的邮件 ----\n| 发件人 | DHL<info@dhl.example> |\n| 发送日期 | 2026年06月07日 09:00 |\n"
        "| 收件人 | eva<eva@x.example> |\n| 主题 | 未送达 |\n"
    ),
    "GroupWise": ">>> DHL <info@dhl.example> 06/07/26 09:00 >>>",
    "our order confirmation": (
        "---------- Forwarded message ---------\nFrom: Shop <orders@shop.example>\nDate: Sun, 7 Jun 2026 at 09:00\n"
        "Subject: Your order 12\nTo: <eva@x.example>\n"
    ),
}
TYPED = {
    "arrows": "Hi\n>>> urgent, before 10:00 >>>\nPlease call me",
    "a time above lines with marks": "Hi\nDeliver at 10:00:\n> ring twice\n> no dog\nEva",
    "a table": "Hi\n| Name | Eva |\n| Order | 12 |\nThanks",
    "a journey with an address": "Hi\nFrom: Rome\nTo: Paris\nDate: 3 May 2026 10:15\nEmail: eva@x.example\nThanks",
    "our address": "Hi\nYour colleague at help@shop.example wrote:\nWe will refund you.\nNothing came.",
}
LINES = "It was sent yesterday.\n\n-- \nBaton, Shop"
QUOTED = "> It was sent yesterday.\n>\n> --\n> Baton, Shop"


@pytest.mark.parametrize("head", FORMATS.values(), ids=FORMATS)
def test_lines_above_quoted_lines(head: str) -> None:
    assert new_part(f"Nothing came.\n\n{head}\n{QUOTED}", own=OWN) == "Nothing came."
    assert new_part(f"Nothing came.\n\n{head}\n\n{QUOTED}", own=OWN) == "Nothing came."
    assert new_part(f"{head}\n{QUOTED}\n\nNothing came.", own=OWN) == "Nothing came."


@pytest.mark.parametrize("head", BLOCKS.values(), ids=BLOCKS)
def test_lines_above_a_mail_without_marks(head: str) -> None:
    assert new_part(f"Nothing came.\n\n{head}\n\n{LINES}", own=OWN, subject="Re: Question") == "Nothing came."


def test_headers_with_marks_as_orange_writes_them() -> None:
    head = '> Message du 07/06/26 10:00\n> De : "Shop" <help@shop.example>\n> A : eva@x.example\n> Objet : Re: Q\n>'
    assert new_part(f"Nothing came.\n\n{head}\n{QUOTED}", own=OWN, subject="Re: Q") == "Nothing came."


@pytest.mark.parametrize("head", OTHERS.values(), ids=OTHERS)
def test_a_mail_of_somebody_else_is_kept(head: str) -> None:
    """Also without its author's address: then its subject is another one."""
    reply = f"They told me:\n\n{head}\nParcel 77 was returned."
    assert new_part(reply, own=OWN, subject="Re: Question") == reply


@pytest.mark.parametrize("reply", TYPED.values(), ids=TYPED)
def test_what_was_typed_is_kept(reply: str) -> None:
    assert new_part(reply, own=OWN, subject="Re: Question") == reply


@pytest.mark.parametrize(("reply", "right"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_replies_of_more_programs(reply: str, right: str) -> None:
    assert new_part(reply, own=OWN) == right


@pytest.mark.parametrize("reply", KEPT.values(), ids=KEPT.keys())
def test_in_doubt_all_of_it_is_kept(reply: str) -> None:
    assert new_part(reply, own=OWN) == reply.strip()
