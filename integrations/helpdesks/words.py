"""Finds the words of a message in what a helpdesk has of it: text or HTML, with its own spaces, breaks and tags.

Python keeps patterns in a cache: whoever uses these empties it afterwards (`re.purge`), because the words were removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Quote = Callable[[str], str]

_LEAST = 4  # characters: a shorter text is in others by chance
_ISOLATES = "\u2066-\u2069"  # with which Baton sets off what people have written
_ENTITIES = {"'": "(?:'|&#39;|&#x27;|&apos;)", '"': '(?:"|&quot;|&#34;)', "&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TAG = "<[^<>]*>"


def in_text(words: str) -> re.Pattern[str] | None:
    """Return what finds the words in a text; `None` if they are too short to look for."""
    return _pattern(words, rf"[\s{_ISOLATES}]+", re.escape)


def in_html(words: str) -> re.Pattern[str] | None:
    """Return what finds the words in HTML, as the group `words`; `None` if they are too short to look for. It matches
    tags as well, so that it never finds words within one."""
    found = _pattern(words, rf"(?:\s|&nbsp;|{_TAG}|[{_ISOLATES}])+", _escaped)
    return None if found is None else re.compile(f"{_TAG}|(?P<words>{found.pattern})", re.IGNORECASE)


def _pattern(words: str, space: str, quote: Quote) -> re.Pattern[str] | None:
    parts = words.split()
    if len(" ".join(parts)) < _LEAST:
        return None
    start = r"(?<!\w)" if parts[0][0].isalnum() else ""
    end = r"(?!\w)" if parts[-1][-1].isalnum() else ""
    return re.compile(start + space.join(map(quote, parts)) + end, re.IGNORECASE)


def _escaped(word: str) -> str:
    return "".join(_ENTITIES.get(character, re.escape(character)) for character in word)
