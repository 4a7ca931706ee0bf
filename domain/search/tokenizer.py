"""Splits a text of any script into words, and folds case and accents.

Word boundaries follow Unicode (UAX 29); scripts written without spaces give one word a character. A word is folded to
one form: compatibility forms and letters with marks are decomposed (NFKD), case is folded, accents are dropped. So
`Café`, `CAFE` and `ｃａｆé` are one word, and the decomposed `주문` begins with the decomposed `주무`.
"""

from __future__ import annotations

import re
import unicodedata

import regex

LONGEST_WORD = 40  # characters that are kept: anything longer is a key, an address, or noise
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_BOUNDARY = regex.compile(r"(?w)\b", flags=regex.V1)
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+")
# Letters whose stroke or ligature Unicode does not decompose, but which people type without.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
_GROUPS = re.compile(r"(?<![\w+])[+(]?\d(?:[\d ().\-/]*\d)?(?!\w)")
PHONE_DIGITS = range(7, 16)  # E.164 has at most 15
_ZERO_WIDTH_SPACE = "\u200b"  # the only format character that separates words


def words_of(text: str) -> list[str]:
    """Return the folded words of a text in order, with duplicates."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII_WORD.findall(text.lower())]
    pieces = _BOUNDARY.split(folded(text))
    return [found[:LONGEST_WORD] for piece in pieces for found in _WORD.findall(piece)]


def folded(text: str) -> str:
    """Return the form in which texts are compared."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not _is_dropped(c)).replace(
        _ZERO_WIDTH_SPACE, " "
    )


def addresses_in(text: str) -> list[str]:
    """Return what looks like an e-mail address, folded."""
    if "@" not in text:
        return []
    return [address.strip(".'`*!?")[:LONGEST_WORD] for address in _ADDRESS.findall(folded(text))]


def grouped_numbers(text: str) -> list[tuple[tuple[int, int], str]]:
    """Return (span, digits) of what looks like a phone number that is written in groups."""
    found = []
    for match in _GROUPS.finditer(text):
        digits = "".join(character for character in match[0] if character.isdecimal())
        if len(digits) in PHONE_DIGITS and not match[0].isdecimal():
            found.append((match.span(), digits[:LONGEST_WORD]))
    return found


def _is_dropped(character: str) -> bool:
    """Return whether folding drops the character: accents, vowel points, invisible characters.

    Marks that make another letter are kept: a virama, the voicing of kana, the vowels of Thai.
    """
    combining = unicodedata.combining(character)
    if combining:
        return combining == 1 or 10 <= combining <= 36 or combining >= 200  # UAX 44, table 15
    return unicodedata.category(character) == "Cf" and character != _ZERO_WIDTH_SPACE
