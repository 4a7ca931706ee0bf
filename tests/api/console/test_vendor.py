"""The vendored bundle of the page's editor: what it is, what it does not do, and that its source makes it."""

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

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "tools" / "console_editor"
VENDOR = ROOT / "api" / "console" / "static" / "vendor"
# Explanations in error messages, and the namespace of SVG; nothing is fetched from any of them.
MENTIONED = {
    "http://www.w3.org/2000/svg",
    "https://commonmark.org/",
    "https://en.wikipedia.org/wiki/IEEE_floating_point",
    "https://yarnpkg.com/en/docs/selective-version-resolutions",
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((VENDOR / "manifest.json").read_text())
    return manifest


def test_the_bundle_is_the_file_of_the_manifest(manifest: dict[str, Any]) -> None:
    bundle = (VENDOR / manifest["file"]).read_bytes()
    assert hashlib.sha256(bundle).hexdigest() == manifest["sha256"]
    assert len(bundle) == manifest["bytes"]
    assert {path.name for path in VENDOR.iterdir()} == {manifest["file"], "manifest.json", "LICENSES.txt"}


def test_versions_are_those_of_the_lock_file_and_each_package_has_a_licence(manifest: dict[str, Any]) -> None:
    locked = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    wanted = json.loads((SOURCE / "package.json").read_text())
    versions = {package["name"]: package["version"] for package in manifest["packages"]}
    assert {name: locked[f"node_modules/{name}"]["version"] for name in versions} == versions
    assert {name: versions[name] for name in wanted["dependencies"]} == wanted["dependencies"]
    assert manifest["builtWith"] == wanted["devDependencies"]
    assert {package["license"] for package in manifest["packages"]} == {"MIT"}
    headings = re.findall(r"^===== (\S+) (\S+) =====$", (VENDOR / "LICENSES.txt").read_text(), re.MULTILINE)
    assert dict(headings) == versions


def test_no_address_of_a_registry_is_locked() -> None:
    assert "resolved" not in (SOURCE / "package-lock.json").read_text()


def test_the_bundle_asks_nothing_of_anybody_else(manifest: dict[str, Any]) -> None:
    text = (VENDOR / manifest["file"]).read_text()
    assert set(re.findall(r"https?://[^\s\"'`)]+", text)) <= MENTIONED
    risky = r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|eval|XMLHttpRequest|WebSocket|importScripts|localStorage)\b"
    assert re.findall(rf"{risky}|\bnew Function\b|\bfetch\(|\bimport\(", text) == []


@pytest.mark.node
def test_the_source_builds_the_same_files(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js is not installed.")
    source = tmp_path / "source"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("node_modules"))
    with (tmp_path_factory.getbasetemp().parent / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one installation at a time
        install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(install, cwd=source, capture_output=True, timeout=90, check=False).returncode != 0:
            pytest.skip("npm cannot install the packages (no registry?).")
    built = tmp_path / "vendor"
    subprocess.run(["node", "build.js", str(built)], cwd=source, capture_output=True, timeout=60, check=True)
    assert {path.name: path.read_bytes() for path in built.iterdir()} == {
        path.name: path.read_bytes() for path in VENDOR.iterdir()
    }
