"""Messages as plain text, for channels that show neither cards nor Markdown.

Marks of Markdown become those of the channel (`markup.py`). Product cards follow the text, each with its title, price
and address.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from babel.numbers import format_currency

from domain.i18n.localization import formats_for
from domain.messaging.markup import PLAIN, MarkupStyle, rendered
from domain.model.conversation import Message, ProductCard
from domain.values.money import Money


def plain_text(
    message: Message, locale: str | None, style: MarkupStyle = PLAIN, links: Iterable[tuple[str, str]] = ()
) -> str:
    """Return the message with its product cards as text, for a channel of this style. `links` are names and addresses
    of files that the channel does not carry."""
    cards = (_card(card, locale) for card in message.products)
    parts = [rendered(message.text, style), *cards, *(f"{name}\n{url}" for name, url in links)]
    return "\n\n".join(part for part in parts if part.strip())


def _card(card: ProductCard, locale: str | None) -> str:
    title = f"{card.title}, {price_text(card.price, locale)}" if card.price else card.title
    return f"{title}\n{card.url}" if card.url else title


def price_text(price: Money, locale: str | None) -> str:
    """Return the price in the format of the shopper's region; "12.50 XYZ" for a currency without a symbol."""
    return " ".join(str(format_currency(price.amount, price.currency, locale=formats_for(locale))).split())


def pieces(text: str, limit: int) -> list[str]:
    """Split the text into pieces of at most `limit` UTF-16 code units, at paragraphs, lines, sentences or words.
    Several pieces are numbered, since carriers do not guarantee their order."""
    if _units(text) <= limit:
        return [text]
    room = limit - len("(999/999) ")
    found: list[str] = []
    rest = text.strip()
    while rest:
        cut = _cut(rest, room)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [f"({number}/{len(found)}) {piece}" for number, piece in enumerate(found, 1)]


def _units(text: str) -> int:
    """The number of UTF-16 code units, in which carriers count: characters outside the BMP, like most emoji, are
    two."""
    return len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, room: int) -> int:
    """The number of characters that fit, up to the end of a paragraph, else of a line, sentence, word or character."""
    fits, units = 0, 0
    for character in text:
        units += 1 + (character > "\uffff")
        if units > room:
            break
        fits += 1
    if fits == len(text):
        return fits
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, fits // 2, fits + 1)
        if at > 0:
            return at + len(mark.rstrip())  # keep the full stop, drop the white space
    while fits > 1 and _belong_together(text[fits - 1], text[fits]):
        fits -= 1
    return fits


def _belong_together(before: str, after: str) -> bool:
    """Whether two code points are of one grapheme: a letter and its accent, an emoji and its skin tone, joined emoji, a
    flag."""
    if before == _JOINER or after == _JOINER or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return True
    return after in _COLOURS or (before in _FLAG_LETTERS and after in _FLAG_LETTERS)


_JOINER = "\u200d"
_COLOURS = frozenset(chr(code) for code in range(0x1F3FB, 0x1F400))
_FLAG_LETTERS = frozenset(chr(code) for code in range(0x1F1E6, 0x1F200))
