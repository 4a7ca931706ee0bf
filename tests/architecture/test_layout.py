"""Folders stay small enough to scan, a class name means one thing, and the source does not import the tests."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from pathlib import Path

from tests.architecture.test_code import MODULES, ROOT, relative, trees

MOST_MODULES = 15  # in one folder; `mutations/` is a list with a file for each entry


def test_folders_are_small() -> None:
    folders = Counter(Path(relative(path)).parent.as_posix() for path in MODULES if path.stem != "__init__")
    crowded = {folder: n for folder, n in folders.items() if n > MOST_MODULES and not folder.endswith("/mutations")}
    assert crowded == {}


def test_a_class_name_is_used_once() -> None:
    """Names of GraphQL types are those of the domain's classes: twins, and the reason why `resolvers/` is left out."""
    places = defaultdict(list)
    for path, tree in trees():
        if not path.startswith("resolvers/"):
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(path)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_source_does_not_import_tests() -> None:
    sources = [*MODULES, *(ROOT / "dev").rglob("*.py")]
    importing = [
        f"{relative(path)}:{node.lineno}"
        for path in sources
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "tests" for alias in node.names))
    ]
    assert importing == []
