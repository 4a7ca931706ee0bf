"""Sentences of comments, docstrings and schema descriptions, and the rules that a program can check about them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PER = 1_000  # rates are per so many sentences
FEWEST_WORDS = 3  # a shorter piece is no sentence: a heading, a name, a unit

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")
_DESCRIBED = ("description", "deprecation_reason")


@dataclass(frozen=True)
class Rule:
    name: str
    pattern: re.Pattern[str]
    most: int  # per `PER` sentences


RULES = (
    # "Who has it is told", "What is kept stays": the reader learns at the end of the sentence what it is about.
    Rule("a clause as subject", re.compile(r"^(Who|Whoever|What|Whatever|Whose)\b(?!.*\?)"), 3),
    # "Of the past, …", "Behind what waits in its lane": a fragment, or a sentence that begins with its end.
    Rule("a fragment", re.compile(r"^(Of|As|Behind|Up to|Without|Under|By|Also)\b"), 5),
    # A function returns and a server responds; people answer questions, and callers answer messages.
    Rule("'answers' for 'returns'", re.compile(r"\b[Aa]nswers?\b(?! (to|is|from))"), 3),
    Rule("'the one', 'that one'", re.compile(r"\b(that|the) one\b|\bthose that\b|\bone that\b"), 10),
    Rule("an archaism", re.compile(r"\bfor ever\b|\bwhosever\b|\bwhence\b|\bthereof\b"), 0),
)


def sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(" ".join(text.split())) if len(part.split()) >= FEWEST_WORDS]


def of_source(path: Path) -> Iterator[str]:
    """The texts of one module: docstrings, comments, and descriptions given to Strawberry."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if (docstring := ast.get_docstring(node)) is not None:
                yield docstring
        elif isinstance(node, ast.keyword) and node.arg in _DESCRIBED and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
    yield from (
        token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    )


def violations(texts: Iterable[str], rule: Rule) -> list[str]:
    """The sentences that break the rule, if they are more than it allows; else an empty list."""
    all_of_them = [sentence for text in texts for sentence in sentences(text)]
    found = [sentence for sentence in all_of_them if rule.pattern.search(sentence)]
    return found if len(found) * PER > rule.most * len(all_of_them) else []
