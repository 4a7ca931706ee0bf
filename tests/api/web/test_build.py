"""The committed build is that of the sources in `web/`."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from api.web.files import DIST
from resolvers.schema import schema

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "web"
TYPES = SOURCE / "src" / "documents" / "generated.ts"  # made of other sources and of the schema
DOCUMENTS = sorted((SOURCE / "src" / "documents").glob("*.graphql"))
CATALOGS = sorted(path for path in (SOURCE / "src" / "widget" / "texts").glob("??.ts"))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
    return manifest


def test_the_build_is_of_these_sources(manifest: dict[str, Any]) -> None:
    """If not: `make web`, and commit `api/web/dist` with the sources."""
    files = (path for path in SOURCE.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    hashes = {path.relative_to(SOURCE).as_posix(): _hash(path) for path in files if path != TYPES}
    assert manifest["sources"] == hashes


def test_the_files_are_those_of_the_manifest(manifest: dict[str, Any]) -> None:
    beside = {"manifest.json", "LICENSES.txt"}
    files = {path.name: path for path in DIST.iterdir() if path.name not in beside}
    assert manifest["files"] == {name: {"sha256": _hash(p), "bytes": p.stat().st_size} for name, p in files.items()}


def test_versions_are_those_of_the_lock_file_and_each_package_has_a_licence(manifest: dict[str, Any]) -> None:
    locked = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in manifest["packages"]} == manifest["packages"]
    headings = re.findall(r"^===== (\S+) (\S+) =====$", (DIST / "LICENSES.txt").read_text(), re.MULTILINE)
    assert dict(headings) == manifest["packages"]
    wanted = json.loads((SOURCE / "package.json").read_text())
    assert set(manifest["packages"]) == set(wanted["dependencies"])


def test_every_package_has_its_hash_and_no_address_of_a_registry() -> None:
    text = (SOURCE / "package-lock.json").read_text()
    assert "resolved" not in text
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert [name for name, package in packages.items() if "integrity" not in package] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_are_valid(path: Path) -> None:
    assert validate(schema._schema, parse(path.read_text())) == []


def test_the_widget_speaks_twelve_languages() -> None:
    def keys(path: Path) -> list[str]:
        return re.findall(r"^  (\w+): \"", path.read_text(), re.MULTILINE)

    assert len(CATALOGS) == 12
    english = keys(SOURCE / "src" / "widget" / "texts" / "en.ts")
    assert len(english) > 20
    for path in CATALOGS:
        assert keys(path) == english, path.name
        assert '""' not in path.read_text()


@pytest.mark.node
def test_the_sources_make_the_same_build(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js is not installed.")
    source = tmp_path / "web"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(ROOT / "schema.graphql", tmp_path)
    with (tmp_path_factory.getbasetemp().parent / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one installation at a time
        install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(install, cwd=source, capture_output=True, timeout=90, check=False).returncode != 0:
            pytest.skip("npm cannot install the packages (no registry?).")
    for command in (
        ["node", "types.js"],  # of the present schema, which may have more than the committed types
        ["npm", "run", "--silent", "check"],
        ["npm", "run", "--silent", "test"],
        ["node", "build.js", str(tmp_path / "dist")],
    ):
        ended = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()} == {
        path.name: path.read_bytes() for path in DIST.iterdir()
    }
