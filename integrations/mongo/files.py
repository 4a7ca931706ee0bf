"""Files in MongoDB, in the format of GridFS (bucket `blobs`), which every driver and `mongofiles` reads.

    blobs.chunks   {files_id, n: 0, 1, 2 …, data: 255 KiB}
    blobs.files    {_id, length, chunkSize, uploadDate}    written last: what has no such document is incomplete

The driver's own `AsyncGridFSBucket` is not used: it collects up to 48 MB of chunks before it writes them, its calls
cannot go through the bulkhead, and Motor has another one. Here a file takes one chunk of memory, in each direction.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

from bson import Binary
from pymongo import ASCENDING, IndexModel

from domain.attachments.ports import PIECE, StoredBlob
from domain.values.errors import NotFound
from integrations.mongo.client import MongoDatabase, driver_errors

FILES, CHUNKS = "blobs.files", "blobs.chunks"
_PAGE = 200  # files that a listing reads at once
_NO_FILE = "The file is not there."

FILE_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    # GridFS's own indexes: the chunks of a file in order, and files by their name and time.
    CHUNKS: [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)],
    FILES: [IndexModel([("filename", ASCENDING), ("uploadDate", ASCENDING)])],
}


class MongoFiles:
    """Implements `FileStore`."""

    def __init__(self, *, database: MongoDatabase) -> None:
        self._files = database.collection(FILES)
        self._chunks = database.collection(CHUNKS)

    async def write(self, key: str, chunks: AsyncIterator[bytes], *, size: int | None) -> int:
        held, number, length = bytearray(), 0, 0
        async for chunk in chunks:
            held += chunk
            while len(held) >= PIECE:
                await self._write_piece(key, number, bytes(held[:PIECE]))
                del held[:PIECE]
                number, length = number + 1, length + PIECE
        if held:
            await self._write_piece(key, number, bytes(held))
            length += len(held)
        with driver_errors():
            await self._files.insert_one(
                {
                    "_id": key,
                    "length": length,
                    "chunkSize": PIECE,
                    "uploadDate": datetime.now(UTC),
                    "filename": key,
                }
            )
        return length

    async def _write_piece(self, key: str, number: int, data: bytes) -> None:
        with driver_errors():
            await self._chunks.insert_one({"files_id": key, "n": number, "data": Binary(data)})

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        with driver_errors():
            file = await self._files.find_one({"_id": key})
        if file is None:
            raise NotFound(_NO_FILE)
        size = file["chunkSize"]
        for number in range(start // size, (min(end, file["length"]) + size - 1) // size):
            with driver_errors():
                chunk = await self._chunks.find_one({"files_id": key, "n": number})
            if chunk is None:
                raise NotFound(_NO_FILE)
            yield chunk["data"][max(start - number * size, 0) : end - number * size]

    async def delete(self, prefix: str) -> None:
        pattern = {"$regex": f"^{re.escape(prefix)}"}
        with driver_errors():
            await self._files.delete_many({"_id": pattern})  # first: what is being deleted is not readable
            await self._chunks.delete_many({"files_id": pattern})

    async def blobs(self) -> AsyncIterator[StoredBlob]:
        after = ""
        while True:
            with driver_errors():
                # Of every file the first chunk, also of those that were never completed.
                found = await self._chunks.find(
                    {"files_id": {"$gt": after}, "n": 0}, {"files_id": 1}, sort=[("files_id", 1)], limit=_PAGE
                ).to_list()
                keys = [chunk["files_id"] for chunk in found]
                whole = {file["_id"]: file for file in await self._files.find({"_id": {"$in": keys}}).to_list()}
            for chunk in found:
                file = whole.get(chunk["files_id"])
                yield StoredBlob(
                    key=chunk["files_id"],
                    size=0 if file is None else file["length"],
                    at=chunk["_id"].generation_time if file is None else file["uploadDate"],
                )
            if len(found) < _PAGE:
                return
            after = keys[-1]
