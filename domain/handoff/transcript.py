"""A conversation as a person at a helpdesk reads it: what the shopper saw, in order, with the account's own clock.

Notes are never in it. How it is written down, as HTML or as text, is the affair of who sends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.model.conversation import Author, AuthorKind, Message, ProductCard
from domain.values.money import Money
from domain.values.record import Record

_MARK = re.compile(
    r"Chat message ([1-9]\d{0,8})(?: \(part \d+ of \d+\))?, "
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[+-]\d\d:\d\d| UTC)\s*\Z"
)
_ROLES = {
    AuthorKind.SHOPPER: "shopper",
    AuthorKind.AI_AGENT: "AI agent",
    AuthorKind.HUMAN_AGENT: "team",
    AuthorKind.SYSTEM: "automatic",
}


class Entry(Record):
    """One message that the shopper saw."""

    sequence: int
    at: str  # see `local_time`
    author: str
    role: str
    text: str
    products: tuple[ProductCard, ...] = ()
    choices: tuple[str, ...] = ()  # labels of the buttons below it


def entries(messages: Iterable[Message], time_zone: str) -> list[Entry]:
    return [entry_of(message, time_zone) for message in messages if message.seen_by_shopper]


def entry_of(message: Message, time_zone: str) -> Entry:
    return Entry(
        sequence=message.sequence,
        at=local_time(message.sent_at, time_zone),
        author=message.author.name,
        role=role_of(message.author),
        text=message.text.replace("\r\n", "\n").replace("\r", "\n"),
        products=message.products,
        choices=tuple(action.label for action in message.actions),
    )


def role_of(author: Author) -> str:
    return _ROLES[author.kind]


def local_time(at: datetime, time_zone: str) -> str:
    """With its distance from UTC: where clocks are set back, an hour is there twice."""
    return at.astimezone(ZoneInfo(time_zone)).isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")


def comment_mark(sequence: int, *, part: tuple[int, int] | None = None) -> str:
    """The words at the end of a message that we bring to a helpdesk: by them it is known again, there and when the
    helpdesk tells us of it. No two messages of a conversation have one number."""
    return f"Chat message {sequence}," if part is None else f"Chat message {sequence} (part {part[0]} of {part[1]}),"


def marked_message(text: str) -> int | None:
    """The number of the message that a helpdesk's comment is, where it is one of ours."""
    found = _MARK.search(text)
    return int(found.group(1)) if found else None


def price_of(money: Money) -> str:
    return f"{money.amount} {money.currency}"
