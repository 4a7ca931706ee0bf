"""The change streams that are open on a database."""

from __future__ import annotations

import asyncio
from typing import Any

from pymongo import AsyncMongoClient

_LOOKS = 10
_SECONDS = 0.02  # between two looks


async def open_change_streams(client: AsyncMongoClient[dict[str, Any]], database_name: str) -> list[int]:
    """Return the cursor ids of the change streams on the database or its collections.

    `$currentOp` lists running operations first and idle cursors afterwards, so a single look misses a cursor whose
    request ends in between. The result is the union of several looks.
    """
    found: set[int] = set()
    for _ in range(_LOOKS):
        cursor = await client.admin.aggregate(
            [
                {"$currentOp": {"allUsers": True, "idleCursors": True}},
                {
                    "$match": {
                        "ns": {"$regex": f"^{database_name}\\."},
                        "cursor.originatingCommand.pipeline.$changeStream": {"$exists": True},
                    }
                },
            ]
        )
        found.update([row["cursor"]["cursorId"] async for row in cursor])
        await asyncio.sleep(_SECONDS)
    return sorted(found)
