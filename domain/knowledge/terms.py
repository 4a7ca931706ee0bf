"""The terms by which texts of the knowledge are found: their words, and the sequences of four letters in them.

The sequences make inflected and compound words alike (“Rücksendung”, “zurücksenden”), and words with a wrong letter, in
any language, without a stemmer for each. benchmarks/knowledge compares rankings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from functools import lru_cache

from domain.knowledge.function_words import FUNCTION_WORDS
from domain.search.tokenizer import words_of
from domain.word_caches import remembers_words

_LETTERS = 4
_LONGEST_TEXT = 2_000  # characters of a question that are looked at
_MOST_WORDS = 40  # of a question


def terms_of(text: str) -> list[str]:
    """Return the terms of a text, with duplicates."""
    return [term for word in words_of(text) if word not in FUNCTION_WORDS for term in (word, *sequences(word))]


def question_terms(text: str) -> list[str]:
    """Return the terms of a question, each word once."""
    words = [word for word in words_of(text[:_LONGEST_TEXT]) if word not in FUNCTION_WORDS]
    return [term for word in list(dict.fromkeys(words))[:_MOST_WORDS] for term in (word, *sequences(word))]


def counted_terms(text: str, wanted: Container[str]) -> tuple[Counter[str], int]:
    """Return how often each of the wanted terms is in a text, and the number of all its terms."""
    counts: Counter[str] = Counter()
    length = 0
    for word in words_of(text):
        if word not in FUNCTION_WORDS:
            parts = sequences(word)
            length += 1 + len(parts)
            counts.update(term for term in (word, *parts) if term in wanted)
    return counts, length


@remembers_words
@lru_cache(maxsize=20_000)
def sequences(word: str) -> tuple[str, ...]:
    """Return the sequences of letters of a word, with its beginning and end marked."""
    marked = f"<{word}>"
    return tuple(f"#{marked[at : at + _LETTERS]}" for at in range(max(1, len(marked) - _LETTERS + 1)))
