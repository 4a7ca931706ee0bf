"""After an erasure no object of the server's process has anything of the shopper: its memory is read byte by byte.

The settings that docs/operations.md names let the C library overwrite what is freed, but for the last 8 bytes of a
block (`free_perturb` of glibc). So all that is looked for is longer, and what is found is held by somebody: a cache, a
document, a buffer.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from tests.docs.pages import ROOT
from tests.harness.process import RunningProcess, baton

NAME, EMAIL, PHONE = "Lena Qwyxington", "lena.qwyxington@example.com", "+393339998877"
OWN = re.compile(rb"qwyxington|3339998877|zanzibarian|cust-88123", re.IGNORECASE)
WORDS = f"I am {NAME}, zanzibarian: write to {EMAIL} or {PHONE}"

START = """mutation($input: StartConversationInput!) { startConversation(input: $input) {
  conversation { id profile { id } } visitorToken errors { code } } }"""
SEND = 'mutation { sendMessage(input: {conversationId: "%s", text: "%s"}) { errors { code } } }'
REPLY = """mutation { postAgentMessage(input: {conversationId: "%s", epoch: 1, text: "%s", tags: ["returns"]}) {
  errors { code } } }"""
LIST = """query($search: String) { conversations(filter: {search: $search}) { totalCount edges { node {
  firstQuestion displayName contact { name { value } email { value } }
  messages { edges { node { text author { name } } } } profile { name email } } } } }"""
FOLLOW = 'subscription { conversation(id: "%s") { __typename ... on MessageAdded { message { text } } } }'
ERASE = 'mutation { eraseProfile(input: {profileId: "%s"}) { erasure { id } errors { code } } }'
ERASURE = """query($id: ID!) { node(id: $id) { ... on Erasure { finishedAt mentions { place recordId } } } }"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


class Client:
    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http, self._url = http, url

    async def ask(self, key: str, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {key}"}
        body = {"query": query, "variables": variables}
        answer = (await self._http.post(self._url, json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    @asynccontextmanager
    async def following(self, key: str, query: str) -> AsyncIterator[None]:
        """Follow a stream, which somebody leaves open."""
        headers = {"authorization": f"Bearer {key}", "accept": "text/event-stream"}
        async with self._http.stream("POST", self._url, json={"query": query}, headers=headers) as stream:

            async def read() -> None:
                async for _ in stream.aiter_bytes():
                    pass

            reading = asyncio.create_task(read())
            yield
            reading.cancel()


@pytest.mark.timeout(120)
async def test_the_process_has_nothing_of_the_shopper(
    tmp_path: Path,
    shared_mongo: dict[str, str],
    database_name: str,
    mongo_client: AsyncMongoClient[dict[str, Any]],
) -> None:
    settings = {**shared_mongo, **documented()}
    async with (
        baton("serve", data=tmp_path, executes=True, **settings) as server,
        httpx.AsyncClient(timeout=60) as http,
    ):
        client = Client(http, await server.url())
        keys = server.credentials
        begun = await client.ask(keys["ownerKey"], START, input=first_words())
        talk = begun["startConversation"]["conversation"]
        async with client.following(keys["ownerKey"], FOLLOW % talk["id"]):
            await lived(client, keys, begun["startConversation"])
            assert len(found_in(server)) > 100
            payload = await client.ask(keys["ownerKey"], ERASE % talk["profile"]["id"])
            assert payload["eraseProfile"]["errors"] == []
            timers = mongo_client[database_name]["timers"]
            record = await finished(client, keys["ownerKey"], payload["eraseProfile"]["erasure"]["id"], timers)
            assert record["mentions"] == []
            await other_traffic(client, keys)
            left = found_in(server)
        server.signal(signal.SIGTERM)
        ending = await server.end()
    assert left == set()
    assert not OWN.search((ending.out + ending.err).encode())


def documented() -> dict[str, str]:
    """The settings of a process that overwrites what it frees, from the page."""
    found = re.search(r"`(PYTHONMALLOC=\S+)` and `(GLIBC_TUNABLES=\S+)`", (ROOT / "docs" / "operations.md").read_text())
    assert found is not None
    return dict(each.split("=", 1) for each in found.groups())


def first_words() -> dict[str, Any]:
    visitor = {"email": EMAIL, "name": NAME, "phone": PHONE, "profileId": "cust-88123"}
    return {"channel": "WEB_CHAT", "text": WORDS, "visitor": visitor, "idempotencyKey": "zanzibarian key"}


async def lived(client: Client, keys: dict[str, str], begun: Any) -> None:
    """The shopper writes, and is read in many ways."""
    talk = begun["conversation"]["id"]
    for number in range(8):
        await client.ask(begun["visitorToken"], SEND % (talk, f"zanzibarian{number} {EMAIL}"))
        await client.ask(keys["agentKey"], REPLY % (talk, f"Dear {NAME}, zanzibarian{number}"))
        for search in (None, "zanzibarian", EMAIL, f"zanzibarian{number}"):
            found = await client.ask(keys["ownerKey"], LIST, search=search)
            assert found["conversations"]["totalCount"] == 1
        literal = f'{{ conversations(filter: {{search: "{EMAIL} zanzibarian{number}"}}) {{ totalCount }} }}'
        await client.ask(keys["ownerKey"], literal)


async def finished(client: Client, key: str, erasure_id: str, timers: Any) -> Any:
    """Wait for the end of the erasure, whose waits for other processes are made short: there are none."""
    for _ in range(600):
        record = (await client.ask(key, ERASURE, id=erasure_id))["node"]
        if record["finishedAt"] is not None:
            return record
        now = [{"$set": {"due_at": "$$NOW"}}]
        await timers.update_many({"kind": "ERASE_PROFILE", "$expr": {"$gt": ["$due_at", "$$NOW"]}}, now)
        await asyncio.sleep(0.05)
    raise AssertionError("the erasure does not end")


async def other_traffic(client: Client, keys: dict[str, str]) -> None:
    """What takes the place of the last requests in buffers, which are as long as the longest of them."""
    for number in range(10):
        visitor = {"email": f"bob{number}@example.com", "name": "Bob"}
        given = {"channel": "WEB_CHAT", "text": "Is there a kettle? " * 200, "visitor": visitor}
        await client.ask(keys["ownerKey"], START, input=given)
        await client.ask(keys["ownerKey"], LIST, search="kettle")
    await asyncio.sleep(3)  # until the caches that all accounts share are swept


def found_in(server: RunningProcess) -> set[bytes]:
    """Return the places in the process's writable memory, with the bytes around them."""
    pid, found = server.pid, set()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(each, 16) for each in span.split("-"))
            memory.seek(start)
            try:
                content = memory.read(end - start)
            except OSError:
                continue  # of the kernel
            for hit in OWN.finditer(content):
                found.add(content[max(0, hit.start() - 60) : hit.end() + 60])
    return found
