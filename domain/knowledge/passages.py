"""Divides articles into passages, the parts that an answer quotes, and makes one passage of a product."""

from __future__ import annotations

import re
from enum import StrEnum

from domain.model.agent.knowledge import Article, CatalogProduct
from domain.values.record import Record

_PARAGRAPHS = re.compile(r"\n[ \t\r]*\n")
_SENTENCES = re.compile(r"(?<=[.!?。！？])\s+")
LONGEST_PASSAGE = 700  # characters: what fits a chat window
_SHORTEST = 60  # characters of a paragraph that stands alone; a shorter one belongs to the next


class SourceKind(StrEnum):
    """The kind of the source of a passage."""

    ARTICLE = "ARTICLE"
    PRODUCT = "PRODUCT"


class Passage(Record):
    kind: SourceKind
    source_id: str  # of the article or the product
    place: int  # 0, 1, 2 … in its source
    title: str
    text: str
    language: str | None = None  # None for a product
    url: str | None = None

    @property
    def searched(self) -> str:
        """The text that is searched. The title counts twice: it says what the passage is about."""
        return f"{self.title}\n{self.title}\n{self.text}"


def passages_of(source: Article | CatalogProduct) -> list[Passage]:
    """Return the passages of a record of the knowledge, in order."""
    return article_passages(source) if isinstance(source, Article) else [product_passage(source)]


def article_passages(article: Article) -> list[Passage]:
    """Return the passages of an article, in order."""
    return [
        Passage(
            kind=SourceKind.ARTICLE,
            source_id=article.id,
            place=place,
            title=article.title,
            text=text,
            language=article.language,
            url=article.url,
        )
        for place, text in enumerate(_parts(article.text))
    ]


def product_passage(product: CatalogProduct) -> Passage:
    """Return the passage of a product: its description, category, and each of its options once."""
    options = dict.fromkeys(option for variant in product.variants for option in variant.options)
    parts = [product.category, product.description, ", ".join(options)]
    return Passage(
        kind=SourceKind.PRODUCT,
        source_id=product.id,
        place=0,
        title=product.title,
        text="\n".join(part for part in parts if part),
        url=product.url,
    )


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    begun = ""
    for paragraph in filter(None, (each.strip() for each in _PARAGRAPHS.split(text))):
        begun = f"{begun}\n{paragraph}" if begun else paragraph
        if len(begun) >= _SHORTEST:
            parts += _cut(begun)
            begun = ""
    if not begun:
        return parts
    if parts and len(parts[-1]) + len(begun) < LONGEST_PASSAGE:
        return [*parts[:-1], f"{parts[-1]}\n{begun}"]
    return [*parts, *_cut(begun)]


def _cut(paragraph: str) -> list[str]:
    """Return a paragraph that is too long in parts, of whole sentences where that is possible."""
    if len(paragraph) <= LONGEST_PASSAGE:
        return [paragraph]
    parts = [""]
    for sentence in _SENTENCES.split(paragraph):
        for at in range(0, len(sentence), LONGEST_PASSAGE):
            piece = sentence[at : at + LONGEST_PASSAGE]
            if parts[-1] and len(parts[-1]) + len(piece) >= LONGEST_PASSAGE:
                parts.append("")
            parts[-1] = f"{parts[-1]} {piece}" if parts[-1] else piece
    return parts
