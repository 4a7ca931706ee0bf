"""The server process: a first signal ends it gracefully, a second at once, and a crash loses no committed data."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.cli.serve import CLOSING_SECONDS
from integrations.mongo.server.mongod import running_pid
from tests.harness.process import RunningProcess, ask, baton, kill_mongod
from tests.harness.stopwatch import Stopwatch

_START = 'mutation {{ startConversation(input: {{ channel: WEB_CHAT, text: "{}" }}) {{ errors {{ code }} }} }}'
_QUESTIONS = "{ conversations { edges { node { firstQuestion } } } }"


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(tmp_path: Path) -> Iterator[None]:
    yield
    kill_mongod(tmp_path)


@asynccontextmanager
async def _socket(url: str, key: str) -> AsyncIterator[ClientConnection]:
    address = url.replace("http", "ws", 1)
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as connection:
        await connection.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}))
        assert json.loads(await connection.recv())["type"] == "connection_ack"
        yield connection


async def _close_code(connection: ClientConnection) -> int | None:
    async with asyncio.timeout(60):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def _questions(server: RunningProcess, url: str) -> list[str]:
    answer = await ask(url, server.credentials["ownerKey"], _QUESTIONS)
    assert isinstance(answer, dict)
    return [edge["node"]["firstQuestion"] for edge in answer["data"]["conversations"]["edges"]]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_sigterm_drains_the_sockets_and_stops_mongodb(tmp_path: Path, sign: signal.Signals) -> None:
    async with baton("serve", data=tmp_path) as server:
        url = await server.url()
        async with (
            _socket(url, server.credentials["ownerKey"]) as one,
            _socket(url, server.credentials["agentKey"]) as other,
        ):
            server.signal(sign)
            assert [await _close_code(one), await _close_code(other)] == [1012, 1012]
        ending = await server.end()
    assert (ending.code, ending.err) == (0, "")
    assert running_pid(tmp_path / "mongo") is None


async def test_what_it_says_when_it_is_ready(tmp_path: Path) -> None:
    async with baton("serve", data=tmp_path, executes=True) as server:
        url = await server.url()
        server.signal(signal.SIGTERM)
        ending = await server.end()
    assert ending.out.splitlines() == [
        "Baton is ready. Ctrl-C ends it.",
        f"  GraphQL  {url} (in a browser: the IDE)",
        f"  shop     {url.removesuffix('graphql')} (made up, with the chat widget)",
        f"  inbox    {url.removesuffix('graphql')}inbox (of its team)",
        f"  data     `BATON_DATA={tmp_path} .venv/bin/baton demo` fills the shop with 90 days of conversations",
        f"  keys     {tmp_path / 'credentials.json'}",
        f"  MongoDB  embedded, in {tmp_path / 'mongo'}",
    ]
    assert server.credentials["url"] == url
    assert set(server.credentials) == {"accountId", "ownerKey", "agentKey", "publishableKey", "url"}
    assert stat.S_IMODE((tmp_path / "credentials.json").stat().st_mode) == 0o600


async def test_everything_in_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    former = os.umask(0)  # inherited by what this process executes
    try:
        async with baton("serve", data=data, executes=True) as server:
            await ask(await server.url(), server.credentials["publishableKey"], _START.format("Hello?"))
            files = [data, *data.rglob("*")]
            open_to_others = [str(path) for path in files if path.lstat().st_mode & 0o077]
            server.signal(signal.SIGTERM)
            await server.end()
    finally:
        os.umask(former)
        kill_mongod(data)
    assert {path.name for path in files} >= {"credentials.json", "mongo.json", "mongo.key", "mongo.log", "secret"}
    assert open_to_others == []


@pytest.mark.parametrize("mongod_too", [False, True])
async def test_after_kill_9_the_next_start_finds_everything(tmp_path: Path, mongod_too: bool) -> None:
    async with baton("serve", data=tmp_path) as server:
        url = await server.url()
        before = server.credentials
        await ask(url, before["publishableKey"], _START.format("Where is my order?"))
        server.signal(signal.SIGKILL)
        assert (await server.end()).code == -signal.SIGKILL
    orphan = running_pid(tmp_path / "mongo")
    assert orphan
    if mongod_too:
        kill_mongod(tmp_path)

    async with baton("serve", data=tmp_path) as server:
        url = await server.url()
        assert server.credentials == {**before, "url": url}
        assert (running_pid(tmp_path / "mongo") == orphan) is not mongod_too
        assert await _questions(server, url) == ["Where is my order?"]
        server.signal(signal.SIGTERM)
        assert (await server.end()).code == 0
    assert running_pid(tmp_path / "mongo") is None


async def test_two_processes_share_one_mongodb_until_the_last_ends(tmp_path: Path) -> None:
    async with baton("serve", data=tmp_path) as first, baton("serve", data=tmp_path) as second:
        urls = await asyncio.gather(first.url(), second.url())
        first.signal(signal.SIGTERM)
        assert (await first.end()).code == 0
        await ask(urls[1], second.credentials["publishableKey"], _START.format("Still there?"))
        assert await _questions(second, urls[1]) == ["Still there?"]
        second.signal(signal.SIGTERM)
        assert (await second.end()).code == 0
    assert running_pid(tmp_path / "mongo") is None


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with baton("serve", data=tmp_path, BATON_DRAIN_SECONDS="60") as server:
        address = urlsplit(await server.url())
        assert address.hostname
        assert address.port
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        # A request whose body never arrives, which draining waits for.
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
        )
        await writer.drain()
        server.signal(signal.SIGTERM)
        await _until_refused(address.hostname, address.port)
        with Stopwatch() as watch:
            server.signal(signal.SIGTERM)
            ending = await server.end()
        writer.close()
    assert watch.seconds < 8
    assert (ending.code, ending.err) == (130, "")
    assert running_pid(tmp_path / "mongo") is None
    assert (await reader.read()).startswith(b"HTTP/1.1 500 ")


async def _until_refused(host: str, port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, port)
            except ConnectionRefusedError:
                return
            except ConnectionResetError:
                continue  # it was in the backlog of the closed socket
            writer.close()
            await asyncio.sleep(0.01)


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with baton("serve", data=tmp_path, PORT=str(port)) as server:
            ending = await server.end()
    assert (ending.code, ending.out) == (1, "")
    assert ending.err == f"127.0.0.1:{port} cannot be used: Address already in use. Set PORT, or HOST, to another.\n"
    assert running_pid(tmp_path / "mongo") is None


async def test_a_variable_that_is_wrong(tmp_path: Path) -> None:
    async with baton("serve", data=tmp_path, BATON_LOG_LEVEL="loud") as server:
        ending = await server.end()
    assert (ending.code, ending.out) == (1, "")
    assert ending.err == "BATON_LOG_LEVEL cannot be used. Expected: debug, info, warning or error.\n"
    assert running_pid(tmp_path / "mongo") is None


async def test_a_mongodb_of_ones_own(tmp_path: Path, mongo_uri: str, database_name: str, mongo_client: object) -> None:
    settings = {"BATON_MONGODB_URI": mongo_uri, "BATON_MONGODB_DATABASE": database_name}
    async with baton("serve", data=tmp_path, **settings) as server:
        url = await server.url()
        assert await _questions(server, url) == []
        server.signal(signal.SIGTERM)
        ending = await server.end()
    assert ending.code == 0
    assert ending.out.endswith("  MongoDB  your own\n")
    assert not (tmp_path / "mongo").exists()


async def test_a_mongodb_of_ones_own_that_is_not_there(tmp_path: Path) -> None:
    uri = "mongodb://user:hidden@127.0.0.1:1/?timeoutMS=300"
    async with baton("serve", data=tmp_path, BATON_MONGODB_URI=uri) as server:
        ending = await server.end()
    assert (ending.code, ending.out) == (1, "")
    assert ending.err == (
        "The MongoDB at BATON_MONGODB_URI does not respond. Is it running, and is the address right?\n"
    )


async def test_the_worker_ends_when_told(tmp_path: Path) -> None:
    async with baton("worker", data=tmp_path) as worker:
        await worker.wait_for("The worker is at work.")
        worker.signal(signal.SIGTERM)
        ending = await worker.end()
    assert (ending.code, ending.err) == (0, "")
    assert running_pid(tmp_path / "mongo") is None


@pytest.mark.parametrize("role", ["serve", "worker"])
async def test_one_sigterm_ends_it_in_time_also_while_mongodb_is_stopped(tmp_path: Path, role: str) -> None:
    drain = 3
    async with baton(role, data=tmp_path, BATON_DRAIN_SECONDS=str(drain)) as process:
        await process.wait_for("Ctrl-C ends it.")
        mongod = running_pid(tmp_path / "mongo")
        assert mongod
        os.kill(mongod, signal.SIGSTOP)
        await asyncio.sleep(2)  # background work waits for the database by then
        with Stopwatch() as watch:
            process.signal(signal.SIGTERM)
            ending = await process.end()
    assert watch.seconds < drain + CLOSING_SECONDS + 2
    assert ending.code == 0, ending
    assert running_pid(tmp_path / "mongo") is None


async def test_the_log_of_every_level_leaves_out_what_clients_send(
    tmp_path: Path, mongo_uri: str, database_name: str, mongo_client: object
) -> None:
    settings = {"BATON_MONGODB_URI": mongo_uri, "BATON_MONGODB_DATABASE": database_name, "BATON_LOG_LEVEL": "debug"}
    async with baton("serve", data=tmp_path, **settings) as server:
        url, key = await server.url(), server.credentials["ownerKey"]
        async with _socket(f"{url}?words=zzqvx", key) as connection:
            await connection.send(json.dumps({"type": "subscribe", "id": "zzqvx", "payload": {"query": "{ zzqvx }"}}))
            assert "zzqvx" in str(await connection.recv())
        server.signal(signal.SIGTERM)
        ending = await server.end()
    assert "zzqvx" not in ending.err
    assert key[-8:] not in ending.err
