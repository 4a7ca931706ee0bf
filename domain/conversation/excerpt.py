"""The part of a conversation that its events carry.

An event is written with each message, kept for days and sent to every process, so its size is bounded whatever the
conversation has become. Long fields (tags, handoffs, past tickets, sales, …) are left out, and named in `left_out`:
whoever needs one reads the conversation.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from domain.model.conversation import Conversation
from domain.values.record import Record, replace

_MOST = 900  # bytes of the long fields together; the others have about as many
# Every field without a bound of its own, with the value that it has when it is missing. Short ones are always carried.
LONG_FIELDS: dict[str, Any] = {
    "tags": (),
    "handoffs": (),
    "past_tickets": (),
    "sales": (),
    "open_keys": (),
    "route": None,
    "transfer": None,
    "hold": None,
}
_OVERHEAD = 12  # bytes of a field or an element: its type, its name, and its length


def excerpt(conversation: Conversation) -> Conversation:
    """Return the conversation without its longest fields, so that an event with it has at most about 2 KB."""
    sizes = {name: size for name in LONG_FIELDS if (size := _size(getattr(conversation, name)))}
    total, left_out = sum(sizes.values()), []
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if total <= _MOST:
            break
        total -= sizes[name]
        left_out.append(name)
    if not left_out:
        return conversation
    return replace(conversation, left_out=tuple(sorted(left_out)), **{name: LONG_FIELDS[name] for name in left_out})


def _size(value: object) -> int:
    """Return about how many bytes the value takes in a document; 0 for one that is left out of it."""
    if value is None or value == ():
        return 0
    if isinstance(value, str):
        return len(value.encode(errors="replace")) + _OVERHEAD
    if isinstance(value, Record):
        return sum(_size(inner) + len(name) for name, inner in asdict(value).items() if inner is not None) + _OVERHEAD
    if isinstance(value, tuple):
        return sum(map(_size, value)) + _OVERHEAD
    return 8 + _OVERHEAD
