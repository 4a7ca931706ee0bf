"""Reply parsing: the marks that mail programs write before the quoted history, in many languages."""

from __future__ import annotations

import pytest

from integrations.email.html import html_to_text
from integrations.email.reply import new_part
from tests.harness.scaling import assert_linear

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
        "---------- Forwarded message ---------\nFrom: Shop",
        "*From:* Shop\n*Sent:* Sunday",
    ],
)
def test_a_block_of_mail_headers_begins_the_history(head: str) -> None:
    assert new_part(f"Thanks.\n\n{head}\n\nHello Ann") == "Thanks."


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
    assert_linear(new_part, lambda count: f"{line}\n" * count, count=16_000)


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


@pytest.mark.parametrize(
    "markup", ["", "<", "<!--", "<a" * 10_000, "<blockquote>" * 5_000 + "x", "</p>" * 100, "&#x;&"]
)
def test_malformed_html_keeps_its_text(markup: str) -> None:
    text = html_to_text(f"before{markup}")
    assert text.startswith("before")
