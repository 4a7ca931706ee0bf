"""The set of questions: its size, and the answers of the built-in ranking, which may not become worse."""

from __future__ import annotations

from benchmarks.knowledge.compare import answers, built_in
from benchmarks.knowledge.questions import question_set
from domain.knowledge.ranking import SUFFICIENT, find_passages


def test_the_set_is_as_large_as_it_says() -> None:
    asked = question_set()
    assert len(asked.answerable) >= 150
    assert len(asked.unanswerable) >= 60
    assert {article.language for article in asked.articles} == {"en", "de", "es", "fr"}
    assert len({question.text for question in asked.questions}) == len(asked.questions)


def test_the_right_article_is_found() -> None:
    asked = question_set()
    index = built_in(asked)
    first = three = 0
    for question in asked.answerable:
        found = [each.passage.source_id for each in find_passages(index, question.text, 3)]
        first += found[:1] == [question.article_id]
        three += question.article_id in found
    assert first / len(asked.answerable) >= 0.86
    assert three / len(asked.answerable) >= 0.92


def test_it_rather_hands_over_than_is_wrong() -> None:
    asked = question_set().half(1)
    right, wrong, false = answers(asked, SUFFICIENT)
    assert right / len(asked.answerable) >= 0.6
    assert (wrong + false) / len(asked.questions) <= 0.04
