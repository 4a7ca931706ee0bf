"""Reply parsing: the marks that mail programs write before the quoted history, in many languages."""

from __future__ import annotations

import pytest

from integrations.email.html import html_to_text
from integrations.email.replies.reply import new_part
from tests.harness.scaling import assert_linear

OWN = ["help@shop.example"]
QUOTED = "\n> Hello Ann,\n>\n> it arrives today.\n"
INTRODUCTIONS = [
    "On Sun, Jun 7, 2026 at 12:00 PM Assistant <help@shop.example> wrote:",
    "On Sun, 7 Jun 2026 at 12:00, Assistant, My Shop of very long names and more\n<help@shop.example>\nwrote:",
    "Am So., 7. Juni 2026 um 12:00 Uhr schrieb Shop <help@shop.example>:",
    "Le dim. 7 juin 2026 à 12:00, Shop <help@shop.example> a écrit :",
    "Il giorno dom 7 giu 2026 alle ore 12:00 Shop <help@shop.example> ha scritto:",
    "El dom, 7 jun 2026 a las 12:00, Shop (<help@shop.example>) escribió:",
    "Em dom., 7 de jun. de 2026 às 12:00, Shop <help@shop.example> escreveu:",
    "Op zo 7 jun 2026 om 12:00 schreef Shop <help@shop.example>:",
    "Den søn. 7. jun. 2026 kl. 12.00 skrev Shop <help@shop.example>:",
    "sön 7 juni 2026 kl. 12:00 skrev Shop <help@shop.example>:",
    "su 7. kesäk. 2026 klo 12.00 Shop (help@shop.example) kirjoitti:",
    "niedz., 7 cze 2026 o 12:00 Shop <help@shop.example> napisał(a):",
    "вс, 7 июн. 2026 г. в 12:00, Shop <help@shop.example> написал:",
    "2026年6月7日(日) 12:00 Shop <help@shop.example> 写道：",
]

CASES = {  # name and source of a report, the reply, its new text
    "reply-cs (EmailReplyParser#3, #61.)": (
        "Stále nefunguje.\n"
        "\n"
        "Dne 1. 6. 2026 10:00 Shop <help@shop.example> napsal(a):\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "Stále nefunguje.",
    ),
    "reply-ro (email_reply_parser#80.)": (
        "Nu a ajuns.\n"
        "\n"
        "În dum., 7 iun. 2026 la 10:00, Shop <help@shop.example> a scris:\n"
        "\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "Nu a ajuns.",
    ),
    "reply-vi (EmailReplyParser#61.)": (
        "Vẫn chưa nhận được.\n"
        "\n"
        "Vào CN, 7 thg 6, 2026 vào lúc 10:00 Shop <help@shop.example> đã viết:\n"
        "\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "Vẫn chưa nhận được.",
    ),
    "reply-zh-tw (talonjs#2.)": (
        "還沒收到。\n"
        "\n"
        "Shop <help@shop.example> 於 2026年6月7日 週日 上午10:00寫道：\n"
        "\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "還沒收到。",
    ),
    "reply-outlook-cs (EmailReplyParser#3.)": (
        "Stále nefunguje.\n"
        "\n"
        "Od: Shop <help@shop.example>\n"
        "Odesláno: neděle 7. června 2026 10:00\n"
        "Komu: eva@example.com\n"
        "Předmět: Re: Question\n"
        "\n"
        "It was sent yesterday.\n",
        "Stále nefunguje.",
    ),
    "reply-outlook-hu (email_reply_parser#80.)": (
        "Még nem jött meg.\n"
        "\n"
        "Feladó: Shop <help@shop.example>\n"
        "Elküldve: 2026. június 7., vasárnap 10:00\n"
        "Címzett: eva@example.com\n"
        "Tárgy: Re: Question\n"
        "\n"
        "It was sent yesterday.\n",
        "Még nem jött meg.",
    ),
    "reply-pl-thunderbird (variation of EmailReplyParser#61.)": (
        "Nadal nie działa.\n"
        "\n"
        "W dniu 7.06.2026 o 10:00, Shop pisze:\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "Nadal nie działa.",
    ),
    "reply-id (variation of EmailReplyParser#61.)": (
        "Belum sampai.\n"
        "\n"
        "Pada Min, 7 Jun 2026 pukul 10.00 Shop <help@shop.example> menulis:\n"
        "\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "Belum sampai.",
    ),
    "reply-outlook-zh-tw (variation of talonjs#2.)": (
        "還沒收到。\n"
        "\n"
        "寄件者: Shop <help@shop.example>\n"
        "寄件日期: 2026年6月7日 上午 10:00\n"
        "收件者: eva@example.com\n"
        "主旨: Re: Question\n"
        "\n"
        "It was sent yesterday.\n",
        "還沒收到。",
    ),
    "reply-outlook-el (variation of email_reply_parser#80.)": (
        "Δεν ήρθε ακόμα.\n"
        "\n"
        "Από: Shop <help@shop.example>\n"
        "Στάλθηκε: Κυριακή, 7 Ιουνίου 2026 10:00\n"
        "Προς: eva@example.com\n"
        "Θέμα: Re: Question\n"
        "\n"
        "It was sent yesterday.\n",
        "Δεν ήρθε ακόμα.",
    ),
    "reply-with-booking (variation of talon#129.)": (
        "Then please change it:\n"
        "From: Rome\n"
        "To: Paris\n"
        "Date: 3 May\n"
        "Thanks a lot\n"
        "\n"
        "On Sun, 7 Jun 2026 at 10:00, Shop <help@shop.example> wrote:\n"
        "> It was sent yesterday.\n"
        ">\n"
        "> --\n"
        "> Baton, Shop\n",
        "Then please change it:\nFrom: Rome\nTo: Paris\nDate: 3 May\nThanks a lot",
    ),
    "reply-with-forward (variation of vm0#3754.)": (
        "This is what the courier told me:\n"
        "\n"
        "---------- Forwarded message ---------\n"
        "From: Courier <info@courier.example>\n"
        "Date: Sun, 7 Jun 2026 at 09:00\n"
        "Subject: Not delivered\n"
        "To: <eva@example.com>\n"
        "\n"
        "Parcel 77 was returned to sender.\n",
        "This is what the courier told me:\n"
        "\n"
        "---------- Forwarded message ---------\n"
        "From: Courier <info@courier.example>\n"
        "Date: Sun, 7 Jun 2026 at 09:00\n"
        "Subject: Not delivered\n"
        "To: <eva@example.com>\n"
        "\n"
        "Parcel 77 was returned to sender.",
    ),
}


