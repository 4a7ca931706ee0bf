"""Files of 25 MB through a server process: with flat memory in and out, and killed in mid-upload."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
from pymongo import AsyncMongoClient

from tests.e2e.clients import calling
from tests.e2e.processes import Json, Machine, Server, until

LARGE = 25 << 20
PIECE = 64 << 10
ALLOWED = 24 << 20  # bytes that the process may grow by: less than one of the files
CREATE = """mutation($bytes: Int!) { createUpload(input: {name: "film.mp4", contentType: "video/mp4", bytes: $bytes}) {
  attachmentId url errors { message } } }"""
SEND = """mutation($id: ID!, $file: ID!) { sendMessage(input: {conversationId: $id, text: "", attachments: [$file]}) {
  message { attachments { url bytes } } errors { message } } }"""
START = """mutation { startConversation(input: {channel: WEB_CHAT, text: "Look"}) {
  visitorToken conversation { id } } }"""


async def pieces(size: int) -> AsyncIterator[bytes]:
    head = b"\0\0\0\x18ftypmp42" + bytes(PIECE - 12)
    for start in range(0, size, PIECE):
        yield head[: size - start] if start == 0 else bytes(min(PIECE, size - start))


async def created(server: Server) -> tuple[str, Json, Json]:
    """A shopper's token, conversation and upload."""
    async with calling(server.url) as caller:
        started = (await caller.ask(server.keys["publishableKey"], START))["startConversation"]
        upload = (await caller.ask(started["visitorToken"], CREATE, bytes=LARGE))["createUpload"]
    assert upload["errors"] == []
    return started["visitorToken"], started["conversation"], upload


class Peak:
    """The largest memory of a process while the block runs."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.grown = 0

    async def __aenter__(self) -> Peak:
        self._before = self._server.memory()
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            self.grown = max(self.grown, self._server.memory() - self._before)
            await asyncio.sleep(0.01)


async def test_25_mb_go_in_and_out_with_flat_memory(machine: Machine, shared_mongo: dict[str, str]) -> None:
    server = await machine.serve(**shared_mongo)
    token, conversation, upload = await created(server)
    async with httpx.AsyncClient(timeout=60) as http:
        async with Peak(server) as taking:
            response = await http.put(upload["url"], content=pieces(LARGE))
        assert (response.status_code, response.json()) == (201, {"contentType": "video/mp4", "bytes": LARGE})
        async with calling(server.url) as caller:
            given = {"id": conversation["id"], "file": upload["attachmentId"]}
            [file] = (await caller.ask(token, SEND, **given))["sendMessage"]["message"]["attachments"]
        received = 0
        async with Peak(server) as giving, http.stream("GET", file["url"]) as stream:
            async for chunk in stream.aiter_raw():
                received += len(chunk)
    sys.stdout.write(f"25 MB in: +{taking.grown / 1e6:.1f} MB; out: +{giving.grown / 1e6:.1f} MB of memory\n")
    assert received == file["bytes"] == LARGE
    assert max(taking.grown, giving.grown) < ALLOWED


async def test_a_server_that_is_killed_in_mid_upload_leaves_nothing_after_the_sweep(
    machine: Machine,
    shared_mongo: dict[str, str],
    database_name: str,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> None:
    database = mongo_client[database_name]
    server = await machine.serve(**shared_mongo)
    _, _, upload = await created(server)
    sent = 0

    async def slowly() -> AsyncIterator[bytes]:
        nonlocal sent
        async for piece in pieces(LARGE):
            sent += 1
            if sent == 100:
                await asyncio.sleep(3600)
            yield piece

    async with httpx.AsyncClient(timeout=None) as http:
        sending = asyncio.ensure_future(http.put(upload["url"], content=slowly()))
        await until(lambda: sent == 100)
        while await database["blobs.chunks"].count_documents({}) < 20:  # noqa: ASYNC110 - another process writes them
            await asyncio.sleep(0.02)
        await server.kill()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    assert await database["blobs.files"].count_documents({}) == 0
    long_ago = timedelta(hours=2)
    for name, fields in (("timers", ("due_at",)), ("attachments", ("expires_at", "lease_renewed_at"))):
        [row] = await database[name].find({"kind": "ATTACHMENT_EXPIRY"} if name == "timers" else {}).to_list()
        await database[name].update_one(
            {"_id": row["_id"]}, {"$set": {field: row[field] - long_ago for field in fields}}
        )
    await server.start()
    while await database["attachments"].count_documents({}):  # noqa: ASYNC110 - another process deletes it
        await asyncio.sleep(0.05)
    assert await database["blobs.chunks"].count_documents({}) == 0
