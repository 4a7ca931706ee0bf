"""The transcript of a conversation for a helpdesk: the messages that the shopper saw, in order, in the account's time
zone, without notes. The sender of the ticket chooses the format, HTML or text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.model.conversation import Author, AuthorKind, Message, ProductCard, Visitor
from domain.values.ids import AttachmentId
from domain.values.money import Money
from domain.values.record import Record

_MARK = re.compile(
    r"Chat message ([1-9]\d{0,8})(?: \(part \d+ of \d+\))?, "
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[+-]\d\d:\d\d| UTC)\s*\Z"
)
REMOVED = "(This message was removed.)"  # in place of the words of a message that was redacted
_NO_LINKS: Mapping[AttachmentId, str] = {}
_ROLES = {
    AuthorKind.SHOPPER: "shopper",
    AuthorKind.AI_AGENT: "AI agent",
    AuthorKind.HUMAN_AGENT: "team",
    AuthorKind.SYSTEM: "automatic",
}


class FileLink(Record):
    """A file of a message, by its name and its address, if it has one."""

    name: str
    url: str | None


class Entry(Record):
    """One message that the shopper saw."""

    sequence: int
    at: str  # see `local_time`
    author: str
    role: str
    text: str
    products: tuple[ProductCard, ...] = ()
    choices: tuple[str, ...] = ()  # labels of the buttons below it
    files: tuple[FileLink, ...] = ()


NOT_VERIFIED = "not verified"  # of what a browser says and nobody vouches for


def entries(
    messages: Iterable[Message], time_zone: str, *, verified: bool = True, links: Mapping[AttachmentId, str] = _NO_LINKS
) -> list[Entry]:
    """Return the messages that the shopper saw. `verified`: whether an identity of the shopper is proved; if none is,
    each of its messages says so. `links`: the addresses of their files."""
    seen = (message for message in messages if message.seen_by_shopper)
    return [entry_of(message, time_zone, verified=verified, links=links) for message in seen]


def marked(shopper: Visitor, attribute: str) -> str | None:
    """Return an attribute of the shopper for people to read, with a mark if it is only claimed; `None` if unknown."""
    value: str | None = getattr(shopper, attribute)
    return value if value is None or attribute in shopper.proved else f"{value} ({NOT_VERIFIED})"


def entry_of(
    message: Message, time_zone: str, *, verified: bool = True, links: Mapping[AttachmentId, str] = _NO_LINKS
) -> Entry:
    return Entry(
        sequence=message.sequence,
        at=local_time(message.sent_at, time_zone),
        author=message.author.name,
        role=role_of(message.author, verified=verified),
        text=REMOVED if message.redacted_at else message.text.replace("\r\n", "\n").replace("\r", "\n"),
        products=message.products,
        choices=tuple(action.label for action in message.actions),
        files=tuple(FileLink(name=file.name, url=links.get(file.id)) for file in message.attachments),
    )


def role_of(author: Author, *, verified: bool = True) -> str:
    """Return the role of an author, as people read it."""
    role = _ROLES.get(author.kind, author.kind.value)  # a newer build may know more kinds
    return role if verified or author.kind is not AuthorKind.SHOPPER else f"{role}, {NOT_VERIFIED}"


def local_time(at: datetime, time_zone: str) -> str:
    """Format an instant with its offset from UTC, because an hour is repeated when clocks are set back."""
    return at.astimezone(ZoneInfo(time_zone)).isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")


def comment_mark(sequence: int, *, part: tuple[int, int] | None = None) -> str:
    """Return the mark at the end of a message that is sent to a helpdesk, by which the message is recognised there and
    when the helpdesk reports it. The number is unique within the conversation."""
    return f"Chat message {sequence}," if part is None else f"Chat message {sequence} (part {part[0]} of {part[1]}),"


def marked_message(text: str) -> int | None:
    """Return the message number in the mark of a helpdesk's comment; `None` for a comment without a mark."""
    found = _MARK.search(text)
    return int(found.group(1)) if found else None


def unmarked(text: str) -> str:
    """Return a helpdesk's comment without the mark at its end."""
    return _MARK.sub("", text)


def is_whole(text: str) -> bool:
    """Whether the comment with a mark has the whole message, and not a part of a long one."""
    found = _MARK.search(text)
    return found is not None and "(part " not in found.group()


def price_of(money: Money) -> str:
    return f"{money.amount} {money.currency}"
