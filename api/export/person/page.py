"""The page of the export of a person that people read: one HTML file without scripts, in pieces.

Every text is escaped, and the page may load nothing, so that nothing a shopper or a page has written runs in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stored data</title>
<style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}dt{font-weight:bold}
dd{margin:0 0 .5em}article{border-top:1px solid;margin-top:2em}.m{margin:1em 0;white-space:pre-wrap}
.m small{display:block}</style></head><body>
<h1>Stored data</h1>
"""
_FOOT = "</body></html>\n"


def head(shop: str, at: str) -> bytes:
    """Return the beginning of the page."""
    said = f"Everything that <bdi>{escape(shop)}</bdi> has stored about you, as of {escape(at)}."
    return f"{_HEAD}<p>{said}</p>\n".encode()


def foot() -> bytes:
    """Return the end of the page."""
    return _FOOT.encode()


def facts(title: str, row: Mapping[str, Any]) -> bytes:
    """Return a section with the values of a row that has no rows of its own."""
    return f"<h2>{escape(title)}</h2>\n{_list(row)}".encode()


def conversation_begin(row: Mapping[str, Any]) -> bytes:
    """Return the beginning of a conversation; its messages follow."""
    shown = {name: value for name, value in row.items() if name not in ("id", "handoffs", "sales", "given")}
    return f"<article><h2>Conversation of {escape(row['startedAt'])}</h2>\n{_list(shown)}".encode()


def messages(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return messages, in order."""
    return "".join(map(_message, rows)).encode()


def conversation_end() -> bytes:
    """Return the end of a conversation."""
    return b"</article>\n"


def _message(row: Mapping[str, Any]) -> str:
    text = "(This message was removed.)" if row["redactedAt"] else row["text"]
    files = "".join(map(_file, row["attachments"]))
    who = f"<bdi>{escape(row['author']['name'])}</bdi>, {escape(row['sentAt'])}"
    return f'<div class="m" dir="auto"><small>{who}</small>{escape(text)}{files}</div>\n'


def _file(attached: Mapping[str, Any]) -> str:
    name = escape(attached["name"])
    return f'\n<a href="{escape(attached["file"])}">{name}</a>' if attached["file"] else f"\n{name}"


def _list(row: Mapping[str, Any]) -> str:
    shown = "".join(
        f'<dt>{escape(name)}</dt><dd dir="auto">{escape(_text(value))}</dd>\n'
        for name, value in row.items()
        if value not in (None, "", [], ())
    )
    return f"<dl>{shown}</dl>\n"


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_text(each) for each in value.values() if each is not None)
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    return str(value)
