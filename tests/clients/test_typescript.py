"""`clients/typescript`: its documents are those of the schema."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.api.graphql.stock_clients import install_packages

CLIENT = Path(__file__).parents[2] / "clients" / "typescript"
pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_packages(CLIENT, tmp_path_factory) / "node_modules"


def test_the_lock_file_has_hashes_and_no_address_of_a_registry() -> None:
    text = (CLIENT / "package-lock.json").read_text()
    assert "resolved" not in text
    locked = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert [name for name, package in locked.items() if "integrity" not in package] == []


def node(*arguments: str) -> None:
    ended = subprocess.run(["node", *arguments], cwd=CLIENT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_documents_are_those_of_the_schema(packages: Path, tmp_path: Path) -> None:
    """If not: `make clients`."""
    node("generate.js", str(tmp_path / "generated.ts"))
    assert (tmp_path / "generated.ts").read_text() == (CLIENT / "src" / "generated.ts").read_text()
