"""Finds the passages that answer a question, and judges how far each does.

The index finds candidates. Their *confidence* is their BM25 score, divided by the score of a passage that would have
each term of the question often: a share between 0 and 1 that can be compared between questions and accounts. Words of
the question that no passage has count as its rarest ones, so a question about something else has a low confidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from domain.knowledge.passages import Passage, SourceKind
from domain.knowledge.ports import KnowledgeIndex, PassageIndex
from domain.knowledge.terms import counted_terms, question_terms
from domain.values.record import Record

SUFFICIENT = 0.27
"""The confidence from which a passage is an answer. benchmarks/knowledge calibrates it: it must be wrong rarely, since
a question that is not answered goes to a person."""

_CANDIDATES = 12  # passages of the index that are judged
_K1 = 1.2  # saturation of repeated terms, as usual
_B = 0.4  # influence of the length: passages are short, so less than the usual 0.75


class FoundPassage(Record):
    passage: Passage
    confidence: float  # from 0 to 1

    @property
    def is_sufficient(self) -> bool:
        """Whether it may be given as an answer."""
        return self.confidence >= SUFFICIENT


def find_in(index: KnowledgeIndex, question: str, kind: SourceKind | None, limit: int) -> list[FoundPassage]:
    """Return the best passages of articles, of products (`kind`), or of both, by confidence, at most `limit`."""
    parts = ((SourceKind.ARTICLE, index.articles), (SourceKind.PRODUCT, index.products))
    found = [each for of, part in parts if kind in (None, of) for each in find_passages(part, question, limit)]
    return sorted(found, key=lambda each: -each.confidence)[:limit]


def find_passages(index: PassageIndex, question: str, limit: int) -> list[FoundPassage]:
    """Return the best passage of each source, by confidence, at most `limit`."""
    terms = question_terms(question)
    if not terms or not index.size:
        return []
    weights = {term: _rarity(index, term) for term in terms}
    perfect = sum(weights.values()) * (_K1 + 1)
    best: dict[str, FoundPassage] = {}
    for passage in index.find(list(weights), max(_CANDIDATES, limit)):
        found = FoundPassage(passage=passage, confidence=min(1.0, _score(passage, weights, index) / perfect))
        known = best.get(passage.source_id)
        if known is None or found.confidence > known.confidence:
            best[passage.source_id] = found
    return sorted(best.values(), key=lambda found: -found.confidence)[:limit]


def _score(passage: Passage, weights: Mapping[str, float], index: PassageIndex) -> float:
    counts, length = counted_terms(passage.searched, weights)
    share = 1 - _B + _B * length / index.average_length
    return sum(weights[term] * count * (_K1 + 1) / (count + _K1 * share) for term, count in counts.items())


def _rarity(index: PassageIndex, term: str) -> float:
    frequency = index.frequency(term)
    return math.log(1 + (index.size - frequency + 0.5) / (frequency + 0.5))
