"""Folders stay small enough to scan, a class name means one thing, and the source does not import the tests."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from pathlib import Path

from tests.architecture.test_code import MODULES, ROOT, parsed, relative, trees

MOST_MODULES = 15  # in one folder; `mutations/` is a list with a file for each entry


def test_folders_are_small() -> None:
    folders = Counter(Path(relative(path)).parent.as_posix() for path in MODULES if path.stem != "__init__")
    crowded = {folder: n for folder, n in folders.items() if n > MOST_MODULES and not folder.endswith("/mutations")}
    assert crowded == {}


def test_a_class_name_is_used_once() -> None:
    """`resolvers/` is excluded, because GraphQL types have the names of the domain's classes."""
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
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "tests" for alias in node.names))
    ]
    assert importing == []


def test_packages_of_the_domain_form_no_circle() -> None:
    """Each package of the domain can be read, tested and removed by itself; the layers stand in `pyproject.toml`."""
    imports = _package_imports()
    reached = {package: _reachable(imports, package) for package in imports}
    assert [package for package in imports if package in reached[package]] == []


def _package_imports() -> dict[str, set[str]]:
    imports: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees():
        if path.startswith("domain/"):
            package = path.split("/")[1].removesuffix(".py")
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("domain."):
                    imports[package].add((node.module or "").split(".")[1])
    return {package: others - {package} for package, others in imports.items()}


def _reachable(imports: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(imports[start])
    while ahead:
        package = ahead.pop()
        if package not in found:
            found.add(package)
            ahead.extend(imports.get(package, ()))
    return found
