"""Connections are bounded before a request is one: in bytes, in time, in number, and in pongs that nobody reads."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from api.server import connection_limits
from api.server.client_address import client_address
from api.server.connection_limits import (
    HEAD_BYTES,
    IDLE_SECONDS,
    PIECE_BYTES,
    Gate,
    http_protocol,
    most_connections,
)
from api.server.errors import OperatorError
from api.server.uvicorn_server import Server, ServerOptions
from tests.api.graphql.serving import listening, until

HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def _hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"hello {len(await request.body())}")


async def _address(request: Request) -> PlainTextResponse:
    return PlainTextResponse(client_address(request.scope))


async def _slow(_: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        await GO_ON[-1].wait()
        yield b"last"

    return StreamingResponse(parts())


GO_ON: list[asyncio.Event] = []  # the latest ends the response of /slow
HEARD: list[str] = []


async def _listen(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            HEARD.append(await socket.receive_text())
    except WebSocketDisconnect:
        return


async def _listen_later(socket: WebSocket) -> None:
    await socket.accept()
    await GO_ON[-1].wait()
    with suppress(WebSocketDisconnect):
        while True:
            HEARD.append(await socket.receive_text())


async def _close_at_once(socket: WebSocket) -> None:
    await socket.accept()
    await socket.receive_text()
    await socket.close(4400, "no more")


APP = Starlette(
    routes=[
        Route("/", _hello, methods=["GET", "POST"]),
        Route("/address", _address),
        Route("/slow", _slow),
        WebSocketRoute("/socket", _listen),
        WebSocketRoute("/later", _listen_later),
        WebSocketRoute("/close", _close_at_once),
    ]
)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def status(reader: asyncio.StreamReader) -> int:
    line = await asyncio.wait_for(reader.readline(), 60)
    return int(line.split()[1])


async def response(streams: Streams, request: bytes) -> int:
    streams[1].write(request)
    return await status(streams[0])


@pytest.mark.parametrize(
    ("head", "refusal"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (HEAD_BYTES + 1), 431),
        (b"GET /?" + b"x" * (HEAD_BYTES + 1), 414),
        (b"GET /?" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * (HEAD_BYTES // 6 + 1), 431),
    ],
    ids=["a header", "the address", "a whole request line", "many headers"],
)
async def test_a_head_that_is_too_large_is_refused(head: bytes, refusal: int) -> None:
    async with listening(APP) as (port, _), connected(port) as streams:
        assert await response(streams, head) == refusal
        await asyncio.wait_for(streams[0].read(), 60)  # and closed


def _head_of(size: int) -> bytes:
    start, end = b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"\r\n\r\n"
    return start + b"x" * (size - len(start) - len(end)) + end


@pytest.mark.parametrize("step", [HEAD_BYTES * 2, 5_000], ids=["at once", "in pieces"])
async def test_the_limit_of_a_head_is_exact(step: int) -> None:
    async with listening(APP) as (port, _), connected(port) as (reader, writer):
        for size in (HEAD_BYTES, HEAD_BYTES, HEAD_BYTES + 1):
            head = _head_of(size)
            for start in range(0, size, step):
                writer.write(head[start : start + step])
                await asyncio.sleep(0.001)
            assert await status(reader) == (200 if size == HEAD_BYTES else 431)
            if size == HEAD_BYTES:
                await reader.readuntil(b"hello 0")


async def test_the_heads_of_requests_sent_together_have_the_limit_each() -> None:
    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000
    many = b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * HEAD_BYTES
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write((post + _head_of(HEAD_BYTES - 1_000)) * 3 + post)
        for length in (60_000, 0) * 3 + (60_000,):
            await asyncio.wait_for(reader.readuntil(f"hello {length}".encode()), 60)
        writer.write(post + many)
        await until(lambda: not open_connections)
        with suppress(ConnectionResetError):  # it was closed while bytes were on their way
            assert b"hello 0" not in await asyncio.wait_for(reader.read(), 60)


async def test_a_refused_peer_that_goes_on_sending_reads_why_and_is_dropped() -> None:
    """A close with unread bytes resets the connection: the peer would see an error in place of the response."""
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (2 << 20))
        await asyncio.wait_for(writer.drain(), 60)
        assert (await asyncio.wait_for(reader.read(), 60)).startswith(b"HTTP/1.1 431")
        writer.write(b"x" * (4 << 20))
        await until(lambda: not open_connections)


async def test_a_long_head_and_a_long_body_pass() -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (HEAD_BYTES // 2) + b"\r\nContent-Length: 1000000\r\n\r\n"
    async with listening(APP) as (port, _), connected(port) as streams:
        for _ in range(2):  # the count begins anew with each request of a connection
            streams[1].write(head + b"x" * 1_000_000)
            text = await asyncio.wait_for(streams[0].readuntil(b"hello 1000000"), 60)
            assert text.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("said", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: a\r\n"], ids=["nothing", "a line", "a head"])
async def test_who_does_not_end_the_head_in_time_is_closed(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 0.05)
    async with listening(APP) as (port, _), connected(port) as streams:
        assert await response(streams, said) == 408
        await asyncio.wait_for(streams[0].read(), 60)


async def test_the_next_request_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 0.05)
    async with listening(APP) as (port, _):
        for _ in range(100):
            async with connected(port) as streams:
                if await response(streams, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 408:
                    continue  # the machine stood still
                await streams[0].readuntil(b"hello 0")
                await asyncio.sleep(0.1)  # idle between requests: the keep-alive's affair
                assert await response(streams, b"GET / HTTP/1.1\r\nHost: a\r\n") == 408
                return
    pytest.fail("The first request never had its time.")


@pytest.mark.parametrize("said", [b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nX: " + b"x" * (HEAD_BYTES + 1)])
async def test_a_refusal_is_not_written_into_the_response_under_way(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    GO_ON.append(asyncio.Event())
    async with listening(APP) as (port, _), connected(port) as (reader, writer):
        writer.write(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"first"), 60)
        monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 0.05)
        writer.write(said)
        if len(said) > HEAD_BYTES:
            assert b"HTTP/1.1" not in await asyncio.wait_for(reader.read(), 60)  # closed without a word
            GO_ON[-1].set()
            return
        await asyncio.sleep(0.3)
        GO_ON[-1].set()
        assert await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 60) == b"\r\n4\r\nlast\r\n0\r\n\r\n"
        if said == b"\r\n":
            assert await response((reader, writer), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 200
        else:
            assert await status(reader) == 408


async def test_pipelined_requests_are_read_no_further_while_some_wait() -> None:
    """Each of them gets its response all the same."""
    request, count, longest = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 20_000, 0
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        await until(lambda: len(open_connections) == 1)
        [protocol] = open_connections
        writer.write(request * count)
        done, tail = 0, b""
        while done < count:
            piece = tail + await asyncio.wait_for(reader.read(1 << 16), 60)
            done, tail = done + piece.count(b"hello 0"), piece[-6:]
            longest = max(longest, len(protocol.pipeline))
    assert 0 < longest < 12_000  # one read of 256 KB


def test_too_few_open_files_are_refused_at_the_start() -> None:
    assert most_connections(1_024) == 768
    with pytest.raises(OperatorError, match="may open only 250 files"):
        most_connections(250)


async def test_an_idle_connection_is_closed_within_seconds() -> None:
    async with listening(APP) as (port, open_connections), connected(port) as streams:
        assert await response(streams, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 200
        await asyncio.wait_for(streams[0].read(), 60)  # uvicorn's own time, which is 5 s here
        await until(lambda: not open_connections)


@pytest.mark.parametrize(("address", "seconds"), [("8.8.8.8", IDLE_SECONDS), ("10.0.0.1", 75)])
async def test_public_addresses_have_less_time_between_requests(address: str, seconds: float) -> None:
    class Peer(asyncio.Transport):
        def get_extra_info(self, name: str, default: object = None) -> object:
            return (address, 1) if name == "peername" else default

        def close(self) -> None:
            """It has no socket."""

    config = uvicorn.Config(APP, timeout_keep_alive=75, lifespan="off")
    config.load()
    gate = Gate(connections=10, per_address=10)
    protocol = http_protocol(gate)(config=config, server_state=ServerState(), app_state={})
    protocol.connection_made(Peer())
    assert protocol.timeout_keep_alive == seconds
    protocol.connection_lost(None)


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [((), "127.0.0.1"), (("127.0.0.0/8", "10.0.0.0/8"), "203.0.113.9"), (("10.0.0.0/8",), "127.0.0.1")],
)
async def test_the_address_of_a_client_behind_trusted_proxies(trusted: tuple[str, ...], seen: str) -> None:
    options = ServerOptions(
        frame_bytes=1_000, drain_seconds=0, connections=10, connections_per_address=10, trusted_proxies=trusted
    )

    async def drained(_: float) -> None:
        return

    stop, started = asyncio.Event(), asyncio.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Server(APP, drain=drained, options=options).run(listener, stop, started.set))
            await started.wait()
            async with httpx.AsyncClient() as http:
                # The client claims to be 1.1.1.1; the proxies add what they see.
                headers = {"x-forwarded-for": "1.1.1.1, 203.0.113.9, 10.1.2.3"}
                found = await http.get(f"http://127.0.0.1:{port}/address", headers=headers)
            stop.set()
    assert found.text == seen


async def test_connections_beyond_the_limit_are_told_to_come_later() -> None:
    async with listening(APP, connections=2) as (port, open_connections):
        async with connected(port) as first, connected(port) as second:
            for streams in (first, second):
                assert await response(streams, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 200
            async with connected(port) as third:
                text = await asyncio.wait_for(third[0].read(), 60)
                assert text.startswith(b"HTTP/1.1 503")
                assert b"retry-after" in text
        await until(lambda: not open_connections)
        async with connected(port) as again:
            assert await response(again, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 200


async def test_a_websocket_counts_once_and_leaves() -> None:
    async with listening(APP, connections=1) as (port, open_connections):
        for _ in range(3):
            async with connected(port) as streams:
                assert await response(streams, HANDSHAKE) == 101
                async with connected(port) as other:
                    assert (await asyncio.wait_for(other[0].read(), 60)).startswith(b"HTTP/1.1 503")
            await until(lambda: not open_connections)


def test_a_public_address_has_a_share_and_a_proxy_has_none() -> None:
    gate = Gate(connections=10, per_address=2)
    assert [gate.enter("8.8.8.8") for _ in range(3)] == [True, True, False]
    assert [gate.enter("10.0.0.1") for _ in range(5)] == [True] * 5
    assert gate.enter("2606:4700::1111")
    gate.leave("8.8.8.8")
    assert gate.enter("8.8.8.8")
    assert [gate.enter("127.0.0.1") for _ in range(3)] == [True, True, False]  # the process is full


def test_the_addresses_of_one_ipv6_network_have_one_share() -> None:
    gate = Gate(connections=10, per_address=2)
    near = ["2606:4700::1", "2606:4700::2", "2606:4700::ffff:0:0:3"]
    assert [gate.enter(address) for address in near] == [True, True, False]
    assert gate.enter("2606:4700:0:1::1")
    gate.leave("2606:4700::2")
    assert gate.enter("2606:4700::3")
    assert [gate.enter(address) for address in ("8.8.8.8", "::ffff:8.8.8.8", "::ffff:808:808")] == [True, True, False]


async def test_pongs_that_nobody_reads_do_not_pile_up() -> None:
    """RFC 6455 pings from a peer that does not read: the server stops reading them."""
    ping = Frame(Opcode.PING, b"x" * 125).serialize(mask=True)
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write(HANDSHAKE)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        sent = 0
        try:
            while sent < 200 << 20:
                writer.write(ping * 1_000)
                sent += len(ping) * 1_000
                await asyncio.wait_for(writer.drain(), 2)
        except TimeoutError:
            pass
        assert sent < 100 << 20  # the buffers of two sockets, and no more
        [protocol] = open_connections
        assert protocol.transport.get_write_buffer_size() < 2 << 20
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        text = Frame(Opcode.TEXT, b"still there").serialize(mask=True)
        writer.write(text + Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        received = await asyncio.wait_for(reader.read(), 60)  # every pong, and the close
        assert received.endswith(b"\x88\x02\x03\xe8")


def test_the_limit_on_open_files_is_raised() -> None:
    program = (
        "import resource as r; from api.server.connection_limits import raise_descriptor_limit; "
        "hard = min(r.getrlimit(r.RLIMIT_NOFILE)[1], 2_048); r.setrlimit(r.RLIMIT_NOFILE, (256, hard)); "
        "assert raise_descriptor_limit() == hard == r.getrlimit(r.RLIMIT_NOFILE)[0]"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


async def test_frames_in_bulk_arrive_whole_and_in_order() -> None:
    """More bytes than are parsed at once: small messages, a large one, and fragments with a ping between them."""
    HEARD.clear()
    texts = [
        *(f"small {number}" for number in range(1_000)),
        "x" * 60_000,
        *(f"more {number}" for number in range(500)),
    ]
    sent = b"".join(Frame(Opcode.TEXT, text.encode()).serialize(mask=True) for text in texts)
    sent += Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=True)
    sent += Frame(Opcode.CONT, b"b", fin=False).serialize(mask=True) * 900
    sent += Frame(Opcode.PING, b"p").serialize(mask=True) + Frame(Opcode.CONT, b"c").serialize(mask=True)
    async with listening(APP) as (port, _), connected(port) as (reader, writer):
        writer.write(HANDSHAKE)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.write(sent)
        await until(lambda: len(HEARD) > len(texts))
        assert [*texts, "a" + "b" * 900 + "c"] == HEARD
        writer.write(Frame(Opcode.TEXT, b"last").serialize(mask=True))
        await until(lambda: HEARD[-1] == "last")


async def test_a_message_of_too_many_fragments_ends_the_connection() -> None:
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write(HANDSHAKE)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.write(Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=True))
        writer.write(Frame(Opcode.CONT, b"", fin=False).serialize(mask=True) * 1_001)
        await until(lambda: not open_connections)


def _handshake(path: bytes) -> bytes:
    return HANDSHAKE.replace(b"/socket", path)


async def test_messages_are_parsed_no_further_than_the_application_takes_them() -> None:
    HEARD.clear()
    GO_ON.append(asyncio.Event())
    texts = [f"number {number}" for number in range(20_000)]
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write(_handshake(b"/later"))
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.write(b"".join(Frame(Opcode.TEXT, text.encode()).serialize(mask=True) for text in texts))
        [protocol] = open_connections
        await until(lambda: protocol.read_paused)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(protocol.queue._messages) <= PIECE_BYTES // 10
        GO_ON[-1].set()
        await until(lambda: len(HEARD) == len(texts))
        assert texts == HEARD


async def test_a_peer_that_goes_on_after_the_close_reads_why_and_is_dropped() -> None:
    message = Frame(Opcode.TEXT, b"x" * 100).serialize(mask=True)
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write(_handshake(b"/close"))
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.write(message * 10_000)
        assert await asyncio.wait_for(reader.readexactly(11), 60) == b"\x88\x09" + (4400).to_bytes(2) + b"no more"
        with suppress(OSError):
            while open_connections:
                writer.write(message * 1_000)
                await writer.drain()


@pytest.mark.parametrize("messages", [0, 500])
async def test_a_close_is_completed_though_messages_came_before_its_answer(messages: int) -> None:
    """They have less than `CLOSING_BYTES`; a client may send them before it learns of the close."""
    message = Frame(Opcode.TEXT, b"x" * 100).serialize(mask=True)
    async with listening(APP) as (port, open_connections), connected(port) as (reader, writer):
        writer.write(_handshake(b"/close"))
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.write(message)
        assert await asyncio.wait_for(reader.readexactly(11), 60) == b"\x88\x09" + (4400).to_bytes(2) + b"no more"
        writer.write(message * messages + Frame(Opcode.CLOSE, b"\x11\x30").serialize(mask=True))
        assert await asyncio.wait_for(reader.read(), 60) == b""
        await until(lambda: not open_connections)
