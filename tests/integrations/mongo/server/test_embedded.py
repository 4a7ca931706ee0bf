"""The embedded MongoDB: first start, restart, crashes, leftovers, and further processes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.server.mongod import MongodFailed, binary, free_port, running_pid
from tests.harness.mongo_address import without_credentials

_OWNER = """
import asyncio, sys
from pathlib import Path
from integrations.mongo.server.embedded import EmbeddedMongo

async def main():
    mongo = EmbeddedMongo(data=Path(sys.argv[1]))
    mongo.spawn()
    print(await mongo.ready(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await mongo.stop()

asyncio.run(main())
"""


@asynccontextmanager
async def _started(data: Path) -> AsyncIterator[str]:
    mongo = EmbeddedMongo(data=data)
    mongo.spawn()
    try:
        yield await mongo.ready()
    finally:
        await mongo.stop()


async def _start_owner(data: Path) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _OWNER, str(data)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


@pytest.fixture(autouse=True)
def _no_orphan_outlives_its_test(tmp_path: Path) -> Iterator[None]:
    yield
    for lock in tmp_path.glob("**/mongod.lock"):
        if pid := running_pid(lock.parent):
            os.kill(pid, signal.SIGKILL)


async def _write(uri: str, value: int) -> None:
    async with AsyncMongoClient[dict[str, Any]](uri, w="majority") as client:
        await client["test"]["kept"].insert_one({"_id": value})


async def _values(uri: str) -> list[int]:
    async with AsyncMongoClient[dict[str, Any]](uri) as client:
        return [document["_id"] async for document in client["test"]["kept"].find(sort=[("_id", 1)])]


async def _until_dead(data: Path) -> None:
    async with asyncio.timeout(60):
        while running_pid(data / "mongo") is not None:  # noqa: ASYNC110 - only the kernel knows
            await asyncio.sleep(0.01)


async def test_first_start_gives_a_primary_that_has_transactions(tmp_path: Path) -> None:
    async with _started(tmp_path / "new") as uri, AsyncMongoClient[dict[str, Any]](uri) as client:
        async with client.start_session() as session, await session.start_transaction():
            await client["test"]["kept"].insert_one({"_id": 1}, session=session)
        parsed = (await client.admin.command("getCmdLineOpts"))["parsed"]

    assert parsed["net"]["bindIp"] == "127.0.0.1"
    assert parsed["net"]["compression"]["compressors"] == "snappy,zstd"
    assert running_pid(tmp_path / "new" / "mongo") is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", parsed["net"]["port"]), 1)


async def test_restart_keeps_data_and_port(tmp_path: Path) -> None:
    async with _started(tmp_path) as first:
        await _write(first, 1)
    async with _started(tmp_path) as second:
        assert await _values(second) == [1]
    assert first == second


async def test_the_data_is_the_owners_alone_and_a_folder_from_before_is_mended(tmp_path: Path) -> None:
    data = tmp_path / "new"
    files = (data, data / "mongo", *(data / f"mongo.{kind}" for kind in ("json", "key", "log", "turn", "users")))
    rights = [0o700, 0o700, 0o600, 0o600, 0o600, 0o600, 0o600]
    former = os.umask(0)
    try:
        async with _started(data):
            assert [path.stat().st_mode & 0o777 for path in files] == rights
        for path in files:
            path.chmod(path.stat().st_mode | 0o055)
        (data / "mongo.json.new").touch(mode=0o644)
        async with _started(data):
            assert [path.stat().st_mode & 0o777 for path in files] == rights
    finally:
        os.umask(former)


async def test_a_shared_folder_stays_shared(tmp_path: Path) -> None:
    data = tmp_path / "shared"
    data.mkdir()
    data.chmod(0o1777)
    async with _started(data):
        assert data.stat().st_mode & 0o7777 == 0o1777


async def test_when_the_port_is_taken_the_replica_set_moves_to_another(tmp_path: Path) -> None:
    async with _started(tmp_path) as first:
        await _write(first, 1)
        port = int(first.rpartition(":")[2].partition("/")[0])
    other = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with other, _started(tmp_path) as second:
        assert second != first
        assert await _values(second) == [1]
        await _write(second, 2)
    async with _started(tmp_path) as third:
        assert third == second
        assert await _values(third) == [1, 2]


async def test_the_orphan_of_a_killed_owner_is_adopted(tmp_path: Path) -> None:
    owner, uri = await _start_owner(tmp_path)
    await _write(uri, 1)
    owner.kill()
    await owner.communicate()
    orphan = running_pid(tmp_path / "mongo")
    assert orphan

    async with _started(tmp_path) as again:
        assert again == uri
        assert running_pid(tmp_path / "mongo") == orphan
        assert await _values(again) == [1]
    assert running_pid(tmp_path / "mongo") is None


# Run as another user of the machine, if these tests may become one. It prints the outcome of each attempt.
_INTRUDER = """
import os, sys
from pymongo import MongoClient
from pymongo.errors import OperationFailure

other = os.geteuid() == 0
if other:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)

def tried(name, attempt):
    try:
        attempt()
    except (OperationFailure, OSError) as error:
        print(name, getattr(error, "code", type(error).__name__))
    else:
        print(name, "DONE")

client = MongoClient(sys.argv[1])
tried("read", lambda: client.test.kept.find_one())
tried("list", client.list_database_names)
tried("write", lambda: client.test.kept.insert_one({"_id": 99}))
tried("user", lambda: client.admin.command("createUser", "intruder", pwd="x", roles=["root"]))
if other:
    tried("key", lambda: open(sys.argv[2]).read())
"""


async def _intrude(uri: str, key: Path) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _INTRUDER, without_credentials(uri), str(key)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode().splitlines()


async def test_another_user_of_the_machine_reads_and_writes_nothing(tmp_path: Path) -> None:
    async with _started(tmp_path) as uri:
        await _write(uri, 1)
        refused = await _intrude(uri, tmp_path / "mongo.key")
        assert await _values(uri) == [1]
    expected = ["read 13", "list 13", "write 13", "user 13"]  # Unauthorized
    if os.geteuid() == 0:  # else the intruder is the same user, who may read the key
        expected.append("key PermissionError")
    assert refused == expected


async def test_a_folder_from_before_the_key_is_upgraded_at_the_next_start(tmp_path: Path) -> None:
    """A folder whose MongoDB asked nobody for a password, with that MongoDB still running."""
    port = free_port(None)
    (tmp_path / "mongo").mkdir()
    before = await asyncio.create_subprocess_exec(
        *(str(binary()), "--dbpath", str(tmp_path / "mongo"), "--port", str(port), "--bind_ip", "127.0.0.1"),
        *("--replSet", "baton"),
        stdout=subprocess.DEVNULL,
    )
    try:
        async with AsyncMongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
            members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            await client.admin.command("replSetInitiate", {"_id": "baton", "members": members})
        (tmp_path / "mongo.json").write_text(json.dumps({"port": port}))
        await _write(f"mongodb://127.0.0.1:{port}/?replicaSet=baton", 1)

        async with _started(tmp_path) as uri:
            assert await before.wait() == 0
            assert await _values(uri) == [1]
            with pytest.raises(OperationFailure, match="requires authentication"):
                await _values(without_credentials(uri))
    finally:
        if before.returncode is None:
            before.kill()
            await before.wait()


@pytest.mark.parametrize("content", [None, "", "g" * 64, "\x00"])
async def test_a_lost_or_damaged_key_is_replaced_and_the_data_kept(tmp_path: Path, content: str | None) -> None:
    async with _started(tmp_path) as first:
        await _write(first, 1)
    key = tmp_path / "mongo.key"
    former = key.read_text()
    key.unlink() if content is None else key.write_text(content)

    async with _started(tmp_path) as again:
        assert await _values(again) == [1]
        assert re.fullmatch("[0-9a-f]{64}", key.read_text())
        assert key.read_text() != former
        with pytest.raises(OperationFailure, match="Authentication failed"):
            await _values(first)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
async def test_a_key_that_another_user_made_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "mongo.key"
    key.write_text("0" * 64)
    os.chown(key, 65534, 65534)
    with pytest.raises(MongodFailed, match=r"it belongs to another user of this machine \(.*mongo\.key\)"):
        EmbeddedMongo(data=tmp_path).spawn()


@pytest.mark.parametrize("content", [b"\x00 no json", b'{"port": 70000}', b"[]"])
async def test_an_orphan_whose_port_is_unknown_is_ended_and_its_data_kept(tmp_path: Path, content: bytes) -> None:
    owner, uri = await _start_owner(tmp_path)
    await _write(uri, 1)
    owner.kill()
    await owner.communicate()
    orphan = running_pid(tmp_path / "mongo")
    (tmp_path / "mongo.json").write_bytes(content)

    async with _started(tmp_path) as again:
        assert running_pid(tmp_path / "mongo") not in (None, orphan)
        assert await _values(again) == [1]


async def test_an_orphan_is_not_taken_for_whatever_listens_on_a_port(tmp_path: Path) -> None:
    owner, uri = await _start_owner(tmp_path / "one")
    await _write(uri, 1)
    owner.kill()
    await owner.communicate()
    async with _started(tmp_path / "two") as stranger:
        (tmp_path / "one" / "mongo.json").write_bytes((tmp_path / "two" / "mongo.json").read_bytes())
        async with _started(tmp_path / "one") as again:
            assert again != stranger
            assert await _values(again) == [1]
        assert await _values(stranger) == []


async def test_after_both_were_killed_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    owner, uri = await _start_owner(tmp_path)
    await _write(uri, 1)
    owner.kill()
    os.kill(running_pid(tmp_path / "mongo") or 0, signal.SIGKILL)
    await owner.communicate()
    await _until_dead(tmp_path)
    assert (tmp_path / "mongo" / "mongod.lock").read_bytes() != b""

    async with _started(tmp_path) as again:
        assert await _values(again) == [1]


async def test_processes_share_one_and_the_last_one_out_stops_it(tmp_path: Path) -> None:
    owner, uri = await _start_owner(tmp_path)
    async with _started(tmp_path) as guest:
        assert guest == uri
        await owner.communicate(b"\n")
        assert owner.returncode == 0
        await _write(guest, 1)
        assert await _values(guest) == [1]
    assert running_pid(tmp_path / "mongo") is None


async def test_those_who_start_at_the_same_time_share_one(tmp_path: Path) -> None:
    owners = await asyncio.gather(*(_start_owner(tmp_path) for _ in range(3)))
    assert len({uri for _, uri in owners}) == 1
    await asyncio.gather(*(owner.communicate(b"\n") for owner, _ in owners))
    assert [owner.returncode for owner, _ in owners] == [0, 0, 0]
    assert running_pid(tmp_path / "mongo") is None


async def test_stopped_before_it_was_ready(tmp_path: Path) -> None:
    mongo = EmbeddedMongo(data=tmp_path)
    mongo.spawn()
    await mongo.stop()
    assert running_pid(tmp_path / "mongo") is None


async def test_without_a_binary_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "fiftyone", raising=False)
    mongo = EmbeddedMongo(data=tmp_path)
    with pytest.raises(MongodFailed, match=r"no `mongod` on PATH.*BATON_MONGODB_URI=mongodb://"):
        mongo.spawn()


async def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MongodFailed, match="The data folder cannot be used: File exists"):
        EmbeddedMongo(data=tmp_path / "file").spawn()


async def test_damaged_data_says_so_and_names_the_log(tmp_path: Path) -> None:
    async with _started(tmp_path):
        pass
    (tmp_path / "mongo" / "WiredTiger.turtle").write_bytes(b"nonsense")
    (tmp_path / "mongo" / "WiredTiger.wt").write_bytes(b"nonsense")
    mongo = EmbeddedMongo(data=tmp_path)
    mongo.spawn()
    with pytest.raises(MongodFailed, match=r"did not start: .*Its log: .*mongo\.log"):
        await mongo.ready()


def test_the_binary_comes_with_the_dependencies() -> None:
    assert os.access(binary(), os.X_OK)


def test_the_log_is_bounded_over_starts(tmp_path: Path) -> None:
    (tmp_path / "mongo.log").write_bytes(b"x" * (17 * 1024 * 1024))
    (tmp_path / "mongo.log.1").write_bytes(b"older")
    mongo = EmbeddedMongo(data=tmp_path)
    mongo.spawn()
    asyncio.run(mongo.stop())
    assert (tmp_path / "mongo.log.1").stat().st_size == 17 * 1024 * 1024
    assert (tmp_path / "mongo.log").stat().st_size < 1024 * 1024
    assert (tmp_path / "mongo.log").stat().st_mode & 0o777 == 0o600
