"""The GraphQL IDE's modules, run without a page under Node.js: laying out, links, and a stream that survives cuts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation
from api.graphql.limits import Limits
from api.graphql.request import read_request
from resolvers.schema import schema

STATIC = Path(__file__).parents[3] / "api" / "console" / "static"
Told = list[list[object]]
Node = Callable[..., Awaitable[Told]]

pytestmark = pytest.mark.node


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Runs a script next to the page's modules; answers the JSON lines that it printed."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node.js is not at hand: the page's modules are not run")
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "static" / "package.json").write_text('{"type": "module"}')

    async def run(script: str, *arguments: str) -> Told:
        path = tmp_path / "static" / "script.js"
        path.write_text(script)
        process = await asyncio.create_subprocess_exec(
            program, "--experimental-websocket", str(path), *arguments, stdout=-1, stderr=-1
        )
        try:
            out, complaint = await asyncio.wait_for(process.communicate(), timeout=30)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, complaint.decode()
        return [orjson.loads(line) for line in out.splitlines()]

    return run


PRETTIFY = """
import { prettify } from "./prettify.js";
for (const text of JSON.parse(process.argv[2])) {
  try { console.log(JSON.stringify([prettify(text), prettify(prettify(text))])); }
  catch (error) { console.log(JSON.stringify([null, error.message])); }
}
"""
CRAMPED = """query A($a:Int=1,$b:[String!]!=["x" "y"]@d(x:1))@live{a:b(x:{y:1,z:[1 2,{q:$a}]},s:\"\"\"bl
 ock\"\"\")@include(if:$b){...F ...on T@skip(if:true){x y}}}
# of F
fragment F on C{id n(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1,bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:2){id}}"""
LAID_OUT = """query A($a: Int = 1, $b: [String!]! = ["x", "y"] @d(x: 1)) @live {
  a: b(x: { y: 1, z: [1, 2, { q: $a }] }, s: \"\"\"bl
 ock\"\"\") @include(if: $b) {
    ...F
    ... on T @skip(if: true) {
      x
      y
    }
  }
}

# of F
fragment F on C {
  id
  n(
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1
    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: 2
  ) {
    id
  }
}
"""


async def test_prettify_lays_out_and_changes_nothing_else(node: Node) -> None:
    laid_out, incomplete = await node(PRETTIFY, orjson.dumps([CRAMPED, "{ a(x: "]).decode())
    assert laid_out == [LAID_OUT, LAID_OUT]
    assert incomplete[0] is None


OPERATIONS = """
import { operations } from "./language.js";
const text = 'query A($x: Int = 1) { a } fragment F on T { b } { c } # mutation\\nsubscription S @d { "s{" }';
console.log(JSON.stringify(operations(text).map(({ kind, name }) => [kind, name])));
"""


async def test_operations_of_a_document(node: Node) -> None:
    assert await node(OPERATIONS) == [[["query", "A"], ["query", None], ["subscription", "S"]]]


DOCUMENTS = """
import { EXAMPLES, variablesOf } from "./examples.js";
import { INTROSPECTION } from "./schema.js";
const written = EXAMPLES.map((each) => [each.operation, JSON.parse(variablesOf(each, null) || "{}")]);
for (const each of [[INTROSPECTION, {}], ...written]) console.log(JSON.stringify(each));
"""


async def test_the_pages_own_documents_run_on_the_schema_within_the_limits(node: Node) -> None:
    executor = GraphQLExecutor(schema=schema, limits=Limits(), errors=ErrorFormatter())
    documents = await node(DOCUMENTS)
    assert len(documents) == 9
    for query, variables in documents:
        prepared = executor.prepare(read_request({"query": query, "variables": variables}))
        assert isinstance(prepared, Operation), prepared


STATE = """
import { fromLink, linkTo } from "./state.js";
const texts = { operation: "{ a } # key_1", variables: '{"k": "key_1"}', credential: "Bearer key_1" };
const link = new URL(linkTo("http://h/graphql?x=1#old", texts));
console.log(JSON.stringify([link.pathname + link.search, fromLink(link.hash), fromLink("#section")]));
"""


async def test_a_link_holds_the_texts_and_no_credential(node: Node) -> None:
    assert await node(STATE) == [["/graphql", {"operation": "{ a } # …", "variables": '{"k": "…"}'}, None]]


STREAM = """
import { Stream } from "./stream.js";
const say = (...what) => console.log(JSON.stringify(what));
new Stream({
  url: process.argv[2],
  request: { query: "subscription { x }" },
  connect: (url, protocol) => new WebSocket(url, protocol),
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


async def test_a_stream_that_is_cut_goes_on_at_its_cursor(node: Node) -> None:
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
