"""README.md, CONTRIBUTING.md and docs/, as the tests read them: pages and their fenced code blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    page: str  # from the root of the repository
    heading: str  # the nearest above it
    language: str
    text: str


def blocks_of(page: str, language: str, *, under: str | None = None) -> list[str]:
    """The texts of a page's blocks in one language, in order; with `under`, only those below that heading."""
    return [b.text for b in all_blocks(page) if b.language == language and under in (None, b.heading)]


def all_blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text()
    found = []
    for match in _FENCE.finditer(text):
        headings = _HEADING.findall(prose(text[: match.start()]))
        found.append(Block(page=page, heading=headings[-1], language=match[1], text=match[2]))
    return found


def prose(text: str) -> str:
    """The text without its code blocks."""
    return _FENCE.sub("", text)


def headings_of(text: str) -> list[str]:
    return _HEADING.findall(prose(text))


def relative(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
