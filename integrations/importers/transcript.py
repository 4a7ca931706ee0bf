"""Helpers shared by the formats: times, messages, and the start of a conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import dropwhile
from typing import Annotated

import orjson
from pydantic import AfterValidator, AliasChoices

from domain.imports.model import ImportedMessage
from domain.model.conversation import AuthorKind
from domain.values.text import check_text

TIME_NAMES = AliasChoices(
    "timestamp", "time", "ts", "at", "datetime", "date", "sent_at", "sentAt", "created_at", "createdAt", "started_at"
)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# ISO 8601 (UTC if it has no offset), or Unix time in seconds or milliseconds.
Moment = Annotated[datetime, AfterValidator(_in_utc)]


def to_message(
    author: AuthorKind, text: str, sent_at: datetime | None, *, field: tuple[str, str]
) -> ImportedMessage | None:
    """Return the message, or None if its text is blank. Raises `Invalid` at `field`, its position in the record."""
    if not text.strip():
        return None
    return ImportedMessage(author=author, text=check_text(text, field=field), sent_at=sent_at)


def from_first_question(messages: Iterable[ImportedMessage]) -> tuple[ImportedMessage, ...]:
    """Return the messages from the first one by the shopper (docs/product-rules.md, section 1).

    Earlier messages by the agent are the greeting that the widget shows to every visitor.
    """
    return tuple(dropwhile(lambda m: m.author is not AuthorKind.SHOPPER, messages))


def digest(turns: Sequence[tuple[str, str | None]]) -> str:
    """Return a hash of speakers and texts, which serves as the key of a conversation without an id."""
    return hashlib.sha256(orjson.dumps(turns)).hexdigest()[:32]
