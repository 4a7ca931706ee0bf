"""MongoDB outages of four kinds: requests fail in time, streams wait, and everything resumes without help."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from integrations.mongo.disk_full import DISK_FULL
from integrations.mongo.server import replica_set
from tests.e2e.clients import MESSAGES, SEND, Caller, calling
from tests.e2e.followers import Follower, Stream, following
from tests.e2e.network import relayed
from tests.e2e.processes import PATIENCE, Json, Machine, Mongo, Server, until
from tests.harness.mongo_address import by_way_of
from tests.harness.stopwatch import Stopwatch

BOUND = 12.0  # seconds until every request has a response; the writer gives up after 8

Step = Callable[[], Awaitable[None]]


@asynccontextmanager
async def stopped(machine: Machine) -> AsyncIterator[tuple[Server, Step, Step]]:
    """The embedded MongoDB is stopped with SIGSTOP: it lives, and connections stay open without responses."""
    server = await machine.serve()
    mongo = Mongo(server.data)

    async def go() -> None:
        mongo.send(signal.SIGSTOP)

    async def come_back() -> None:
        mongo.send(signal.SIGCONT)

    await _until_ready(server)
    async with httpx.AsyncClient() as http:
        assert (await http.get(server.url.replace("graphql", "readyz"))).json()["diskFreeBytes"] > 0
    yield server, go, come_back


@asynccontextmanager
async def killed(machine: Machine) -> AsyncIterator[tuple[Server, Step, Step]]:
    """MongoDB is killed."""
    mongo = await machine.mongo()
    yield await machine.serve(BATON_MONGODB_URI=mongo.uri), mongo.kill, mongo.start


@asynccontextmanager
async def cut_off(machine: Machine) -> AsyncIterator[tuple[Server, Step, Step]]:
    """MongoDB works, but packets to it are lost."""
    mongo = await machine.mongo()
    async with relayed(mongo.port) as network:
        uri = by_way_of(mongo.uri, network.port)

        async def go() -> None:
            network.stall()

        yield await machine.serve(BATON_MONGODB_URI=uri), go, network.mend


@asynccontextmanager
async def without_room(machine: Machine) -> AsyncIterator[tuple[Server, Step, Step]]:
    """The embedded MongoDB cannot write to its disk, ends, and cannot start.

    A limit on the sizes of files fails its writes as a full disk does, and needs no rights. At first the limit leaves
    room in mongod's log, so that it says why it ends. Small files have that room too, so a mongod that starts again may
    accept writes for a while; therefore the limit falls to nearly nothing as soon as the reason is reported.
    """
    server = await machine.serve()
    mongo = Mongo(server.data)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(room: int) -> None:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (room, most))  # the next mongod inherits it
        if pid := mongo.pid:
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, most))

    async def go() -> None:
        limit((server.data / "mongo.log").stat().st_size + (1 << 20))
        port = json.loads((server.data / "mongo.json").read_text())["port"]
        uri = replica_set.address(port, (server.data / "mongo.key").read_text())
        readyz = server.url.replace("graphql", "readyz")
        async with (
            AsyncMongoClient[Json](uri, timeoutMS=1_000) as client,
            httpx.AsyncClient(timeout=PATIENCE) as http,
            asyncio.timeout(PATIENCE),
        ):
            while (await http.get(readyz)).json().get("reason") != DISK_FULL:
                with suppress(PyMongoError):
                    await client["test"]["filler"].insert_one({"text": os.urandom(1 << 16)})
        limit(1 << 12)
        await until(lambda: DISK_FULL in server.log.read_text())

    async def come_back() -> None:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, most))

    yield server, go, come_back


@pytest.mark.parametrize("outage", [stopped, killed, cut_off, without_room])
async def test_an_outage_of_mongodb_is_reported_in_time_and_loses_nothing(
    machine: Machine, outage: Callable[[Machine], object]
) -> None:
    async with outage(machine) as (server, go, come_back), calling(server.url) as caller:  # type: ignore[attr-defined]
        talk = await caller.start(server.keys["publishableKey"])
        followers = [
            Follower([server.url], talk.token, [Stream.of(talk.id, talk.cursor)], stock=stock)
            for stock in (False, True)
        ]
        async with following(*followers):
            sent = [await caller.say(talk, f"before {number}") for number in range(10)]
            for follower in followers:
                await follower.streams[0].has(10)

            under_way = asyncio.create_task(_say_all(caller, talk.token, talk.id))
            await go()
            refused = {"conversationId": talk.id, "text": "lost or not, said at most once", "idempotencyKey": "k"}
            write = await _timely(caller, talk.token, SEND, {"input": refused})
            read = await _timely(caller, talk.token, MESSAGES, {"id": talk.id})
            for response in (write, read):
                assert response.status_code == 503
                assert response.headers["retry-after"] == "1"
                (error,) = response.json()["errors"]
                assert error["extensions"]["code"] in ("UNAVAILABLE", "TIMEOUT")
                assert "mongo" not in error["message"].lower().replace("mongodb", "")
                assert "127.0.0.1" not in response.text
            assert (await _status(server, "readyz"), await _status(server, "healthz")) == (503, 200)
            if outage is not without_room:  # mongod may start again between two pings, until it writes again
                await until(lambda: "The database does not respond, and requests fail: " in server.log.read_text())

            await come_back()
            sent += await under_way
            sent.append((await caller.ask(talk.token, SEND, input=refused))["sendMessage"]["message"])
            for follower in followers:
                await follower.streams[0].has(len(sent))
            await _until_ready(server)
            if outage is not without_room:
                await until(lambda: "The database responds again." in server.log.read_text())
            kept = (await caller.messages(talk.token, talk.id))[1:]

    assert sorted(message["text"] for message in kept) == sorted(message["text"] for message in sent)
    assert {m["id"]: m for m in kept} == {m["id"]: m for m in sent}
    for follower in followers:
        assert follower.streams[0].messages == kept
        assert set(follower.closed) <= {1013}


async def _say_all(caller: Caller, token: str, conversation_id: str) -> list[Json]:
    """Send commands during the outage, with retries until they succeed."""

    async def say(number: int) -> Json:
        given = {"conversationId": conversation_id, "text": f"during {number}"}
        message: Json = (await caller.command(token, SEND, **given))["message"]
        return message

    return await asyncio.gather(*(say(number) for number in range(20)))


async def _timely(caller: Caller, key: str, document: str, variables: Json) -> httpx.Response:
    with Stopwatch() as watch:
        response = await caller.once(key, document, variables)
    assert watch.seconds < BOUND
    return response


async def _status(server: Server, path: str) -> int:
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        return (await http.get(server.url.replace("graphql", path))).status_code


async def _until_ready(server: Server) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _status(server, "readyz") != 200:  # noqa: ASYNC110 - another process knows
            await asyncio.sleep(0.1)
