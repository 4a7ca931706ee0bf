"""Texts that people write: kept exactly as they came, or refused. Nothing in between."""

from __future__ import annotations

import unicodedata

from domain.values.errors import Field, Invalid

MESSAGE_LIMIT = 32_000  # characters; the longest e-mail reply of the imported sets has 2,100
LABEL_LIMIT = 200  # characters; names, titles, tags, skills
_ALLOWED_CONTROLS = frozenset("\t\n\r")


def check_text(text: str, *, field: Field, limit: int = MESSAGE_LIMIT) -> str:
    """Non-blank, within the limit, of characters that can be stored and shown. Answers the text unchanged."""
    if all(character.isspace() or unicodedata.category(character) == "Cf" for character in text):
        raise Invalid("The text is blank: write something.", field=field)
    if len(text) > limit:
        raise Invalid(f"The text has {len(text):,} characters; at most {limit:,} are taken.", field=field)
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in _ALLOWED_CONTROLS):
            raise Invalid(f"The text has the control character U+{ord(character):04X}: take it out.", field=field)
    return text


def legible(text: str, *, limit: int = MESSAGE_LIMIT) -> str:
    """Somebody else's text that cannot be refused, as we can keep it: without what cannot be shown, cut at the limit,
    empty where nothing is left."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c in _ALLOWED_CONTROLS or not _is_unfit(c)).strip()
    if all(character.isspace() or unicodedata.category(character) == "Cf" for character in kept):
        return ""
    return kept if len(kept) <= limit else f"{kept[: limit - 1]}…"


def _is_unfit(character: str) -> bool:
    return unicodedata.category(character) in ("Cs", "Cc")


def check_label(text: str, *, field: Field, limit: int = LABEL_LIMIT) -> str:
    """A text of one line: a name, a tag, a skill. White space around it is dropped."""
    label = check_text(text, field=field, limit=limit).strip()
    if any(character in label for character in "\t\n\r"):
        raise Invalid("This takes one line: take out line breaks and tabs.", field=field)
    return label
