"""The guarantees of a connection, with both drivers: majority, snapshots, UTC, time-outs, error texts."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import DuplicateKeyError

from domain.values.errors import Unavailable
from integrations.mongo.client import (
    HEARTBEAT,
    OPERATION_TIMEOUT,
    DatabaseUnusable,
    Driver,
    MongoDatabase,
    connect,
    connect_for_stream,
    driver_errors,
)
from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.server.mongod import Mongod, binary, free_port, running_pid
from integrations.mongo.server.mongod_log import MongodLog
from tests.e2e.processes import until
from tests.harness.stopwatch import Stopwatch

_GONE = "The database cannot be reached; nothing was lost. Try again in a moment."


@pytest.fixture(params=list(Driver))
def driver(request: pytest.FixtureRequest) -> Driver:
    return Driver(request.param)


@pytest.fixture
async def database(
    mongo_uri: str, database_name: str, driver: Driver, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name, driver=driver)
    yield database
    await database.close()


@pytest.fixture
async def own_mongo(tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """The URI and process id of a MongoDB that tests may stop or kill."""
    mongo = EmbeddedMongo(data=tmp_path)
    mongo.spawn()
    uri = await mongo.ready()
    yield uri, running_pid(tmp_path / "mongo") or 0
    await mongo.stop()
    if pid := running_pid(tmp_path / "mongo"):  # started by the test instead
        os.kill(pid, signal.SIGKILL)


@contextmanager
def _plain_mongod(folder: Path, port: int, *options: str) -> Iterator[str]:
    process = subprocess.Popen(
        [str(binary()), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1", *options],
        stdout=subprocess.DEVNULL,
    )
    try:
        found = Mongod(folder=folder, log=MongodLog(folder / "log"), port=port, process=process)
        asyncio.run(found.listening())
        yield f"mongodb://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


async def test_a_transaction_is_seen_whole_or_not_at_all(database: MongoDatabase) -> None:
    rows = database.collection("rows")
    async with database.start_session() as session:
        await session.start_transaction()
        await rows.insert_one({"_id": 1}, session=session)
        await rows.insert_many([{"_id": 2}, {"_id": 3}], session=session)
        assert session.in_transaction
        assert await rows.find({}, session=session, sort=[("_id", 1)]).to_list() == [{"_id": 1}, {"_id": 2}, {"_id": 3}]
        assert await rows.find({}).to_list() == []
        await session.commit_transaction()
        assert not session.in_transaction
    assert await rows.count_documents({}) == 3


async def test_an_aborted_transaction_leaves_nothing(database: MongoDatabase) -> None:
    rows = database.collection("rows")
    await rows.insert_one({"_id": 0})
    async with database.start_session() as session:
        await session.start_transaction()
        await rows.insert_one({"_id": 1}, session=session)
        await session.abort_transaction()
    assert await rows.find({}).to_list() == [{"_id": 0}]


async def test_a_transaction_reads_one_snapshot(database: MongoDatabase) -> None:
    rows = database.collection("rows")
    await rows.insert_one({"_id": 1, "value": "before"})
    async with database.start_session() as session:
        await session.start_transaction()
        assert await rows.find_one({"_id": 1}, session=session) == {"_id": 1, "value": "before"}
        await rows.update_one({"_id": 1}, {"$set": {"value": "after"}})
        assert await rows.find_one({"_id": 1}, session=session) == {"_id": 1, "value": "before"}
        await session.abort_transaction()
    assert await rows.find_one({"_id": 1}) == {"_id": 1, "value": "after"}


async def test_one_of_two_conflicting_writers_may_retry(database: MongoDatabase) -> None:
    rows = database.collection("rows")
    await rows.insert_one({"_id": 1, "value": 0})
    async with database.start_session() as winner, database.start_session() as loser:
        for session in (winner, loser):
            await session.start_transaction()
            await rows.find_one({"_id": 1}, session=session)
        await rows.update_one({"_id": 1}, {"$inc": {"value": 1}}, session=winner)
        with pytest.raises(Unavailable) as refusal, driver_errors():
            await rows.update_one({"_id": 1}, {"$inc": {"value": 1}}, session=loser)
        await winner.commit_transaction()
    assert str(refusal.value) == _GONE
    assert await rows.find_one({"_id": 1}) == {"_id": 1, "value": 1}


async def test_cursors_and_aggregations(database: MongoDatabase) -> None:
    rows = database.collection("rows")
    await rows.insert_many([{"_id": number, "even": number % 2 == 0} for number in range(10)])
    assert [row["_id"] async for row in rows.find({"even": True}, sort=[("_id", -1)], limit=2)] == [8, 6]
    counted = await rows.aggregate([{"$group": {"_id": "$even", "count": {"$sum": 1}}}, {"$sort": {"_id": 1}}])
    assert await counted.to_list() == [{"_id": False, "count": 5}, {"_id": True, "count": 5}]


@pytest.mark.parametrize("size", [10, 2**20], ids=["one reply", "more than a reply holds"])
async def test_the_first_documents_are_all_found(database: MongoDatabase, size: int) -> None:
    rows = [{"_id": number, "text": "x" * size} for number in range(20)]
    for half in (rows[:10], rows[10:]):
        await database.collection("accounts").insert_many(half)
    pinned = await database.snapshot()
    await database.collection("accounts").delete_one({"_id": 18})

    found = await database.find("accounts", {"_id": {"$lt": 19}}, sort=[("_id", -1)], limit=18)
    assert [row["_id"] for row in found] == list(range(17, -1, -1))
    found = await pinned.find("accounts", {"_id": {"$lt": 19}}, sort=[("_id", -1)], limit=18)
    assert [row["_id"] for row in found] == list(range(18, 0, -1))


async def test_a_snapshot_stays_what_it_was(database: MongoDatabase) -> None:
    accounts = database.collection("accounts")
    await accounts.insert_one({"_id": "a", "n": 1})
    then = await database.snapshot()
    await accounts.update_one({"_id": "a"}, {"$set": {"n": 2}})
    await accounts.insert_one({"_id": "b", "n": 2})
    assert await then.collection("accounts").find({}).to_list(None) == [{"_id": "a", "n": 1}]
    assert await then.snapshot() is then
    now = await database.snapshot()
    assert await now.collection("accounts").count_documents({"n": 2}) == 2


async def test_instants_come_back_aware_and_in_utc(database: MongoDatabase) -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 123_000, tzinfo=UTC)
    await database.collection("rows").insert_one({"_id": 1, "at": at})
    row = await database.collection("rows").find_one({"_id": 1})
    assert row == {"_id": 1, "at": at}
    assert row["at"].utcoffset() == at.utcoffset()


async def test_errors_of_the_caller_are_not_reported_as_database_errors(database: MongoDatabase) -> None:
    await database.collection("rows").insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError), driver_errors():
        await database.collection("rows").insert_one({"_id": 1})


async def test_a_stream_hands_over_what_is_committed(mongo_uri: str, database: MongoDatabase, driver: Driver) -> None:
    streaming = connect_for_stream(mongo_uri, database=database.name, driver=driver)
    since = (await streaming.command({"ping": 1}))["operationTime"]
    await database.collection("rows").insert_one({"_id": 1})
    async with await streaming.watch([], start_at_operation_time=since, max_await_time_ms=50) as stream:
        first = await stream.next()
        assert await stream.try_next() is None
        await database.collection("rows").insert_one({"_id": 2})
        second = await stream.next()
    await streaming.close()
    assert [first["fullDocument"], second["fullDocument"]] == [{"_id": 1}, {"_id": 2}]


async def test_check_and_ping_on_a_replica_set(database: MongoDatabase) -> None:
    await database.check()
    await database.ping()
    await database.heartbeat()


async def test_mongodb_gone_and_back(own_mongo: tuple[str, int], driver: Driver, tmp_path: Path) -> None:
    uri, pid = own_mongo
    database = connect(f"{uri}&timeoutMS=1000", database="test", driver=driver)
    rows = database.collection("rows")
    await _insert(database, 1)
    os.kill(pid, signal.SIGKILL)

    with Stopwatch() as watch, pytest.raises(Unavailable) as refusal, driver_errors():
        await rows.insert_one({"_id": 2})
    assert watch.seconds < OPERATION_TIMEOUT
    assert str(refusal.value) == _GONE
    for ping in (database.ping, database.heartbeat):
        with pytest.raises(Unavailable, match=_GONE):
            await ping()

    again = EmbeddedMongo(data=tmp_path)
    again.spawn()
    assert await again.ready() == uri
    await _insert(database, 3)
    await database.close()
    patient = connect(uri, database="test", driver=driver)
    found = await patient.collection("rows").find({}, sort=[("_id", 1)]).to_list()
    assert found == [{"_id": 1}, {"_id": 3}]
    await patient.close()
    await again.stop()


async def test_a_mongodb_that_hangs_is_waited_for_only_so_long(own_mongo: tuple[str, int], driver: Driver) -> None:
    uri, pid = own_mongo
    database = connect(f"{uri}&timeoutMS=1000", database="test", driver=driver)
    await _insert(database, 1)
    os.kill(pid, signal.SIGSTOP)
    await asyncio.to_thread(_wait_until_stopped, pid)
    try:
        with Stopwatch() as watch, pytest.raises(Unavailable, match=_GONE), driver_errors():
            await database.collection("rows").find_one({"_id": 1})
        assert watch.seconds < OPERATION_TIMEOUT
        with Stopwatch() as watch:
            await until(lambda: database.primary() is None)  # nothing more is sent to it: another may be elected
        assert watch.seconds < HEARTBEAT + OPERATION_TIMEOUT
        left = asyncio.create_task(database.collection("rows").find_one({"_id": 1}))
        await asyncio.sleep(0)
        left.cancel()
        with Stopwatch() as watch:
            await database.close()  # it waits neither for that call, nor to say that its sessions are over
        assert watch.seconds < 2
    finally:
        os.kill(pid, signal.SIGCONT)
        await database.close()


async def _insert(database: MongoDatabase, number: int) -> None:
    """Insert a row with a connection that waits for a second only, which is short on a busy machine."""
    async with asyncio.timeout(60):
        while True:
            with suppress(Unavailable), driver_errors():
                await database.collection("rows").replace_one({"_id": number}, {}, upsert=True)
                return


def _wait_until_stopped(pid: int) -> None:
    """Wait until the signal has taken effect."""
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        time.sleep(0.01)


async def _refusal_of(uri: str, driver: Driver = Driver.PYMONGO) -> str:
    async def check() -> None:
        database = connect(uri, database="test", driver=driver)
        try:
            await database.check()
        finally:
            await database.close()

    with pytest.raises(DatabaseUnusable) as refusal:
        await check()
    return str(refusal.value)


def test_no_replica_set(tmp_path: Path, driver: Driver) -> None:
    with _plain_mongod(tmp_path, free_port(None)) as uri:
        refusal = asyncio.run(_refusal_of(uri, driver))
    assert refusal.startswith("The MongoDB is not a replica set")
    assert "--replSet rs0" in refusal
    assert "rs.initiate()" in refusal


def test_a_replica_set_that_was_never_initiated(tmp_path: Path, driver: Driver) -> None:
    with _plain_mongod(tmp_path, free_port(None), "--replSet", "rs0") as uri:
        for patience in (300, 3_000, 30_000):  # milliseconds, which a busy machine may need to find the server at all
            refusal = asyncio.run(_refusal_of(f"{uri}?timeoutMS={patience}", driver))
            if "does not respond" not in refusal:
                break
    assert "never initiated" in refusal
    assert "rs.initiate()" in refusal


def test_wrong_credentials(tmp_path: Path) -> None:
    port = free_port(None)
    with _plain_mongod(tmp_path, port, "--auth"), MongoClient[dict[str, Any]]("127.0.0.1", port) as client:
        client.admin.command("createUser", "admin", pwd="right", roles=["root"])
        wrong = asyncio.run(_refusal_of(f"mongodb://admin:wr0ng@127.0.0.1:{port}/"))
        none = asyncio.run(_refusal_of(f"mongodb://127.0.0.1:{port}/"))
    assert wrong == "The MongoDB refuses the credentials in BATON_MONGODB_URI, or they give no access to its database."
    assert none == wrong


def test_credentials_that_are_refused_while_it_runs(
    tmp_path: Path, driver: Driver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that is withdrawn (code 13), and a password that is changed (18), which counts for new connections."""
    monkeypatch.setattr("integrations.mongo.refused_credentials._logged_at", float("-inf"))  # one line in 30 s
    port = free_port(None)
    with _plain_mongod(tmp_path, port, "--auth"), MongoClient[dict[str, Any]]("127.0.0.1", port) as client:
        client.admin.command("createUser", "admin", pwd="right", roles=["root"])
        with MongoClient[dict[str, Any]]("127.0.0.1", port, username="admin", password="right") as admin:
            admin.admin.command("createUser", "baton", pwd="s3cret", roles=["readWriteAnyDatabase"])
            asyncio.run(_ping_while_refused(f"mongodb://baton:s3cret@127.0.0.1:{port}/?timeoutMS=", admin, driver))
    assert "MongoDB refuses the credentials in BATON_MONGODB_URI" in caplog.text
    assert "s3cret" not in caplog.text


