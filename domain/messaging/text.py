"""A message as plain text: for channels that show neither cards nor Markdown.

A link's label stands before its address; product cards follow the text, each with its title, price and address.
"""

from __future__ import annotations

import re
import unicodedata

from babel.numbers import format_currency

from domain.i18n.localization import formats_for
from domain.model.conversation import Message, ProductCard
from domain.values.money import Money

_LINK = re.compile(r"\[([^\[\]\n\r]+)\]\(([^\s()]+)\)")
_SCHEME = re.compile(r"(?:mailto|tel):", re.IGNORECASE)


def plain_text(message: Message, locale: str | None) -> str:
    parts = [_LINK.sub(_written_out, message.text), *(_card(card, locale) for card in message.products)]
    return "\n\n".join(part for part in parts if part.strip())


def _written_out(link: re.Match[str]) -> str:
    label, address = link[1].strip(), _SCHEME.sub("", link[2])
    return address if label in (address, link[2]) else f"{label}: {address}"


def _card(card: ProductCard, locale: str | None) -> str:
    title = f"{card.title}, {price_text(card.price, locale)}" if card.price else card.title
    return f"{title}\n{card.url}" if card.url else title


def price_text(price: Money, locale: str | None) -> str:
    """As the shopper's region writes it; "12.50 XYZ" for a currency without a sign."""
    return " ".join(str(format_currency(price.amount, price.currency, locale=formats_for(locale))).split())


def pieces(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` UTF-16 code units, cut where it hurts least; numbered where there are
    several, since carriers do not promise an order."""
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
    """As carriers count: a sign beyond the first plane, like most emoji, is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, room: int) -> int:
    """How many characters of the text fit, ending at a paragraph, else a line, a sentence, a word, a sign."""
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
            return at + len(mark.rstrip())  # the full stop stays, the white space goes
    while fits > 1 and _belong_together(text[fits - 1], text[fits]):
        fits -= 1
    return fits


def _belong_together(before: str, after: str) -> bool:
    """Halves of one sign: a letter and its accent, a face and its colour, a family and its members, a flag."""
    if before == _JOINER or after == _JOINER or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return True
    return after in _COLOURS or (before in _FLAG_LETTERS and after in _FLAG_LETTERS)


_JOINER = "\u200d"
_COLOURS = frozenset(chr(code) for code in range(0x1F3FB, 0x1F400))
_FLAG_LETTERS = frozenset(chr(code) for code in range(0x1F1E6, 0x1F200))
