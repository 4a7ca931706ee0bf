"""The set of questions: articles of a shop in four languages, questions that one of them answers, and others.

The topics are those of ABCD's sub-flows and of tau-bench's retail domain; texts and questions are our own. A question
was written without a look at the words of its article. `questions.txt` has a block for each article:

    = en Title
    Text …
    ? a question that it answers

and, under `= none`, a line `! …` for each question that no article answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.model.agent.knowledge import Article, ArticleKind

_FILE = Path(__file__).with_name("questions.txt")
_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    article_id: str | None  # None: no article answers it


@dataclass(frozen=True, slots=True)
class QuestionSet:
    articles: list[Article]
    questions: list[Question]

    @property
    def answerable(self) -> list[Question]:
        return [each for each in self.questions if each.article_id is not None]

    @property
    def unanswerable(self) -> list[Question]:
        return [each for each in self.questions if each.article_id is None]

    def half(self, number: int) -> QuestionSet:
        """Return every second question: 0 calibrates the threshold, 1 measures it."""
        return QuestionSet(self.articles, self.questions[number::2])


def question_set() -> QuestionSet:
    """Return the articles and questions of the file, in order."""
    articles: list[Article] = []
    questions: list[Question] = []
    for block in _FILE.read_text().split("\n= "):
        head, *lines = block.removeprefix("= ").splitlines()
        language, _, title = head.partition(" ")
        text = "\n".join(line for line in lines if line[:2] not in ("? ", "! "))
        article_id = f"{len(articles):03d}"
        if title:
            articles.append(_article(article_id, language, title, text.strip()))
        questions += [
            Question(line[2:], article_id if line[0] == "?" else None) for line in lines if line[:2] in ("? ", "! ")
        ]
    return QuestionSet(articles, questions)


def _article(article_id: str, language: str, title: str, text: str) -> Article:
    return Article(
        id=article_id,
        kind=ArticleKind.ARTICLE,
        title=title,
        text=text,
        language=language,
        created_at=_AT,
        updated_at=_AT,
        revision=1,
    )
