"""The ports of attachments: the store of bytes, and the scanner for malware."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from domain.model.attachments import Attachment
from domain.values.ids import AccountId
from domain.values.record import Record

PIECE = 255 << 10  # bytes that a store holds of a file at once, GridFS's own size of a chunk


class StoredBlob(Record):
    """A file as a store lists it."""

    key: str
    size: int
    at: datetime


class FileReader(Protocol):
    def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `end` (excluded), a piece at a time. Raises `NotFound` if the file does
        not exist or is incomplete, `Unavailable`."""


class FileStore(FileReader, Protocol):
    """Keeps the bytes of files under keys. A file is there as a whole or not at all."""

    async def write(self, key: str, chunks: AsyncIterator[bytes], *, size: int | None) -> int:
        """Store a file, and return its size. It takes the next chunk when the last is written, so that memory stays
        bounded by a few pieces (`PIECE`).

        `size` is the size if it is known. Nothing is readable under the key until all chunks are written. Raises what
        `chunks` raises, after which `delete` removes what was written; `Unavailable`.
        """

    async def delete(self, prefix: str) -> None:
        """Delete every file whose key starts with `prefix`, unfinished ones included. Raises `Unavailable`."""

    def blobs(self) -> AsyncIterator[StoredBlob]:
        """Yield all files in the order of their keys, unfinished ones included as far as the store knows them. Raises
        `Unavailable`."""


class Scan(Protocol):
    """The scan of one file."""

    async def feed(self, chunk: bytes) -> None:
        """Pass on the next bytes. Raises `Unavailable`."""

    async def verdict(self) -> str | None:
        """Return the name of the malware that was found, or `None`. Raises `Unavailable`."""


class Scanner(Protocol):
    def scan(self) -> AbstractAsyncContextManager[Scan]:
        """Open the scan of one file. Entering it raises `Unavailable` if the scanner does not respond."""


def blob_prefix(account_id: AccountId, attachment_id: str) -> str:
    """Return the start of the keys of an attachment: of its bytes, and of attempts that were broken off."""
    return f"{account_id}/{attachment_id}/"


def blob_key(account_id: AccountId, row: Attachment) -> str:
    """Return the key of the bytes of an attachment."""
    return f"{blob_prefix(account_id, row.id)}{row.blob}"