async def _ping_while_refused(uri: str, admin: MongoClient[dict[str, Any]], driver: Driver) -> None:
    running, restarted = (connect(f"{uri}{limit}", database="test", driver=driver) for limit in (60_000, 1_500))
    try:
        await running.ping()
        admin.admin.command("updateUser", "baton", roles=[])
        with pytest.raises(Unavailable, match="refuses the server's credentials"):
            await running.ping()
        admin.admin.command("updateUser", "baton", roles=["readWriteAnyDatabase"])
        await running.ping()
        admin.admin.command("updateUser", "baton", pwd="another")
        for call in (restarted.ping, restarted.ping, restarted.heartbeat):
            await _until_refused(call)
    finally:
        await running.close()
        await restarted.close()


async def _until_refused(call: Callable[[], Awaitable[object]]) -> None:
    """Repeat a call whose time, which is short, ended before MongoDB had refused its connection."""
    async with asyncio.timeout(60):
        while True:
            with pytest.raises(Unavailable) as refusal:
                await call()
            if "cannot be reached" not in str(refusal.value):
                break
    assert "refuses the server's credentials" in str(refusal.value)


async def test_an_unreachable_server_with_a_timeout_in_the_uri() -> None:
    with Stopwatch() as watch:
        refusal = await _refusal_of(f"mongodb://127.0.0.1:{free_port(None)}/?timeoutMS=100")
    assert watch.seconds < OPERATION_TIMEOUT
    assert refusal == "The MongoDB at BATON_MONGODB_URI does not respond. Is it running, and is the address right?"


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "mongodb://",
        "mongodb://a:p:s@h/",
        "mongodb://h:port/",
    ],
)
async def test_no_address(uri: str) -> None:
    refusal = await _refusal_of(uri)
    assert refusal.startswith("BATON_MONGODB_URI is not a MongoDB address.")
    assert "p:s" not in refusal


async def test_records_of_a_version_before_the_first_release_are_refused_with_advice(database: MongoDatabase) -> None:
    await database.check()
    await database.collection("account_heads").insert_one({"_id": "a", "seq": 7})
    with pytest.raises(DatabaseUnusable, match="BATON_DATA"):
        await database.check()
