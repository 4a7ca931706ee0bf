"""The measure of sentiment, on labelled messages and at its edges."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.guidance.sentiment import score, sounds
from domain.model.agent.guidance import Sentiment
from domain.search.tokenizer import words_of
from tests.domain.guidance.messages import CALM, UNHAPPY


def _score(text: str) -> int:
    return score(text, words_of(text))


def _sounds(text: str, sentiment: Sentiment = Sentiment.NEGATIVE) -> bool:
    return sounds(text, words_of(text), sentiment)


def test_the_labelled_messages() -> None:
    found = [text for text in UNHAPPY if _sounds(text)]
    assert [text for text in CALM if _sounds(text)] == []
    assert len(found) >= 0.9 * len(UNHAPPY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Where is my parcel?", 0),
        ("I am disappointed", -1),
        ("ENTTÄUSCHT", -1),
        ("enttauscht", -1),
        ("happy", 1),
        ("I am not happy", -1),
        ("not bad", 0),
        ("no, thank you", 1),
        ("thanks, but I am disappointed", 0),
        ("fraud", -2),
        ("it is not a fraud", -2),  # who speaks of fraud is not calm, whatever is said of it
        ("fraud!!", -3),
        ("great!!", 1),
        ("THIS IS FRAUD, SAY THE PAPERS", -3),
        ("FRAUD", -2),
        ("😡", -2),
        ("❤", 1),
        ("déçu", -1),
        ("詐欺", 0),
    ],
)
def test_scores(text: str, expected: int) -> None:
    assert _score(text) == expected


def test_thresholds() -> None:
    assert _sounds("I am disappointed")
    assert not _sounds("I am disappointed", Sentiment.VERY_NEGATIVE)
    assert _sounds("Fraud!!", Sentiment.VERY_NEGATIVE)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine stands still
@given(st.text(max_size=200))
def test_any_text_has_a_score(text: str) -> None:
    assert _score(text) == _score(text)
    assert _sounds(text) or not _sounds(text, Sentiment.VERY_NEGATIVE)