@pytest.mark.parametrize(("reply", "right"), CASES.values(), ids=CASES.keys())
def test_reported_replies(reply: str, right: str) -> None:
    assert new_part(reply, own=OWN) == right.strip()


def test_headers_that_the_shopper_wrote_are_kept() -> None:
    for block in ("Name: Eva\nE-mail: eva@example.com\nOrder: 1001\nSize: 40", "Od: Praha\nDo: Brna\nDatum: 3. 5."):
        assert new_part(f"Here it is:\n\n{block}\n\nThanks", own=OWN) == f"Here it is:\n\n{block}\n\nThanks"


@pytest.mark.parametrize("line", INTRODUCTIONS)
def test_history_below_an_introduction_is_removed(line: str) -> None:
    assert new_part(f"Yes please!\n\nAnn\n\n{line}\n{QUOTED}") == "Yes please!\n\nAnn"
    assert new_part(f"Yes please!\r\n{line}\r\nnot even quoted") == "Yes please!"


@pytest.mark.parametrize(
    "head",
    [
        "From: Shop <help@shop.example>\nSent: Sunday, June 7, 2026 12:00 PM\nTo: Ann\nSubject: Hello",
        "Von: Shop <help@shop.example>\nGesendet: Sonntag, 7. Juni 2026 12:00\nAn: Ann\nBetreff: Hallo",
        "De : Shop <help@shop.example>\nEnvoyé : dimanche 7 juin 2026 12:00\nÀ : Ann\nObjet : Bonjour",
        "________________________________\nFrom: Shop\nDate: Sunday\nSubject: x",
        "-----Original Message-----\nFrom: Shop",
        "-----Ursprüngliche Nachricht-----\nVon: Shop",
        "---------- Forwarded message ---------\nFrom: Shop <help@shop.example>",
        "*From:* Shop\n*Sent:* Sunday",
    ],
)
def test_a_block_of_mail_headers_begins_the_history(head: str) -> None:
    assert new_part(f"Thanks.\n\n{head}\n\nHello Ann", own=OWN) == "Thanks."


def test_replies_below_and_between_quotes_are_kept() -> None:
    below = f"{INTRODUCTIONS[0]}\n{QUOTED}\nThanks, that is fine.\nAnn"
    assert new_part(below) == "Thanks, that is fine.\nAnn"
    between = f"{INTRODUCTIONS[0]}\n> Which size?\n\nForty.\n\n> Which colour?\n\nBlue."
    assert new_part(between) == "Forty.\n\n\nBlue."


@pytest.mark.parametrize(
    "text",
    [
        "I wrote: to you yesterday",
        "From: where does it come?",
        "The list:\n- one\n- two",
        "From: Paris\nTo: Rome\nis my parcel's way",
        "He said on 7 June that",
        "----",
        "a\n\n\nb",
    ],
)
def test_text_that_resembles_an_introduction_is_kept(text: str) -> None:
    assert new_part(text) == text


