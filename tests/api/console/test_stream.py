"""The page's subscriptions, run under Node.js: a stream survives cuts, and says why it ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.api.console.conftest import Node

pytestmark = pytest.mark.node

STREAM = """
import { Stream } from "./run/stream.js";
const say = (...what) => console.log(JSON.stringify(what));
new Stream({
  url: process.argv[2],
  request: { query: "subscription { x }" },
  connect: (url, protocol) => new WebSocket(url, protocol),
  headers: JSON.parse(process.argv[3] ?? "{}"),
  credential: () => "Bearer key",
  on: { frame: (payload) => say("frame", payload.data), note: () => say("note"), state: () => {},
        end: (text, errors) => say("end", text, errors) },
  waits: { first: 5, longest: 20 },
}).start();
"""

Visit = Callable[[ServerConnection, dict[str, object]], Awaitable[None]]


@asynccontextmanager
async def _server(*visits: Visit) -> AsyncIterator[str]:
    """Each connection is one visit: it gets the payload of connection_init, and closes 1012 at its end."""
    left = iter(visits)

    async def visited(socket: ServerConnection) -> None:
        init = orjson.loads(await socket.recv())
        assert init["type"] == "connection_init"
        await next(left)(socket, init["payload"])
        await socket.close(1012)

    async with serve(visited, "127.0.0.1", 0, subprotocols=["graphql-transport-ws"]) as server:  # type: ignore[list-item]
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    assert next(left, None) is None


async def _send(socket: ServerConnection, **message: object) -> None:
    await socket.send(orjson.dumps(message).decode())


async def _frame(socket: ServerConnection, number: int) -> None:
    payload = {"data": number, "extensions": {"stream": {"cursor": f"c{number}"}}}
    await _send(socket, type="next", id="1", payload=payload)


async def _subscribed(socket: ServerConnection) -> None:
    await _send(socket, type="connection_ack")
    message = orjson.loads(await socket.recv())
    assert message == {"type": "subscribe", "id": "1", "payload": {"query": "subscription { x }"}}


async def test_a_stream_that_is_cut_continues_at_its_cursor(node: Node) -> None:
    greetings: list[dict[str, object]] = []

    async def first(socket: ServerConnection, greeting: dict[str, object]) -> None:
        greetings.append(greeting)
        await _subscribed(socket)
        await _frame(socket, 1)
        await _send(socket, type="ping", payload={"cursor": "c7"})
        assert orjson.loads(await socket.recv())["type"] == "pong"

    async def refused_for_now(socket: ServerConnection, greeting: dict[str, object]) -> None:
        greetings.append(greeting)
        await socket.close(1013)

    async def expires(socket: ServerConnection, greeting: dict[str, object]) -> None:
        greetings.append(greeting)
        await _subscribed(socket)
        await _frame(socket, 8)
        await socket.close(4403)

    async def last(socket: ServerConnection, greeting: dict[str, object]) -> None:
        greetings.append(greeting)
        await _subscribed(socket)
        await _frame(socket, 9)
        await _send(socket, type="complete", id="1")
        await socket.wait_closed()

    async with _server(first, refused_for_now, expires, last) as url:
        told = await node(STREAM, url)
    assert [what for what in told if what[0] == "frame"] == [["frame", 1], ["frame", 8], ["frame", 9]]
    assert [what for what in told if what[0] == "note"] == [["note"]] * 3
    assert told[-1] == ["end", "The server completed the stream.", None]
    key = "Bearer key"
    assert greetings == [{"authorization": key}, *({"authorization": key, "resume": c} for c in ("c7", "c7", "c8"))]


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (4403, "The credential was refused (4403 so)."),
        (4400, "The connection was closed for good (4400 so)."),
        (4500, "The connection was closed for good (4500 so)."),
        (1011, "The connection was closed for good (1011 so)."),
    ],
)
async def test_a_stream_that_is_refused_does_not_come_back(node: Node, code: int, end: str) -> None:
    async def refuse(socket: ServerConnection, _: dict[str, object]) -> None:
        await socket.close(code, "so")

    async with _server(refuse) as url:
        assert await node(STREAM, url) == [["end", end, None]]


async def test_a_refused_operation_says_why(node: Node) -> None:
    errors = [{"message": "No such conversation."}]

    async def refuse(socket: ServerConnection, _: dict[str, object]) -> None:
        await _subscribed(socket)
        await _send(socket, type="error", id="1", payload=errors)
        await socket.wait_closed()

    async with _server(refuse) as url:
        assert await node(STREAM, url) == [["end", "The operation was refused.", errors]]


async def test_extra_headers_travel_in_connection_init_and_win_over_the_credential(node: Node) -> None:
    greetings: list[dict[str, object]] = []

    async def visited(socket: ServerConnection, greeting: dict[str, object]) -> None:
        greetings.append(greeting)
        await socket.close(4400)

    async with _server(visited, visited) as url:
        await node(STREAM, url, '{"x-tenant": "1"}')
        await node(STREAM, url, '{"authorization": "Bearer other"}')
    assert greetings == [{"authorization": "Bearer key", "x-tenant": "1"}, {"authorization": "Bearer other"}]
