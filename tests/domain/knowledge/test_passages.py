"""Passages of articles and products, and the terms by which they are found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.knowledge.passages import LONGEST_PASSAGE, article_passages, product_passage
from domain.knowledge.terms import question_terms, terms_of
from domain.model.agent.knowledge import Article, ArticleKind, CatalogProduct, ProductVariant

NOW = datetime(2026, 6, 7, tzinfo=UTC)
SENTENCE = "You can send back every item that you have bought from us within thirty days. "


def parts(text: str) -> list[str]:
    article = Article(
        id="a",
        kind=ArticleKind.ARTICLE,
        title="Returns",
        text=text,
        language="en",
        created_at=NOW,
        updated_at=NOW,
        revision=1,
    )
    found = article_passages(article)
    assert [each.place for each in found] == list(range(len(found)))
    return [each.text for each in found]


def test_paragraphs_are_passages_and_short_ones_join_the_next() -> None:
    long = SENTENCE.strip()
    assert parts(f"{long}\n\n{long}") == [long, long]
    assert parts(f"How long?\n\n{long}") == [f"How long?\n{long}"]
    assert parts(f"{long}\n \nBye.") == [f"{long}\nBye."]
    assert parts("Yes.") == ["Yes."]


@pytest.mark.parametrize("text", [SENTENCE * 40, "x" * 5_000, "\n\n".join(["y" * 300] * 10)])
def test_no_passage_is_too_long_and_nothing_is_lost(text: str) -> None:
    found = parts(text)
    assert all(len(each) <= LONGEST_PASSAGE for each in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_product_is_one_passage_with_each_option_once() -> None:
    variants = tuple(ProductVariant(id=str(n), options=("color: blue", f"size: {n}")) for n in range(2))
    product = CatalogProduct(
        id="p", product_id="1", title="Shirt", updated_at=NOW, revision=1, category="Tops", variants=variants
    )
    assert product_passage(product).text == "Tops\ncolor: blue, size: 0, size: 1"


def test_terms_are_words_and_sequences_without_function_words() -> None:
    assert question_terms("Where is my parcel?") == ["parcel", "#<par", "#parc", "#arce", "#rcel", "#cel>"]
    assert question_terms("Wann bekomme ich es?")[0] == "bekomme"
    assert question_terms("how do I?") == []
    assert len(set(terms_of("Rücksendung")) & set(terms_of("zurücksenden"))) >= 4
    assert len(question_terms("parcel " * 200)) == 6  # each word once