def test_the_signature_is_removed() -> None:
    assert new_part("Yes.\n-- \nAnn Lee\nACME") == "Yes."


@pytest.mark.parametrize("text", [QUOTED, f"{INTRODUCTIONS[0]}{QUOTED}", "-- \nAnn", "-----Original Message-----\nHi"])
def test_the_whole_text_is_kept_if_nothing_would_remain(text: str) -> None:
    assert new_part(text) == text.strip()


@pytest.mark.parametrize("line", ["wrote @ 1: " * 30, "From: x", ">" * 300, "_" * 300, "On 1 wrote", "a" * 3_000])
def test_time_grows_linearly(line: str) -> None:
    assert_linear(new_part, lambda count: f"{line}\n" * count, count=8_000)


def test_html() -> None:
    markup = """<html><head><title>no</title><style>p {}</style></head><body><p>Hello&nbsp;<b>Ann</b>,</p>
      <div>one<br>two</div><script>no()</script><ul><li>a</li><li>b</li></ul>
      <a href="https://shop.example/p">our page</a> <a href="https://shop.example">shop.example</a>
      <table><tr><td>x</td><td>y</td></tr></table><p dir="rtl">شكرا</p>
      <div>On Sun, Jun 7, 2026, Shop &lt;help@shop.example&gt; wrote:</div>
      <blockquote>old<br>lines</blockquote></body></html>"""
    text = html_to_text(markup).replace("\xa0", " ")
    assert "Hello Ann,\n\none\ntwo\n- a\n- b\nour page (https://shop.example/p) shop.example\n" in text
    assert "no" not in text
    assert "x y" in text
    assert "شكرا" in text
    assert "> old\n> lines" in text
    assert "old" not in new_part(text)


HOSTILE = {
    **{
        name: name * (1_000_000 // len(name))
        for name in ("<a ", "<!--", "<!-- -- ", "<!a", "<?a ", "<![CDATA[", "</a ")
    },
    **{name: name * (1_000_000 // len(name)) for name in ("<![if ", "</", "x<y", "<a b=\"<a b='", "&#", "<script>")},
    "an open tag before the end": "<a " * 300_000 + ">",
    "an open attribute": '<a b="' + "<a " * 300_000,
    "open attributes": "<a " + 'b="' * 300_000 + ">",
    "attributes": "<a " + " b=c" * 250_000 + ">",
    "spaces": "<a" + " " * 1_000_000,
    "text in a textarea": "<textarea>" + "</text" * 160_000,
    "a style": "<style>" + "</styl" * 160_000,
    "elements in each other": "<div>" * 30_000 + "<b>" * 30_000 + "</i>" * 30_000,
    "other elements in each other": "".join(f"<font a={number}>" for number in range(20_000)) + "<p>" * 20_000,
    "quotes in each other": "<blockquote>" * 20_000 + "<br>" * 20_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_takes_linear_time(name: str) -> None:
    """It takes a tenth of a second. In quadratic time, a megabyte takes minutes: the test would not end in time."""
    assert html_to_text(f"<p>before</p>{HOSTILE[name]}<p>after</p>").startswith("before")


@pytest.mark.parametrize(
    "markup", ["", "<", "<!--", "<a" * 10_000, "<blockquote>" * 5_000 + "x", "</p>" * 100, "&#x;&"]
)
def test_malformed_html_keeps_its_text(markup: str) -> None:
    text = html_to_text(f"before{markup}")
    assert text.startswith("before")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("is 3 <4 and a <b", "is 3 <4 and a <b"),  # no tag ends there
        ("<p>5 &lt; 6 &euro; &#128512;&nbsp;&copy 1", "5 < 6 € 😀\xa0© 1"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("one<blockquote>two</blockquote>three", "one\n\n> two\n>\nthree"),
        ("<div><blockquote>one</div>two", "> one\n>\ntwo"),
        ("<!--[if mso]>no<![endif]-->yes<![if !mso]> yes<![endif]>", "yes yes"),
        ("<meta charset=gb2312>é中", "é中"),  # it has been decoded already
        ("<style>p {} Where is it?", "p {} Where is it?"),  # nothing else is left
        ("<style>p {}</style><img src=x>", ""),
        ("<title>T</title><noscript>no</noscript><template>no</template>yes", "yes"),
        ("<a href='http://e.example' href='x'>label</a>", "label (http://e.example)"),
        ("a\0b\ud800", "ab?"),
    ],
)
def test_markup(markup: str, text: str) -> None:
    assert html_to_text(markup) == text
