"""What the formats share: the time of a message, the words of it, and where a conversation begins."""

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


# ISO 8601, with a zone or in UTC, or the Unix time in seconds or milliseconds: pydantic tells them apart.
Moment = Annotated[datetime, AfterValidator(_in_utc)]


def message(
    author: AuthorKind, text: str, sent_at: datetime | None, *, place: tuple[str, str]
) -> ImportedMessage | None:
    """None where nothing was said. `place` is where it stands in the record."""
    if not text.strip():
        return None
    return ImportedMessage(author=author, text=check_text(text, field=place), sent_at=sent_at)


def from_first_question(messages: Iterable[ImportedMessage]) -> tuple[ImportedMessage, ...]:
    """A conversation starts when a shopper's message opens it (docs/product-rules.md, section 1).

    What an agent says before it is the greeting that the widget shows to everybody, whether or not they write.
    """
    return tuple(dropwhile(lambda each: each.author is not AuthorKind.SHOPPER, messages))


def digest(turns: Sequence[tuple[str, str | None]]) -> str:
    """The same for the same words by the same speakers: names a conversation for which the file has no name."""
    return hashlib.sha256(orjson.dumps(turns)).hexdigest()[:32]
