"""docs/guides/live-streams.md: every client of the page follows a conversation while its server is away for five
seconds (its port closed, as while `make run` restarts), and sees each message once."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api.graphql.stock_clients import node_scripts, running
from tests.docs.pages import blocks_of
from tests.docs.shell import reading
from tests.e2e.clients import Caller, Talk, calling
from tests.e2e.processes import PATIENCE, Json, Machine, Server

__all__ = ["node_scripts"]

PAGE = "docs/guides/live-streams.md"
AWAY = 5.0  # seconds
[FOLLOW] = blocks_of(PAGE, "graphql")
PRELUDE = """
import WebSocket from "ws";
globalThis.WebSocket ??= WebSocket; // as browsers have it, and Node from version 22 on
const { token, id, after, FOLLOW } = JSON.parse(process.argv[2]);
const show = (item) => console.log(JSON.stringify(item));
console.error = (error) => show({ __typename: "the client gave up", code: error?.code, text: String(error) });
"""
NODE_CLIENTS = {
    "graphql-ws": ["graphql-ws"],
    "Apollo Client": ["graphql-ws", "Apollo Client"],
    "urql": ["graphql-ws", "urql"],
    "graphql-sse": ["graphql-sse"],
}

Read = Callable[[], Awaitable[Json]]


def snippet(headings: list[str], url: str) -> str:
    """The page's blocks in one module. Where a later one subscribes by itself, the first only makes the client."""
    blocks = ["".join(blocks_of(PAGE, "js", under=heading)) for heading in headings]
    if len(blocks) > 1:
        blocks[0] = blocks[0][: blocks[0].index("client.subscribe(")]
    text = "\n".join([PRELUDE, *blocks])
    return text.replace("//127.0.0.1:8000/graphql", f"//{url.partition('//')[2]}")


@asynccontextmanager
async def node_client(folder: Path, name: str, server: Server, given: Json) -> AsyncIterator[Read]:
    script = folder / f"{name.replace(' ', '-')}.mjs"
    script.write_text(snippet(NODE_CLIENTS[name], server.url))
    async with running(folder, script.name, json.dumps(given)) as process:
        yield process.line


@asynccontextmanager
async def python_client(server: Server, given: Json) -> AsyncIterator[Read]:
    [block] = blocks_of(PAGE, "python")
    found: dict[str, Any] = {"FOLLOW": FOLLOW}
    exec(block, found)
    items = found["follow"](server.url.replace("http", "ws"), given["token"], given["id"], given["after"])
    try:
        yield items.__anext__
    finally:
        await items.aclose()


async def messages(read: Read, count: int) -> list[int]:
    """The numbers of the messages that a client shows, until it has shown so many."""
    seen: list[int] = []
    async with asyncio.timeout(PATIENCE):
        while len(seen) < count:
            item = await read()
            assert item["__typename"] not in ("StreamReset", "the client gave up"), item
            if item["__typename"] == "MessageAdded":
                seen.append(item["message"]["sequence"])
    return seen


async def survives(server: Server, other: Server, talk: Talk, caller: Caller, clients: dict[str, Read]) -> None:
    """`caller` asks the other server, which goes on meanwhile."""

    async def everybody_sees(numbers: list[int]) -> None:
        seen = await asyncio.gather(*(messages(read, len(numbers)) for read in clients.values()))
        assert dict(zip(clients, seen, strict=True)) == dict.fromkeys(clients, numbers)

    await caller.say(talk, "before")
    await everybody_sees([2])
    server.send(signal.SIGTERM)
    assert (await server.ended()).code == 0
    for number in range(5):
        await caller.say(talk, f"while it is away {number}")
        await asyncio.sleep(AWAY / 5)
    await server.start()
    await caller.say(talk, "after")
    await everybody_sees([3, 4, 5, 6, 7, 8])


@asynccontextmanager
async def two_servers(
    machine: Machine, mongo: dict[str, str]
) -> AsyncIterator[tuple[Server, Server, Talk, Caller, Json]]:
    shared = {**mongo, "BATON_SECRET": "of both servers, so that their cursors are the same"}
    server, other = await machine.serve("first", **shared), await machine.serve("second", **shared)
    async with calling(other.url) as caller:
        talk = await caller.start(other.keys["publishableKey"])
        given = {"token": other.keys["agentKey"], "id": talk.id, "after": talk.cursor, "FOLLOW": FOLLOW}
        yield server, other, talk, caller, given


@pytest.mark.node
async def test_clients_in_javascript(
    machine: Machine, shared_mongo: dict[str, str], node_scripts: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(node_scripts / "node_modules")
    async with two_servers(machine, shared_mongo) as (server, other, talk, caller, given), AsyncExitStack() as stack:
        clients = {
            name: await stack.enter_async_context(node_client(tmp_path, name, server, given)) for name in NODE_CLIENTS
        }
        await survives(server, other, talk, caller, clients)


@pytest.mark.node
async def test_a_credential_that_never_was_valid_ends_the_client(
    machine: Machine, shared_mongo: dict[str, str], node_scripts: Path, tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(node_scripts / "node_modules")
    server = await machine.serve(**shared_mongo)
    given = {"token": "bsk_mistyped", "id": "any", "after": None, "FOLLOW": FOLLOW}
    async with node_client(tmp_path, "graphql-ws", server, given) as read:
        gave_up = await read()
    assert (gave_up["__typename"], gave_up["code"]) == ("the client gave up", 4401)


async def test_the_client_in_python(machine: Machine, shared_mongo: dict[str, str]) -> None:
    async with (
        two_servers(machine, shared_mongo) as (server, other, talk, caller, given),
        python_client(server, given) as read,
    ):
        await survives(server, other, talk, caller, {"gql": read})


async def test_curl_goes_on_from_the_last_event(machine: Machine, shared_mongo: dict[str, str]) -> None:
    [follow] = blocks_of(PAGE, "sh")
    reader = await reading(machine, **shared_mongo)
    async with reader.pasting(follow) as process:
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate()
    items = [json.loads(line[6:])["data"]["conversation"] for line in out.decode().splitlines() if line[:6] == "data: "]
    assert [item["__typename"] for item in items] == [
        *("StreamReady", "StreamCaughtUp"),
        *("StreamReady", "MessageAdded", "StreamCaughtUp"),
    ]
    assert items[3]["message"]["text"] == "It arrives today."
