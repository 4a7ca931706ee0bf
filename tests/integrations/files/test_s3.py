"""Attachments in a bucket, on moto's server: the port, and an upload through the whole program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.values.errors import NotFound, Unavailable
from integrations.files.s3 import S3Files, S3Settings
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import ManualClock
from tests.harness.files import PNG, create, download, put, upload
from tests.harness.program import running

LARGE = 25 << 20
PIECE = 64 << 10


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def settings(address: str, bucket: str = "baton", secret: str = "a secret") -> S3Settings:
    return S3Settings(
        bucket=bucket, endpoint=address, region="us-east-1", access_key_id="AKID", secret_access_key=secret
    )


@pytest.fixture
async def files(address: str) -> AsyncIterator[S3Files]:
    files = S3Files(settings(address))
    files._client.create_bucket(Bucket="baton")
    yield files
    await files.delete("")
    await files.close()


async def once(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def test_a_file_is_written_read_listed_and_deleted(files: S3Files) -> None:
    assert await files.write("A/1/x", once(PNG[:10], PNG[10:]), size=len(PNG)) == len(PNG)
    assert await files.write("A/2/x", once(b"unknown ", b"size"), size=None) == 12
    assert b"".join([piece async for piece in files.read("A/1/x", start=5, end=20)]) == PNG[5:20]
    assert [(blob.key, blob.size) async for blob in files.blobs()] == [("A/1/x", len(PNG)), ("A/2/x", 12)]
    await files.delete("A/1/")
    await files.delete("A/nothing/")
    assert [blob.key async for blob in files.blobs()] == ["A/2/x"]
    with pytest.raises(NotFound):
        [piece async for piece in files.read("A/1/x", start=0, end=1)]


async def test_a_write_that_breaks_off_leaves_nothing(files: S3Files) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PNG[:10]
        raise ConnectionResetError

    for size in (len(PNG), None):
        with pytest.raises(ConnectionResetError):
            await files.write("A/1/x", broken(), size=size)
    assert [blob async for blob in files.blobs()] == []


async def test_a_store_that_cannot_be_used_is_unavailable(files: S3Files, address: str) -> None:
    for wrong in (settings("http://127.0.0.1:9"), settings(address, bucket="another")):
        elsewhere = S3Files(wrong)
        with pytest.raises(Unavailable):  # also where there is no such bucket: the caller has done nothing wrong
            await elsewhere.write("A/1/x", once(PNG), size=len(PNG))
        with pytest.raises(Unavailable):
            await elsewhere.delete("A/")
        await elsewhere.close()


async def test_a_store_that_hangs_holds_up_nothing_else() -> None:
    handlers = list[asyncio.Task[None] | None]()
    connected, over = asyncio.Event(), asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        connected.set()
        await over.wait()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    files = S3Files(settings(f"http://{host}:{port}"))
    deletions = [asyncio.create_task(files.delete("A/")) for _ in range(40)]
    await asyncio.wait_for(connected.wait(), 60)
    await asyncio.wait_for(asyncio.get_running_loop().getaddrinfo("localhost", 80), 60)  # in the default executor
    assert not any(deletion.done() for deletion in deletions)
    server.close()
    over.set()
    await files.close()
    assert all(await asyncio.gather(*deletions, return_exceptions=True))
    await asyncio.gather(*(handler for handler in handlers if handler is not None))


async def test_large_files_pass_piece_by_piece(files: S3Files) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGE // PIECE):
            yield bytes(PIECE)

    await files.write("A/1/x", pieces(), size=LARGE)
    received, longest = 0, 0
    async for piece in files.read("A/1/x", start=0, end=LARGE):
        received, longest = received + len(piece), max(longest, len(piece))
    assert received == LARGE
    assert longest <= 255 << 10


async def test_an_upload_can_be_sent_again_after_an_outage(
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
    files: S3Files,
    address: str,
) -> None:
    given = {"s3_bucket": "later", "s3_endpoint": address, "s3_access_key_id": "AKID", "s3_secret_access_key": "secret"}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        shop = await program.open_shop("Shop")
        started = await program.start(shop)
        created = await create(program, started.token, PNG)
        for _ in range(2):  # the first attempt, and one that first deletes what that left; both fail, also to clean up
            assert (await put(program, created["url"], PNG)).status_code == 503
        files._client.create_bucket(Bucket="later")
        assert (await put(program, created["url"], PNG)).status_code == 201


async def test_an_upload_goes_to_the_bucket(
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[dict[str, Any]],
    files: S3Files,
    address: str,
) -> None:
    given = {
        "s3_bucket": "baton",
        "s3_endpoint": address,
        "s3_access_key_id": "AKID",
        "s3_secret_access_key": "secret 1",
    }
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        shop = await program.open_shop("Shop")
        started = await program.start(shop)
        file = await upload(program, started.token)
        sent = {"conversationId": started.id, "text": "Look", "attachments": [file]}
        [shown] = (await program.done(started.token, "sendMessage", **sent))["message"]["attachments"]
        assert (await download(program, shown["url"], range="bytes=1-3")).content == b"PNG"
        assert await program.database["blobs.chunks"].count_documents({}) == 0
        [blob] = [blob async for blob in files.blobs()]
        assert (blob.key.split("/")[0], blob.size) == (shop.id, len(PNG))
        check = program.baton.ports.integrity_checks[-1]
        assert [finding async for finding in check.examine(lambda _: None)] == []
        await files.delete("")
        assert (await download(program, shown["url"])).status_code == 404
