"""Parses the text of a search into words, all of which a conversation must have.

A word matches a whole word of a message. The last word may be a prefix, because the user may still be typing it; a
space after it completes it. Names, e-mail addresses and phone numbers match by prefix. There are no operators: quotes,
asterisks, dollar signs and slashes separate words, like any other sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator

from domain.search.terms import ADDRESS, IDENTITY, PHONE
from domain.search.tokenizer import PHONE_DIGITS, addresses_in, folded, grouped_numbers, words_of
from domain.values.errors import Field, Invalid
from domain.values.record import Record

LONGEST_SEARCH = 200  # characters
MAX_WORDS = 10
_PHONE_PREFIX = 3  # least digits: with fewer, nearly every number would match
_WHOLE_NUMBER = range(9, 16)  # digits of a search that consists of one phone number


class SearchWord(Record):
    forms: tuple[str, ...]  # spellings, any of which matches
    complete: bool = True  # False: it also matches as a prefix

    @property
    def written(self) -> tuple[str, ...]:
        """The forms as terms of messages."""
        return tuple(ADDRESS + form if "@" in form else form for form in self.forms)

    @property
    def known(self) -> tuple[str, ...]:
        """The forms as prefixes of the shopper's terms.

        A name is not searched among addresses, nor a number of two digits among phone numbers: as prefixes they would
        match nearly every shopper.
        """
        numbers = [PHONE + form for form in self.forms if form.isdecimal() and len(form) >= _PHONE_PREFIX]
        return tuple(IDENTITY + term for term in (*self.written, *numbers))

    def fits(self, term: str) -> bool:
        """Return whether the word matches the term."""
        if term.startswith(IDENTITY):
            return term.startswith(self.known)
        return term in self.written if self.complete else term.startswith(self.written)


class Search(Record):
    words: tuple[SearchWord, ...]

    def fits(self, terms: Collection[str]) -> bool:
        """Return whether a conversation with these terms, facets excluded, is found."""
        return all(any(word.fits(term) for term in terms) for word in self.words)


def search_of(text: str, *, field: Field) -> Search | None:
    """Return the parsed search, or None for a blank text. Raises `Invalid`."""
    if len(text) > LONGEST_SEARCH:
        raise Invalid(f"The search has {len(text):,} characters. At most {LONGEST_SEARCH} are allowed.", field=field)
    if any(unicodedata.category(character) in ("Cc", "Cs") and not character.isspace() for character in text):
        raise Invalid("The search contains a control character. Remove it.", field=field)
    if not text.strip():
        return None
    found = list(_sought(folded(text)))
    if not found:
        raise Invalid("The search has no letter and no digit. Search for a word.", field=field)
    if len(found) > MAX_WORDS:
        raise Invalid(f"The search has {len(found)} words. At most {MAX_WORDS} are allowed.", field=field)
    *before, last = found
    as_typed = SearchWord(forms=last.forms, complete=text[-1].isspace())
    return Search(words=tuple(dict.fromkeys((*before, as_typed))))


def _sought(text: str) -> Iterator[SearchWord]:
    """Yield the words of a folded text in order; an address or a phone number is one word."""
    numbers = {
        span: digits
        for span, digits in grouped_numbers(text)
        if text[span[0]] in "+(0" or (span == _trimmed(text) and len(digits) in _WHOLE_NUMBER)
    }
    at = 0
    for (begins, ends), digits in numbers.items():
        yield from _words(text[at:begins])
        yield SearchWord(forms=tuple(dict.fromkeys((digits, digits.lstrip("0") or digits))))
        at = ends
    yield from _words(text[at:])


def _words(text: str) -> Iterator[SearchWord]:
    for part in text.split():
        addresses = addresses_in(part)
        for word in addresses or words_of(part):
            yield SearchWord(forms=_forms(word))


def _forms(word: str) -> tuple[str, ...]:
    """Return the spellings of a word: a phone number with and without the zeros of a dialling prefix."""
    bare = word.lstrip("0")
    return (word, bare) if word.isdecimal() and word != bare and len(bare) >= min(PHONE_DIGITS) else (word,)


def _trimmed(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text.rstrip())
