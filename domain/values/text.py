"""Checks of texts: those of our callers are stored unchanged or refused; those of other systems are cleaned."""

from __future__ import annotations

import re
import unicodedata

from domain.values.errors import Field, Invalid

MESSAGE_LIMIT = 32_000  # characters; the longest e-mail reply of the imported sets has 2,100
LABEL_LIMIT = 200  # characters; names, titles, tags, skills
# Unicode's categories Cc, without tabs and line breaks, and Cs. An expression: mails have a megabyte of text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def check_text(text: str, *, field: Field, limit: int = MESSAGE_LIMIT) -> str:
    """Return the text unchanged. Raises `Invalid` if it is blank, longer than `limit`, or has control characters."""
    if is_blank(text):
        raise Invalid("The text is blank. Write something.", field=field)
    if len(text) > limit:
        raise Invalid(f"The text has {len(text):,} characters; at most {limit:,} are allowed.", field=field)
    if control := _CONTROL.search(text):
        raise Invalid(f"The text has the control character U+{ord(control[0]):04X}. Remove it.", field=field)
    return text


def clean_text(text: str, *, limit: int = MESSAGE_LIMIT) -> str:
    """Return another system's text, which cannot be refused, without control characters and cut at the limit; empty if
    it is blank."""
    kept = without_controls(text.replace("\r\n", "\n")).strip()
    if is_blank(kept):
        return ""
    return kept if len(kept) <= limit else f"{kept[: limit - 1]}…"


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return all(character.isspace() or unicodedata.category(character) == "Cf" for character in text)


def without_controls(text: str) -> str:
    """Return the text without control characters (other than tabs and line breaks) and lone surrogates."""
    return _CONTROL.sub("", text)


def printable(text: str) -> str:
    """Return another system's text, with a space for each character that cannot be stored or shown, other than tabs and
    line breaks."""
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return the text on one line: white space and unprintable characters become single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:limit].strip()


def check_label(text: str, *, field: Field, limit: int = LABEL_LIMIT) -> str:
    """Return a text of one line (a name, a tag, a skill) without white space around it. Raises `Invalid`."""
    label = check_text(text, field=field, limit=limit).strip()
    if any(character in label for character in "\t\n\r"):
        raise Invalid("This must be one line. Remove line breaks and tabs.", field=field)
    return label
