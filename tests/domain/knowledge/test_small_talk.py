"""Greetings, thanks, and the wish to talk to a human; everything else is a question."""

from __future__ import annotations

import pytest

from domain.knowledge.small_talk import SmallTalk, SmallTalkKind, small_talk_in

GREETING, THANKS, HUMAN = SmallTalkKind.GREETING, SmallTalkKind.THANKS, SmallTalkKind.HUMAN_WANTED


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("Hi", GREETING, "en"),
        ("HELLO there!", GREETING, "en"),
        ("¡Hola!", GREETING, "es"),
        ("Guten Tag", GREETING, "de"),
        ("cześć", GREETING, "pl"),
        ("Hi, can you help me please?", GREETING, "en"),
        ("thanks a lot", THANKS, "en"),
        ("Hallo und danke", THANKS, "de"),
        ("ok", THANKS, "en"),
    ],
)
def test_what_says_nothing_else(text: str, kind: SmallTalkKind, language: str) -> None:
    assert small_talk_in(text) == SmallTalk(kind=kind, language=language)


@pytest.mark.parametrize("text", ["👍", "👍🏽 ", "🙏🙏", "❤️"])
def test_a_friendly_sign_is_thanks(text: str) -> None:
    assert small_talk_in(text) == SmallTalk(kind=THANKS)


@pytest.mark.parametrize(
    "text",
    [
        "Can I talk to a human?",
        "a real person please",
        "human",
        "I need a human",
        "I want to speak to someone about my order",
        "Ich möchte mit einem Mitarbeiter sprechen",
        "Quiero hablar con una persona",
        "Je voudrais parler à un conseiller",
        "vorrei parlare con un operatore",
        "Quero falar com uma pessoa",
        "jag vill prata med en människa",
    ],
)
def test_a_human_is_wanted(text: str) -> None:
    assert small_talk_in(text) == SmallTalk(kind=HUMAN)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "???",
            "👍?",
            "😡",
            "hello, what are the shipping costs?",
            "thanks, and where is my order?",
            "Where is it?",
        ),
        *("Do you sell a cleaning agent?", "a tent for one person", "I need a gift for a person who likes tea"),
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert small_talk_in(text) is None
