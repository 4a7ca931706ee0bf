"""Which texts lose their words with a message that is redacted, because they quote it."""

from __future__ import annotations

import unicodedata

import pytest

from domain.retention.blanks import quotes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The shopper wrote:  My card\nis zanzibar.", "My card is zanzibar"),
        ("He says that MY CARD IS zanzibar", "My card is zanzibar"),
        (unicodedata.normalize("NFD", "asks about the résumé café"), "Résumé Café"),
        ("Gave the card 4111-1111-1111-1111.", "My card is 4111 1111 1111 1111, please"),
        ("Gave the card 4111111111111111", "4111 1111 1111 1111"),
        ("Lea (LEA@example.com) wants a refund", "write to lea@example.com"),
        ("x" * 70, "x" * 60 + " and so on"),
    ],
)
def test_a_text_quotes_the_words(text: str, words: str) -> None:
    assert quotes(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "My card"),
        ("Hello, I have a question", "hi"),
        ("Order 12345 is late", "Where is 12345?"),
        ("Gave the card 4111-1111-1111-1112.", "My card is 4111 1111 1111 1111"),
        ("Bob (bob@example.com) wants a refund", "write to lea@example.com"),
        ("", "My card"),
    ],
)
def test_another_text_stays(text: str | None, words: str) -> None:
    assert not quotes(text, words)
