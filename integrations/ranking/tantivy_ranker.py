"""Ranks passages with tantivy, a search library in Rust: an index in memory, to which a change adds a segment.

The terms are ours (`domain/knowledge/terms.py`), so its tokenizer only splits at spaces. Writing releases the GIL. A
reader keeps the segments that it began with, so a search never waits for a change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import tantivy

from domain.knowledge.passages import Passage
from domain.knowledge.terms import terms_of

_WRITER_BYTES = 15_000_000  # the least that tantivy accepts; freed after each change
_BYTES = 10  # of memory for each character of a passage, measured (benchmarks/knowledge)
_LEAST_BYTES = 20_000  # of an empty index
_TERMS, _KEY, _SOURCE = "terms", "key", "source"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_TERMS, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(_KEY, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_SOURCE, tokenizer_name="raw", index_option="basic")
    return builder.build()


_SCHEMA: Final = _schema()


class TantivyRanker:
    """Implements `Ranker`."""

    def empty(self) -> TantivyIndex:
        return TantivyIndex()


class TantivyPassages:
    """Implements `PassageIndex`."""

    def __init__(self, searcher: tantivy.Searcher, passages: dict[str, Passage], lengths: dict[str, int]) -> None:
        self._searcher = searcher
        self.passages = passages
        self.lengths = lengths
        self.average_length = max(1.0, sum(lengths.values()) / max(1, len(lengths)))

    @property
    def size(self) -> int:
        return len(self.passages)

    def find(self, terms: Sequence[str], limit: int) -> list[Passage]:
        either = [(tantivy.Occur.Should, tantivy.Query.term_query(_SCHEMA, _TERMS, term, "freq")) for term in terms]
        hits = self._searcher.search(tantivy.Query.boolean_query(either), limit, count=False).hits
        keys = (str(self._searcher.doc(address).get_first(_KEY)) for _, address in hits)
        return [self.passages[key] for key in keys]

    def frequency(self, term: str) -> int:
        return self._searcher.doc_freq(_TERMS, term)


class TantivyIndex:
    """Implements `GrowingIndex`."""

    def __init__(self) -> None:
        self._index = tantivy.Index(_SCHEMA)
        self.index = TantivyPassages(self._index.searcher(), {}, {})
        self.bytes = _LEAST_BYTES

    def change(self, removed: Collection[str], added: Sequence[Passage]) -> None:
        gone = set(removed)
        passages = {key: each for key, each in self.index.passages.items() if each.source_id not in gone}
        lengths = {key: self.index.lengths[key] for key in passages}
        writer = self._index.writer(_WRITER_BYTES, 1)
        for source_id in gone:
            writer.delete_documents_by_term(_SOURCE, source_id)
        for passage in added:
            terms, key = terms_of(passage.searched), f"{passage.source_id}:{passage.place}"
            writer.add_document(tantivy.Document(**{_TERMS: " ".join(terms), _KEY: key, _SOURCE: passage.source_id}))
            passages[key], lengths[key] = passage, len(terms)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self.index = TantivyPassages(self._index.searcher(), passages, lengths)
        self.bytes = _LEAST_BYTES + _BYTES * sum(len(each.searched) for each in passages.values())
