"""The table of languages: see languages.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from domain.values.record import Record

_TABLE = Path(__file__).with_name("languages.toml")


class Language(Record):
    """What mail programs write by themselves in one language, and sentences of our own."""

    gmail: str
    apple: str
    thunderbird: str
    yahoo: str
    labels: tuple[str, str, str, str]
    sent: str
    original: str
    forwarded: str
    begin: str
    iphone: str
    outlook: str
    galaxy: str
    answer: str
    wish: str
    thanks: str
    first: str
    second: str


@cache
def languages() -> dict[str, Language]:
    """Return the languages by their tags (BCP 47)."""
    return msgspec.convert(tomllib.loads(_TABLE.read_text(encoding="utf-8")), dict[str, Language])
