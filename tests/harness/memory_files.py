"""A store of files in memory, for tests of the domain without a database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from domain.attachments.ports import StoredBlob
from domain.values.errors import NotFound


class MemoryFiles:
    """Implements `FileStore`."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}

    async def write(self, key: str, chunks: AsyncIterator[bytes], *, size: int | None) -> int:
        self.content[key] = b"".join([chunk async for chunk in chunks])
        return len(self.content[key])

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        if key not in self.content:
            raise NotFound("The file is not there.")
        yield self.content[key][start:end]

    async def delete(self, prefix: str) -> None:
        self.content = {key: content for key, content in self.content.items() if not key.startswith(prefix)}

    async def blobs(self) -> AsyncIterator[StoredBlob]:
        for key, content in sorted(self.content.items()):
            yield StoredBlob(key=key, size=len(content), at=datetime.now(UTC))
