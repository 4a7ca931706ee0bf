"""The headers of a mail: unfolded, decoded (RFC 2047), and split into mailboxes. Malformed ones never raise."""

from __future__ import annotations

from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from integrations.email.charset import decode

_MAX_DECODED = 100_000  # characters of a header: `decode_header` takes quadratic time


def values(mail: Message, name: str) -> list[str]:
    """Return all values of a header, unfolded. Raw bytes outside ASCII are decoded as UTF-8 where possible (RFC
    6532)."""
    found = [str(value) for key, value in mail.raw_items() if key.lower() == name]
    return [" ".join(decode(v.encode("utf-8", "surrogateescape"), "utf-8").split()) for v in found]


def text_of(mail: Message, name: str) -> str:
    """Return the first value of a header, decoded; an empty string if there is none."""
    return decoded(next(iter(values(mail, name)), ""))


def decoded(text: str) -> str:
    """Return the text of a header with its encoded words (RFC 2047) decoded. Malformed or very long ones are left as
    is."""
    try:
        parts = decode_header(text) if len(text) <= _MAX_DECODED else [(text, None)]
    except Exception:  # noqa: BLE001 - the email package raises many types for malformed headers
        parts = [(text, None)]
    joined = "".join(p if isinstance(p, str) else decode(p, charset) for p, charset in parts)
    return " ".join(joined.split())


def mailboxes(mail: Message, name: str) -> list[tuple[str, str]]:
    """Return the names and addresses in a header; none if it cannot be parsed, for example because comments nest too
    deep."""
    try:
        found = getaddresses(values(mail, name))
    except (RecursionError, ValueError, IndexError):
        return []
    return [(shown, address) for shown, address in found if "@" in address]


def addresses(mail: Message, name: str) -> Iterator[str]:
    """Yield the addresses in a header."""
    for _, address in mailboxes(mail, name):
        yield address
