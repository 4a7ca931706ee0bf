"""What is looked for: words, all of which must be there.

A word of a message must be the word; the last one may be the beginning of it, as it is while one types (with a space
behind it, it is complete). A name, an e-mail address and a phone number are found by their beginning. Nothing of it is
an operator: quotes, asterisks, dollars and slashes stand between words, like any other sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator

from domain.search.terms import ADDRESS, IDENTITY, PHONE
from domain.search.tokenizer import PHONE_DIGITS, addresses_in, folded, grouped_numbers, words_of
from domain.values.errors import Field, Invalid
from domain.values.record import Record

LONGEST_SEARCH = 200  # characters
MOST_WORDS = 10
_PHONE_BEGINS = 3  # digits
_WHOLE_DIGITS = range(9, 16)


class SearchWord(Record):
    forms: tuple[str, ...]  # one of them
    complete: bool = True  # else a word that only begins so will do

    @property
    def written(self) -> tuple[str, ...]:
        """As terms of messages."""
        return tuple(ADDRESS + form if "@" in form else form for form in self.forms)

    @property
    def known(self) -> tuple[str, ...]:
        """As beginnings of terms of the shopper. A name is not looked for among addresses, nor two digits among phone
        numbers: as beginnings of those they are of nearly everybody's."""
        numbers = [PHONE + form for form in self.forms if form.isdecimal() and len(form) >= _PHONE_BEGINS]
        return tuple(IDENTITY + term for term in (*self.written, *numbers))

    def fits(self, term: str) -> bool:
        if term.startswith(IDENTITY):
            return term.startswith(self.known)
        return term in self.written if self.complete else term.startswith(self.written)


class Search(Record):
    words: tuple[SearchWord, ...]

    def fits(self, terms: Collection[str]) -> bool:
        """Whether something with these terms, none of them a facet, is found."""
        return all(any(word.fits(term) for term in terms) for word in self.words)


def search_of(text: str, *, field: Field) -> Search | None:
    """None where nothing is looked for: a blank search field. Raises Invalid."""
    if len(text) > LONGEST_SEARCH:
        raise Invalid(f"The search has {len(text):,} characters; at most {LONGEST_SEARCH} are taken.", field=field)
    if any(unicodedata.category(character) in ("Cc", "Cs") and not character.isspace() for character in text):
        raise Invalid("The search has a control character: take it out.", field=field)
    if not text.strip():
        return None
    found = list(_sought(folded(text)))
    if not found:
        raise Invalid("The search has no letter and no digit: look for a word.", field=field)
    if len(found) > MOST_WORDS:
        raise Invalid(f"The search has {len(found)} words; at most {MOST_WORDS} are taken.", field=field)
    *before, last = found
    as_typed = SearchWord(forms=last.forms, complete=text[-1].isspace())
    return Search(words=tuple(dict.fromkeys((*before, as_typed))))


def _sought(text: str) -> Iterator[SearchWord]:
    """Of folded text, in order: addresses and phone numbers are looked for as a whole."""
    numbers = {
        span: digits
        for span, digits in grouped_numbers(text)
        if text[span[0]] in "+(0" or (span == _trimmed(text) and len(digits) in _WHOLE_DIGITS)
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
    """A phone number may be written with the zeros that lead abroad, or out of town."""
    bare = word.lstrip("0")
    return (word, bare) if word.isdecimal() and word != bare and len(bare) >= min(PHONE_DIGITS) else (word,)


def _trimmed(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text.rstrip())
