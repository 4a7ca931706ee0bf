"""The part of a conversation that its events carry.

An event is written with each message, kept for days and sent to every process, so its size is bounded whatever the
conversation has become. Long fields (tags, handoffs, past tickets, sales, …) are left out, and named in `left_out`:
whoever needs one reads the conversation.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec.structs import asdict, fields

from domain.model.conversation import Conversation
from domain.values.record import Record, replace

_MOST = 900  # bytes of the optional fields together; the others have about as many
_KEPT = frozenset(
    {"ticket", "left_out", "first_question_id", "closed_at", "shopper_reads_until"}
)  # short, and every inbox row shows them
_OVERHEAD = 12  # bytes of a field or an element: its type, its name, and its length


def excerpt(conversation: Conversation) -> Conversation:
    """Return the conversation without its longest fields, so that an event with it has at most about 2 KB."""
    sizes = {name: size for name in _optional() if (size := _size(getattr(conversation, name)))}
    total, left_out = sum(sizes.values()), []
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if total <= _MOST:
            break
        total -= sizes[name]
        left_out.append(name)
    if not left_out:
        return conversation
    return replace(conversation, left_out=tuple(sorted(left_out)), **{name: _optional()[name] for name in left_out})


@cache
def _optional() -> dict[str, Any]:
    """Return the fields of a conversation that may be missing, with the value that they have then."""
    return {f.name: f.default for f in fields(Conversation) if f.default in (None, ()) and f.name not in _KEPT}


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
