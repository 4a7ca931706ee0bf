"""Many tickets at once, straight into the database: copies of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.values.ids import new_id


async def multiply(database: Any, total: int) -> None:
    """Store copies of the only conversation, each with a ticket that is a second older than the one before."""
    (stored,) = await database["conversations"].find({}).to_list()
    copies = []
    for number in range(1, total):
        created_at = stored["ticket"]["created_at"] - timedelta(seconds=number)
        other = _with_id(stored, stored["_id"], new_id())
        other.pop("open_keys", None)
        other["ticket"] |= {"created_at": created_at}
        copies.append(other)
    await database["conversations"].insert_many(copies)


def _with_id(stored: Any, known: str, other: str) -> Any:
    if isinstance(stored, dict):
        return {name: _with_id(value, known, other) for name, value in stored.items()}
    if isinstance(stored, list):
        return [_with_id(value, known, other) for value in stored]
    return stored.replace(known, other) if isinstance(stored, str) else stored
