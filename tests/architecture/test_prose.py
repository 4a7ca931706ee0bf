"""Comments, docstrings and schema descriptions stay in plain English, and public methods stay documented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from resolvers.schema import schema
from tests.architecture.prose import RULES, Rule, of_source, sentences, violations
from tests.architecture.test_code import MODULES, ROOT, parsed, relative

SCHEMA_DESCRIPTIONS = re.findall(r'"""\s*(.*?)\s*"""', schema.as_str(), re.DOTALL)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_source(rule: Rule) -> None:
    assert violations(_source(), rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_schema_descriptions(rule: Rule) -> None:
    assert violations(SCHEMA_DESCRIPTIONS, rule) == []


@pytest.mark.parametrize("rule", [RULES[0], RULES[2], RULES[4]], ids=lambda rule: rule.name)
def test_documentation(rule: Rule) -> None:
    pages = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    assert violations([_without_code(page.read_text()) for page in pages], rule) == []


def test_no_description_is_shorter_than_a_sentence() -> None:
    assert [text for text in SCHEMA_DESCRIPTIONS if len(text.split()) < 3] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rules_find_what_they_are_for(rule: Rule) -> None:
    bad = {
        "a clause as subject": "What is kept stays where it is.",
        "a fragment": "Behind what waits in its lane.",
        "'answers' for 'returns'": "It answers the position of the reader.",
        "'the one', 'that one'": "It is the one with the lease.",
        "an archaism": "It is kept for ever in the log.",
    }[rule.name]
    good = "Append the row to its lane, and return its position."
    assert violations([bad], rule) == sentences(bad)
    assert violations([good], rule) == []


def test_port_methods_are_documented() -> None:
    """A port (a Protocol) is what the next vendor is written against."""
    bare = [
        f"{path}:{method.lineno} {cls.name}.{method.name}"
        for path, cls, method in _methods()
        if _is_protocol(cls) and ast.get_docstring(method) is None
    ]
    assert bare == []


def test_service_methods_are_documented() -> None:
    bare = [
        f"{path}:{method.lineno} {cls.name}.{method.name}"
        for path, cls, method in _methods()
        if cls.name.endswith("Service") and path.startswith("domain/") and ast.get_docstring(method) is None
    ]
    assert bare == []


@cache
def _source() -> list[str]:
    return [text for path in (*MODULES, *(ROOT / "dev").rglob("*.py")) for text in of_source(path)]


def _methods() -> Iterator[tuple[str, ast.ClassDef, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in MODULES:
        for cls in ast.walk(parsed(path)):
            if isinstance(cls, ast.ClassDef):
                for method in cls.body:
                    if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not method.name.startswith("_"):
                        yield relative(path), cls, method


def _is_protocol(cls: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in cls.bases)


def _without_code(page: str) -> str:
    """The page's sentences: without fenced blocks, tables, headings and list marks."""
    page = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    lines = [
        line.lstrip("-*0123456789. ") for line in page.splitlines() if not line.lstrip().startswith(("|", "#", "<"))
    ]
    return "\n".join(lines)
