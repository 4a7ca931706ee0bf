"""Links and file names in the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, headings_of, prose, relative

_LINK = re.compile(r"\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
_FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?[\w-]+\.(?:py|md|sh|graphql|toml|lock|mjs|js|jsonl))`")
_FOLDER = re.compile(r"`((?:api|resolvers|domain|integrations|tests|benchmarks|docs)(?:/[\w-]+)*)/?`")
_NO_FILES = {"master.cf", "mongod.lock", "baton.graphql"}  # of Postfix and of MongoDB, and a logger
SOURCES = [path for folder in ("api", "resolvers", "domain", "integrations") for path in (ROOT / folder).rglob("*.py")]
FILES = [f"/{relative(path)}" for path in [*SOURCES, *(ROOT / "tests").rglob("*.*"), *(ROOT / "dev").rglob("*.py")]]


def anchor(heading: str) -> str:
    """The anchor that GitHub and most renderers generate."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_relative_links_lead_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for link in _LINK.findall(prose(page.read_text())):
        if "://" in link:
            continue
        name, _, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (fragment and fragment not in map(anchor, headings_of(target.read_text()))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_files_and_folders_that_are_named_exist(page: Path) -> None:
    text = prose(page.read_text())
    named = {*_FILE.findall(text), *_FOLDER.findall(text)} - _NO_FILES
    assert [name for name in sorted(named) if not exists(name, page)] == []


def exists(name: str, page: Path) -> bool:
    """From the root or from the page; a module also by the end of its path, for a page about one package."""
    return (ROOT / name).exists() or (page.parent / name).exists() or any(file.endswith(f"/{name}") for file in FILES)


def test_every_page_is_linked() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(prose(page.read_text()))
        if "://" not in link
    }
    assert [relative(page) for page in PAGES if page not in linked and page.name != "README.md"] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120
