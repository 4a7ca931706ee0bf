"""The words that `docs/glossary.md` retires stay out of module and class names; each of its terms has one meaning."""

from __future__ import annotations

import ast
import re

from tests.architecture.test_code import MODULES, ROOT, relative, trees

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
RETIRED = "## Retired words"


def first_column(text: str) -> list[str]:
    rows = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return [row for row in rows if row not in ("term", "retired")]


def retired_words() -> set[str]:
    return {word for row in first_column(GLOSSARY.split(RETIRED)[1]) for word in re.findall(r"`([a-z_]+)`", row)}


def words_of(name: str) -> set[str]:
    """The words of a name in snake_case or CamelCase, in lower case, and the whole name in snake_case."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {snake.strip("_"), *snake.split("_")}


def test_the_glossary_retires_words() -> None:
    assert {"errands", "dossier", "parcel", "courier", "moments"} <= retired_words()


def test_modules_have_no_retired_name() -> None:
    found = {relative(path): words for path in MODULES if (words := words_of(path.stem) & retired_words())}
    assert found == {}


def test_classes_have_no_retired_name() -> None:
    found = {
        f"{path}:{node.lineno} {node.name}": words
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and (words := words_of(node.name) & retired_words())
    }
    assert found == {}


def test_each_term_is_defined_once() -> None:
    terms = first_column(GLOSSARY.split(RETIRED)[0])
    assert len(terms) > 50
    assert sorted({term for term in terms if terms.count(term) > 1}) == []
