"""A measure of how unhappy a message sounds: deterministic, by a small lexicon, in microseconds.

    score  = the sum over the words: very negative -2, negative -1, positive or thanks +1
             within three words after a negation, a positive one counts -1 ("not happy"), a negative one 0 ("not bad")
             each angry sign -2, sad sign -1, happy sign +1
    louder = a message that is negative so far loses 1 for shouting (two words in capitals, which are most of its
             letters), and 1 for `!!` or `??`

NEGATIVE is a score of -1 or less, VERY_NEGATIVE one of -3 or less.

Libraries were compared: VADER (English alone, no release since 2020) and AFINN (since 2016) have lexicons for texts of
social media, and score what is neutral in a shop, such as "cancel", "no problem" and "sorry, I do not have it here". A
model would be better, and neither as fast nor the same tomorrow. docs/guides/guidance.md has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from domain.guidance.sentiment_words import (
    ANGRY_SIGNS,
    HAPPY_SIGNS,
    NEGATIONS,
    NEGATIVE,
    POSITIVE,
    SAD_SIGNS,
    THANKS,
    VERY_NEGATIVE,
)
from domain.model.agent.guidance import Sentiment
from domain.search.tokenizer import folded, words_of
from domain.word_caches import remembers_words

THRESHOLDS = {Sentiment.NEGATIVE: -1, Sentiment.VERY_NEGATIVE: -3}  # the highest score that counts

_REACH = 3  # words after a negation that it negates
_SHOUTED = 2  # words in capitals
_SHORTEST_SHOUT = 3  # letters of a word: an abbreviation has fewer
_INSISTING = re.compile(r"[!?！？]{2}")
_CAPITALS = re.compile(r"[^\W\d_]+")


class _Lexicon:
    """Words, and the beginnings of words."""

    def __init__(self, text: str) -> None:
        listed = [folded(entry) for entry in text.split()]
        self._words = frozenset(entry for entry in listed if not entry.endswith("*"))
        self._beginnings = tuple({entry[:-1] for entry in listed if entry.endswith("*")})

    def __contains__(self, word: str) -> bool:
        return word in self._words or word.startswith(self._beginnings)


_THANKS = _Lexicon(THANKS)
_WEIGHTS = ((_Lexicon(VERY_NEGATIVE), -2), (_Lexicon(NEGATIVE), -1), (_Lexicon(POSITIVE), 1), (_THANKS, 1))
_NEGATED = {1: -1, -1: 0}
_NEGATIONS = frozenset(words_of(NEGATIONS))
_SIGNS = {
    **dict.fromkeys(ANGRY_SIGNS, -2),
    **dict.fromkeys(SAD_SIGNS, -1),
    **dict.fromkeys(HAPPY_SIGNS, 1),
}


def sounds(text: str, words: Sequence[str], sentiment: Sentiment) -> bool:
    """Return whether a message sounds at least so unhappy. `words` are its folded words (`words_of`)."""
    return score(text, words) <= THRESHOLDS[sentiment]


def score(text: str, words: Sequence[str]) -> int:
    """Return the score of a message: below zero if it sounds unhappy. `words` are its folded words (`words_of`)."""
    total, negated_until = 0, -1
    for position, word in enumerate(words):
        if word in _NEGATIONS:
            negated_until = position + _REACH
            total += _weight(word)
            continue
        weight = _weight(word)
        if position <= negated_until and word not in _THANKS:  # "no, thank you"
            weight = _NEGATED.get(weight, weight)
        total += weight
    if not text.isascii():
        total += sum(_SIGNS.get(character, 0) for character in text)
    if total < 0:
        total -= _shouts(text) + (_INSISTING.search(text) is not None)
    return total


@remembers_words
@lru_cache(maxsize=50_000)  # words of shoppers, about 5 MB: most words come again and again
def _weight(word: str) -> int:
    return next((weight for lexicon, weight in _WEIGHTS if word in lexicon), 0)


def _shouts(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    loud = [word for word in _CAPITALS.findall(text) if len(word) >= _SHORTEST_SHOUT and word.isupper()]
    return len(loud) >= _SHOUTED and 2 * sum(map(len, loud)) > letters
