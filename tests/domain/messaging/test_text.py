"""Messages as plain text, and splitting of long ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.messaging.text import pieces, plain_text
from domain.model.conversation import Author, AuthorKind, Message, MessageKind, ProductCard
from domain.values.ids import ConversationId, MessageId
from domain.values.money import Money


def message(text: str, *products: ProductCard) -> Message:
    return Message(
        id=MessageId("M" * 26),
        conversation_id=ConversationId("C" * 26),
        sequence=2,
        kind=MessageKind.TEXT,
        author=Author(kind=AuthorKind.AI_AGENT, name="Assistant"),
        text=text,
        sent_at=datetime(2026, 6, 7, tzinfo=UTC),
        products=products,
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It arrives today.", "It arrives today."),
        ("See [our page](https://shop.example/help).", "See our page: https://shop.example/help."),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("Write to [us](mailto:help@a.example)", "Write to us: help@a.example"),
        ("Or [call](tel:+390212345678)", "Or call: +390212345678"),
        ("[x] is no link, (nor) is this", "[x] is no link, (nor) is this"),
        ("مرحبا 👋🏽", "مرحبا 👋🏽"),
    ],
)  # fmt: skip
def test_links_are_written_out(text: str, plain: str) -> None:
    assert plain_text(message(text), None) == plain


def test_cards_follow_the_text() -> None:
    kettle = ProductCard(
        product_id="1",
        title="Kettle",
        url="https://shop.example/kettle",
        price=Money(amount=Decimal("1234.50"), currency="EUR"),
    )
    bare = ProductCard(product_id="2", title="Cup")
    shown = plain_text(message("Two ideas:", kettle, bare), "de-DE")
    assert shown == "Two ideas:\n\nKettle, 1.234,50 €\nhttps://shop.example/kettle\n\nCup"
    assert plain_text(message("Two ideas:", kettle), "xx").startswith("Two ideas:\n\nKettle, €1,234.50\n")


def test_short_texts_stay_whole() -> None:
    assert pieces("a" * 1_600, 1_600) == ["a" * 1_600]
    assert pieces("😀" * 800, 1_600) == ["😀" * 800]


def test_cuts_where_it_hurts_least() -> None:
    text = "First paragraph.\n\nSecond one. It is longer. " + "word " * 20
    found = pieces(text, 40)
    assert found[0] == f"(1/{len(found)}) First paragraph."
    assert all("wor" not in p or re.search(r"\bword\b", p) for p in found)


def test_a_sign_is_never_cut() -> None:
    family = "👩‍👩‍👧‍👦"
    for size in range(30, 60):
        for piece in pieces("x" * size + family * 20, 60):
            body = piece.split(") ", 1)[1].lstrip("x")
            assert body == family * (len(body) // len(family)), (size, piece)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), max_size=900))
def test_nothing_is_lost_and_nothing_is_too_long(text: str) -> None:
    found = pieces(text, 100)
    assert all(len(p.encode("utf-16-le")) // 2 <= 100 for p in found)
    bodies = [re.sub(r"^\(\d+/\d+\) ", "", p) for p in found] if len(found) > 1 else found
    assert "".join("".join(bodies).split()) == "".join(text.split())
