"""A replica set of real mongods on this machine, whose members can be killed, paused, and cut off.

async with ReplicaSet(folder) as mongo:
    server = await machine.serve(BATON_MONGODB_URI=mongo.uri)
    await mongo.primary().kill()
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from integrations.mongo.server.mongod import binary
from tests.e2e.processes import PATIENCE, free_port
from tests.integrations.replica_set.links import CLIENTS, Links

NAME = "rs0"
_LOG = "mongod.out"  # of each member, in its folder
OPLOG = 256  # MB
# A member asks another one for the oplog at once when the primary is silent: see docs/operations.md.
PROMPT = ("--oplogSize", str(OPLOG), "--setParameter", "oplogFetcherSteadyStateMaxFetcherRestarts=0")
_OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "transactionLifetimeLimitSeconds=20"),
    *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
)
Client = AsyncMongoClient[dict[str, Any]]


class Member:
    def __init__(self, number: int, folder: Path, options: Sequence[str], environment: Mapping[str, str]) -> None:
        self.number = number
        self.folder = folder
        self.port = free_port()
        self.address = free_port()  # of the relay, by which everybody knows it
        self._options = options
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.address}"

    def client(self) -> Client:
        """A client of this member alone, past its relay."""
        return AsyncMongoClient(
            f"mongodb://127.0.0.1:{self.port}/", directConnection=True, timeoutMS=2_000, connectTimeoutMS=1_000
        )

    async def start(self) -> None:
        process = self._process = self._spawned()
        async with asyncio.timeout(PATIENCE), self.client() as client:
            while True:
                assert process.poll() is None, (self.folder / _LOG).read_text()[-2_000:]
                with suppress(PyMongoError):
                    await client.admin.command("ping")
                    return
                await asyncio.sleep(0.05)

    def _spawned(self) -> subprocess.Popen[bytes]:
        self.folder.mkdir(exist_ok=True)
        with (self.folder / _LOG).open("ab") as out:
            return subprocess.Popen(
                [
                    *(str(binary()), "--dbpath", str(self.folder), "--port", str(self.port), "--replSet", NAME),
                    *(*_OPTIONS, *self._options),
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={**os.environ, **self._environment},
            )

    def send(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)

    def empty(self) -> None:
        """Delete the data, which are 300 MB, and leave the log, which tells why a test has failed."""
        for each in self.folder.iterdir():
            if each.name != _LOG:
                shutil.rmtree(each) if each.is_dir() else each.unlink()


class ReplicaSet:
    """`election`: milliseconds without a primary after which the others elect one; MongoDB's default is 10,000.

    `catch_up`: milliseconds for which the new one waits for the others before it accepts writes. MongoDB's default is
    -1: until each of them has responded or timed out.
    """

    def __init__(
        self,
        folder: Path,
        *,
        members: int = 3,
        election: int = 10_000,
        catch_up: int = -1,
        options: Sequence[str] = ("--oplogSize", str(OPLOG)),
        environments: Mapping[int, Mapping[str, str]] | None = None,
    ) -> None:
        self._settings = {
            "electionTimeoutMillis": election,
            "heartbeatIntervalMillis": election // 5,
            "catchUpTimeoutMillis": catch_up,
        }
        self._looking: list[asyncio.Task[None]] = []
        environments = environments or {}
        self.members = [
            Member(number, folder / f"member-{number}", options, environments.get(number, {}))
            for number in range(members)
        ]
        self.links = Links(lambda: {each.number: each.pid for each in self.members if each.pid is not None})

    @property
    def uri(self) -> str:
        return f"mongodb://{','.join(each.host for each in self.members)}/?replicaSet={NAME}"

    async def __aenter__(self) -> Self:
        for member in self.members:
            await self.links.relay(member.number, member.address, member.port)
        await asyncio.gather(*(member.start() for member in self.members))
        config = {
            "_id": NAME,
            "members": [{"_id": each.number, "host": each.host} for each in self.members],
            "settings": self._settings,
        }
        async with self.members[0].client() as client:
            await client.admin.command("replSetInitiate", config)
        await self.primary()
        await self.healthy()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._looking)
        for member in self.members:
            await member.kill()
        self.links.close()
        for member in self.members:
            member.empty()

    async def primary(self, besides: Member | None = None) -> Member:
        """Wait until a member, another than the given one, accepts writes, and return it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for member in self.members:
                    if member is not besides and await self._state(member) == 1:
                        return member
                await asyncio.sleep(0.05)

    async def election(self) -> object:
        """Return MongoDB's id of the election that the present primary has won."""
        hello = await _hello(await self.primary())
        return hello.get("electionId")

    async def elects(self, before: object, over: asyncio.Event) -> None:
        """Wait until another election than this one has been won, or until it is over."""

        async def look(member: Member) -> None:
            while not over.is_set():
                hello = await _hello(member) if member.pid is not None else {}
                if hello.get("isWritablePrimary") and hello["electionId"] != before:
                    won.set()
                    return
                await asyncio.sleep(0.02)

        won = asyncio.Event()
        ends = [asyncio.create_task(event.wait()) for event in (won, over)]
        looking = [asyncio.create_task(look(member)) for member in self.members]  # one that hangs holds up no other
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        self._looking += looking
        for end in ends:
            end.cancel()

    async def healthy(self) -> None:
        """Wait until there is one primary, and the others follow it: a secondary that has just started may still look
        for a member to follow, and would go on asking the primary for 20 s if that hung at this moment."""
        async with asyncio.timeout(2 * PATIENCE):
            states: list[int] = []
            while states != [1, *[2] * (len(self.members) - 1)]:
                await asyncio.sleep(0.05)
                states = sorted([await self._state(each) for each in self.members])
            async with AsyncMongoClient[dict[str, Any]](self.uri, w=len(self.members)) as client:
                await client["members"]["followed"].insert_one({})

    async def step_down(self, member: Member) -> None:
        async with member.client() as client:
            with suppress(PyMongoError):  # it may close the connection
                await client.admin.command({"replSetStepDown": 5, "secondaryCatchUpPeriodSecs": 1})

    def isolate(self, member: Member, *, clients: bool) -> None:
        """Cut the member off from the others, and from clients if these are cut off, too."""
        others = [each.number for each in self.members if each is not member]
        self.links.cut(member.number, [*others, *([CLIENTS] if clients else [])])

    async def _state(self, member: Member) -> int:
        """Return MongoDB's number of the member's state: 1 primary, 2 secondary; 0 if it does not respond."""
        hello = {} if member.pid is None else await _hello(member)
        return 1 if hello.get("isWritablePrimary") else 2 if hello.get("secondary") else 0


async def _hello(member: Member) -> dict[str, Any]:
    """Return what the member says of itself; nothing if it does not respond."""
    with suppress(PyMongoError):
        async with member.client() as client:
            hello: dict[str, Any] = await client.admin.command("hello")
            return hello
    return {}
