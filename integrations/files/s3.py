"""Files in a bucket of Amazon S3, or of a store that speaks its protocol (MinIO, Ceph, R2, Spaces).

A file is one PUT request of known length, so an upload that breaks off leaves nothing: S3 shows an object as a whole or
not at all. Bytes go through httpx as they come; botocore, which has no asyncio, only signs their addresses, and lists
and deletes in threads. These are not of the default executor, which resolves host names: a store that hangs must not
hold up everything else. (aiobotocore is pinned to single releases of botocore, and brings a second HTTP client.)
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import botocore.session
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from domain.attachments.ports import PIECE, StoredBlob
from domain.values.errors import NotFound, Unavailable
from domain.values.record import SecretRecord

_TIMEOUT = httpx.Timeout(30.0)  # seconds without progress
_CONNECTIONS = 272  # the transfers of a process in both directions (`api/files/transfers.py`), and its workers'
_THREADS = 4  # for lists and deletions
_CALL_SECONDS = 30.0  # for a list or a deletion, and its wait for a thread
_SIGNED_SECONDS = 900  # of an address, which is used at once
_KEYS = 1_000  # of a page of a list, S3's maximum, and of a deletion
_UNAVAILABLE = "The store of attachments does not respond. Try again in a moment."
_NO_FILE = "The file is not there."

_logger = logging.getLogger("baton.attachments")


class S3Settings(SecretRecord):
    hidden = ("secret_access_key",)

    bucket: str
    endpoint: str | None  # None: Amazon's own
    region: str
    access_key_id: str | None  # None: as botocore finds them, such as the role of the machine
    secret_access_key: str | None


class S3Files:
    """Implements `FileStore`. Raises `BotoCoreError` for settings that cannot be used."""

    def __init__(self, settings: S3Settings) -> None:
        self._bucket = settings.bucket
        self._client: Any = botocore.session.Session().create_client(
            "s3",
            region_name=settings.region,
            endpoint_url=settings.endpoint,
            aws_access_key_id=settings.access_key_id,
            aws_secret_access_key=settings.secret_access_key,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if settings.endpoint else "auto"},
                connect_timeout=5,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": 2},
            ),
        )
        self._http = httpx.AsyncClient(
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=20),
            follow_redirects=False,
            trust_env=False,
        )
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._http.aclose()
        self._client.close()

    async def write(self, key: str, chunks: AsyncIterator[bytes], *, size: int | None) -> int:
        if size is None:
            return await self._write_spooled(key, chunks)
        headers = {"content-length": str(size), "content-type": "application/octet-stream"}
        with _errors():
            response = await self._http.put(self._signed("put_object", key), content=chunks, headers=headers)
        if not response.is_success:  # 404: there is no such bucket
            raise _refused(response)
        return size

    async def _write_spooled(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """Write a file of unknown size: S3 wants to know it first, so the bytes wait on the disk."""
        with tempfile.TemporaryFile() as spool:
            async for chunk in chunks:
                await asyncio.to_thread(spool.write, chunk)
            size = spool.tell()
            spool.seek(0)

            async def pieces() -> AsyncIterator[bytes]:
                while piece := await asyncio.to_thread(spool.read, PIECE):
                    yield piece

            return await self.write(key, pieces(), size=size)

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        headers = {"range": f"bytes={start}-{end - 1}"}
        with _errors():
            async with self._http.stream("GET", self._signed("get_object", key), headers=headers) as response:
                if response.status_code == 404:
                    raise NotFound(_NO_FILE)
                if not response.is_success:
                    raise _refused(response)
                async for piece in response.aiter_bytes(PIECE):
                    yield piece

    async def delete(self, prefix: str) -> None:
        keys = [blob.key async for blob in self._listed(prefix)]
        for first in range(0, len(keys), _KEYS):
            objects = {"Objects": [{"Key": key} for key in keys[first : first + _KEYS]], "Quiet": True}
            await self._call(partial(self._client.delete_objects, Bucket=self._bucket, Delete=objects))

    async def blobs(self) -> AsyncIterator[StoredBlob]:
        async for blob in self._listed(""):
            yield blob

    async def _listed(self, prefix: str) -> AsyncIterator[StoredBlob]:
        more: dict[str, str] = {}
        while True:
            given = {"Bucket": self._bucket, "Prefix": prefix, "MaxKeys": _KEYS, **more}
            page = await self._call(partial(self._client.list_objects_v2, **given))
            for row in page.get("Contents", ()):
                yield StoredBlob(key=row["Key"], size=row["Size"], at=row["LastModified"])
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    async def _call(self, call: Callable[[], Any]) -> Any:
        with _errors():
            async with asyncio.timeout(_CALL_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _signed(self, operation: str, key: str) -> str:
        """Return an address for one request. Signing needs no network."""
        place = {"Bucket": self._bucket, "Key": key}
        signed: str = self._client.generate_presigned_url(operation, Params=place, ExpiresIn=_SIGNED_SECONDS)
        return signed


@contextmanager
def _errors() -> Iterator[None]:
    """Turn errors of the store into `Unavailable`, with a line in the log, which has no address: it would be signed."""
    try:
        yield
    except (httpx.HTTPError, BotoCoreError, ClientError, TimeoutError) as error:
        code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else type(error).__name__
        _logger.error("The store of attachments cannot be used: %s", code)  # noqa: TRY400
        raise Unavailable(_UNAVAILABLE) from None


def _refused(response: httpx.Response) -> Unavailable:
    _logger.error("The store of attachments refused a request with %d.", response.status_code)
    return Unavailable(_UNAVAILABLE)
