"""After an erasure no live object of the server's process has anything of the shopper: its memory is read byte by byte.

The C library overwrites what is freed, also small pieces, which it would otherwise keep as they are in a cache of each
thread, and `PYTHONMALLOC=malloc` leaves all memory to it. So what is found is held by somebody: a cache, a document.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.harness.process import RunningProcess, baton, kill_mongod

TUNABLES = "glibc.malloc.perturb=85:glibc.malloc.tcache_count=0"
NAME, EMAIL, PHONE = "Lena Quuxington", "lena.quux@example.com", "+393339998877"
OWN = re.compile(rb"quux|Quux|9998877|zanzibar|Zanzibar|cust-88123")
WORDS = f"I am {NAME}, zanzibar: write to {EMAIL} or {PHONE}"

START = """mutation($input: StartConversationInput!) { startConversation(input: $input) {
  conversation { id profile { id } } visitorToken errors { code } } }"""
SEND = 'mutation { sendMessage(input: {conversationId: "%s", text: "%s"}) { errors { code } } }'
REPLY = """mutation { postAgentMessage(input: {conversationId: "%s", epoch: 1, text: "%s", tags: ["returns"]}) {
  errors { code } } }"""
LIST = """query($search: String) { conversations(filter: {search: $search}) { totalCount edges { node {
  firstQuestion displayName contact { name { value } email { value } }
  messages { edges { node { text author { name } } } } profile { name email } } } } }"""
ERASE = 'mutation { eraseProfile(input: {profileId: "%s"}) { erasure { id } errors { code } } }'
ERASURE = """{ node(id: "%s") { ... on Erasure { finishedAt mentions { place recordId } removed { place count } } } }"""


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(tmp_path: Path) -> Iterator[None]:
    yield
    kill_mongod(tmp_path)


class Client:
    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http, self._url = http, url

    async def ask(self, key: str, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {key}"}
        body = {"query": query, "variables": variables}
        answer = (await self._http.post(self._url, json=body, headers=headers)).json()
        assert "errors" not in answer, answer
        return answer["data"]


async def test_the_process_has_nothing_of_the_shopper(tmp_path: Path) -> None:
    words = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "1", "GLIBC_TUNABLES": TUNABLES}
    async with baton("serve", data=tmp_path, **words) as server, httpx.AsyncClient(timeout=60) as http:
        client = Client(http, await server.url())
        keys = server.credentials
        profile = await lived(client, keys)
        assert found_in(server) != set()
        payload = await client.ask(keys["ownerKey"], ERASE % profile)
        assert payload["eraseProfile"]["errors"] == []
        record = await finished(client, keys["ownerKey"], payload["eraseProfile"]["erasure"]["id"])
        assert record["mentions"] == []
        await other_traffic(client, keys)
        left = found_in(server)
        server.signal(signal.SIGTERM)
        ending = await server.end()
    assert left == set()
    assert not OWN.search((ending.out + ending.err).encode())


async def lived(client: Client, keys: dict[str, str]) -> str:
    """A shopper who writes, and is read in many ways. Returns the id of the profile."""
    visitor = {"email": EMAIL, "name": NAME, "phone": PHONE, "profileId": "cust-88123"}
    given = {"channel": "WEB_CHAT", "text": WORDS, "visitor": visitor, "idempotencyKey": "zanzibar key"}
    begun = (await client.ask(keys["ownerKey"], START, input=given))["startConversation"]
    assert begun["errors"] == []
    talk, profile = begun["conversation"]["id"], begun["conversation"]["profile"]["id"]
    for number in range(20):
        await client.ask(begun["visitorToken"], SEND % (talk, f"zanzibar{number} {EMAIL}"))
        await client.ask(keys["agentKey"], REPLY % (talk, f"Dear {NAME}, zanzibar{number}"))
        for search in (None, "zanzibar", EMAIL, f"zanzibar{number}"):
            found = await client.ask(keys["ownerKey"], LIST, search=search)
            assert found["conversations"]["totalCount"] == 1
    return str(profile)


async def finished(client: Client, key: str, erasure_id: str) -> Any:
    for _ in range(240):
        record = (await client.ask(key, ERASURE % erasure_id))["node"]
        if record["finishedAt"] is not None:
            return record
        await asyncio.sleep(0.5)
    raise AssertionError("the erasure does not end")


async def other_traffic(client: Client, keys: dict[str, str]) -> None:
    """What replaces the last request's objects, which a frame or buffer may still have."""
    for number in range(30):
        visitor = {"email": f"bob{number}@example.com", "name": "Bob"}
        given = {"channel": "WEB_CHAT", "text": "Hello, is there a kettle?", "visitor": visitor}
        await client.ask(keys["ownerKey"], START, input=given)
        await client.ask(keys["ownerKey"], LIST, search="kettle")
    await asyncio.sleep(2)


def found_in(server: RunningProcess) -> set[bytes]:
    """Return the places in the process's writable memory, with the bytes around them."""
    pid = server._process.pid
    found = set()
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
                continue
            for hit in OWN.finditer(content):
                found.add(content[max(0, hit.start() - 60) : hit.end() + 60])
    return found
