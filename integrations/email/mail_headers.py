"""The headers of a mail: unfolded, decoded (RFC 2047), and split into mailboxes. Malformed ones never raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, unquote

from integrations.email.charset import decode

_MAX_MAILBOX = 2_000  # characters of a header that is read with lenience
# One address in angle brackets. What stands before it is its name, although "@" and the like need quotes there.
_SINGLE = re.compile(
    r"""(?P<name>(?:"(?:[^"\\]|\\.)*"|[^<>,;"])*)<\s*(?:mailto:)?(?P<address>(?:"[^"<>]*"|[^<>\s,;@"]+)@[^<>\s,;@]+)\s*>[\s,;]*"""
)
_ADDRESS = re.compile(r"""(?:"[^"]*"|[^\s<>()\[\]",;:@])+@[^\s<>()",;:@]+""")
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
    deep. Mail programs that write a name without the quotes which it needs, or encode the whole mailbox, are
    understood."""
    found = [mailbox for value in values(mail, name) for mailbox in _mailboxes(value)]
    return [(shown, address) for shown, address in found if "@" in address]


def _mailboxes(value: str) -> list[tuple[str, str]]:
    single = _SINGLE.fullmatch(value) if len(value) <= _MAX_MAILBOX else None
    if single is not None:
        return [(unquote(single["name"].strip()), single["address"])]
    try:
        found = getaddresses([value])
    except (RecursionError, ValueError, IndexError):
        return []
    if any(_ADDRESS.fullmatch(address) for _, address in found) or len(value) > _MAX_MAILBOX:
        return found
    plain = decoded(value)
    if plain != value:
        return _mailboxes(plain)
    likely = _ADDRESS.findall(value)
    return [("", likely[0])] if len(likely) == 1 else found


def addresses_in(text: str) -> list[str]:
    """Return what looks like an address in a text."""
    return _ADDRESS.findall(text[:_MAX_MAILBOX])


def addresses(mail: Message, name: str) -> Iterator[str]:
    """Yield the addresses in a header."""
    for _, address in mailboxes(mail, name):
        yield address
