"""The embedded MongoDB while it is used: it ends alone, its disk is full, and it comes back by itself."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from integrations.mongo.disk_full import DISK_FULL
from integrations.mongo.server.mongod import running_pid
from tests.harness.small_disk import fill, small_disk

_PATIENCE = 60.0  # seconds, for steps of a few seconds on an idle machine

# A process that uses the MongoDB of a folder. It prints the URI, then each outage, and logs to stderr.
_USER = """
import asyncio, logging, sys
from pathlib import Path
from integrations.mongo.server.embedded import EmbeddedMongo

async def main():
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    mongo = EmbeddedMongo(data=Path(sys.argv[1]))
    mongo.spawn()
    print(await mongo.ready(), flush=True)
    watch = asyncio.create_task(mongo.keep_running())
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    told = None
    while not over.done():
        if told != mongo.outage():
            told = mongo.outage()
            print(told, flush=True)
        await asyncio.sleep(0.02)
    watch.cancel()
    await mongo.stop()

asyncio.run(main())
"""


class _User:
    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.uri = ""

    async def line(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            return (await self.process.stdout.readline()).decode().strip()

    async def end(self) -> int | None:
        async with asyncio.timeout(_PATIENCE):
            await self.process.communicate(b"\n")
        return self.process.returncode


@asynccontextmanager
async def _using(data: Path) -> AsyncIterator[_User]:
    log = data.parent / f"log-{len(list(data.parent.glob('log-*')))}"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _USER, str(data)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    user = _User(process, log)
    try:
        user.uri = await user.line()
        yield user
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "data"
    yield data
    _kill(data)


def _kill(data: Path) -> int:
    if pid := running_pid(data / "mongo"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pid or 0


async def _replaced(data: Path, former: int) -> int:
    """Wait until another mongod runs on the folder."""
    async with asyncio.timeout(_PATIENCE):
        while (pid := running_pid(data / "mongo")) in (None, 0, former):  # noqa: ASYNC110 - only the kernel knows
            await asyncio.sleep(0.05)
    assert pid
    return pid


@asynccontextmanager
async def _client(uri: str) -> AsyncIterator[Any]:
    """A client that closes soon although mongod has ended: by default the driver looks for it for 30 s to say so."""
    async with AsyncMongoClient[dict[str, Any]](
        uri, w="majority", timeoutMS=1_000, serverSelectionTimeoutMS=1_000
    ) as client:
        yield client["test"]["kept"]


async def _write(rows: Any, value: int, size: int = 1) -> None:
    """Write until it is acknowledged."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            with suppress(PyMongoError):
                await rows.replace_one({"_id": value}, {"text": "x" * size}, upsert=True)
                return


async def test_a_mongod_that_dies_alone_is_started_again_and_the_log_tells(data: Path) -> None:
    async with _using(data) as user, _client(user.uri) as rows:
        for value in range(3):
            await _write(rows, value)
            await _replaced(data, _kill(data))
        await _write(rows, 3)
        assert [row["_id"] for row in await rows.find(sort=[("_id", 1)]).to_list()] == [0, 1, 2, 3]
        assert await user.end() == 0
    log = user.log.read_text().splitlines()
    assert log.count("The embedded MongoDB was ended by SIGKILL. Its last errors: none.") == 3
    assert log.count("The embedded MongoDB runs again.") == 3
    assert running_pid(data / "mongo") is None


async def test_processes_of_one_folder_agree_on_one_mongod_also_when_its_starter_dies(data: Path) -> None:
    async with _using(data) as one, _using(data) as two, _using(data) as three, _client(two.uri) as rows:
        await _write(rows, 1)
        first = _kill(data)
        second = await _replaced(data, first)
        await _write(rows, 2)
        one.process.kill()
        await one.process.wait()
        os.kill(second, signal.SIGKILL)
        await _replaced(data, second)
        await _write(rows, 3)
        assert [row["_id"] for row in await rows.find(sort=[("_id", 1)]).to_list()] == [1, 2, 3]
        assert await two.end() == 0
        assert running_pid(data / "mongo") is not None
        assert await three.end() == 0
    assert running_pid(data / "mongo") is None


@pytest.fixture
def disk(data: Path) -> Iterator[Path]:
    with small_disk(data):
        yield data
        _kill(data)


async def test_on_a_full_disk_it_says_so_and_goes_on_when_there_is_room(disk: Path) -> None:
    data, filler = disk, disk / "filler"
    async with _using(data) as user, _client(user.uri) as rows:
        await _write(rows, 1)
        fill(filler)
        first = _kill(data)  # mongod ends by itself at the next checkpoint or full journal, which takes long
        assert await user.line() == DISK_FULL
        await asyncio.sleep(2)  # several attempts
        filler.unlink()
        assert await user.line() == "None"
        await _replaced(data, first)
        await _write(rows, 2)
        assert [row["_id"] for row in await rows.find(sort=[("_id", 1)]).to_list()] == [1, 2]
        assert await user.end() == 0
    assert user.log.read_text().count(f"{DISK_FULL} Data folder: {data}") == 1


async def test_a_disk_on_which_no_write_succeeds_ends_mongod_and_it_comes_back(data: Path) -> None:
    """The same without the right to mount: a limit on the sizes of files, which fails a write in the same way."""
    async with _using(data) as user, _client(user.uri) as rows:
        await _write(rows, 1)
        first = running_pid(data / "mongo") or 0
        limited = (user.process.pid, first)
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        for pid in limited:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1 << 20, most))
        with suppress(PyMongoError):
            for value in range(2, 100):
                await rows.insert_one({"_id": value, "text": os.urandom(1 << 16)})
        assert await user.line() == DISK_FULL
        resource.prlimit(user.process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert await user.line() == "None"
        await _replaced(data, first)
        await _write(rows, 1_000)
        assert {1, 1_000} <= {row["_id"] for row in await rows.find(projection={"_id": 1}).to_list()}
        assert await user.end() == 0
    log = user.log.read_text()
    assert "File too large" in log, log  # mongod's last words
    assert DISK_FULL in log
