"""Calls of the driver run to their own end, and no caller takes every connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo import monitoring

from domain.values.ids import AccountId
from domain.values.workload import reading_for
from integrations.mongo.bulkhead import PER_ACCOUNT, READS, SYSTEM, WATCHDOG, Bulkhead
from integrations.mongo.client import REQUEST_POOL, MongoDatabase, connect

A, B = AccountId("A"), AccountId("B")


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[MongoDatabase]:
    connected = connect(mongo_uri, database=database_name)
    yield connected
    await connected.close()


async def rounds() -> None:
    """Let everything run that is ready, and what that makes ready."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_call_outlives_its_cancelled_caller() -> None:
    bulkhead, begun, go, ended = Bulkhead(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def call() -> None:
        begun.set()
        await go.wait()
        ended.set()

    caller = asyncio.create_task(bulkhead.run(call))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert not ended.is_set()
    assert bulkhead.in_flight == 1
    go.set()
    await bulkhead.drain()
    assert ended.is_set()


async def test_in_a_session_the_caller_waits_for_the_end() -> None:
    bulkhead, begun, go, ended = Bulkhead(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def call() -> None:
        begun.set()
        await go.wait()
        ended.set()

    caller = asyncio.create_task(bulkhead.run(call, to_its_end=True))
    await begun.wait()
    caller.cancel()
    await rounds()
    assert not caller.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended.is_set()


async def test_a_failure_after_the_caller_left_is_retrieved(caplog: pytest.LogCaptureFixture) -> None:
    bulkhead, problems = Bulkhead(), list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, problem: problems.append(problem))

    begun, go = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        begun.set()
        await go.wait()
        raise ValueError

    caller = asyncio.create_task(bulkhead.run(call))
    await begun.wait()
    caller.cancel()
    await asyncio.wait([caller])
    go.set()
    await bulkhead.drain()
    assert (bulkhead.in_flight, problems) == (0, [])


async def test_the_shares_of_readers_and_of_the_system() -> None:
    bulkhead, free = Bulkhead(reads=4, per_account=3, system=2), asyncio.Event()
    running: dict[AccountId | None, int] = {A: 0, B: 0, None: 0}

    async def ask(account_id: AccountId | None) -> None:
        async def call() -> None:
            running[account_id] += 1
            await free.wait()

        with reading_for(account_id):
            await bulkhead.run(call)

    callers = [asyncio.create_task(ask(account_id)) for account_id in (A, B, None) for _ in range(10)]
    await rounds()
    assert running == {A: 3, B: 1, None: 2}  # B has what A leaves; the system has its own
    free.set()
    await asyncio.gather(*callers)
    assert running == {A: 10, B: 10, None: 10}


async def test_a_caller_cancelled_in_the_queue_gives_its_place_back() -> None:
    bulkhead, free = Bulkhead(reads=2, per_account=1, system=1), asyncio.Event()

    async def ask() -> None:
        with reading_for(A):
            await bulkhead.run(free.wait)

    callers = [asyncio.create_task(ask()) for _ in range(50)]
    await rounds()
    for caller in callers[1:]:
        caller.cancel()
    await asyncio.wait(callers[1:])
    free.set()
    await callers[0]
    await asyncio.wait_for(ask(), 60)


async def test_the_watchdog_waits_for_no_other_call() -> None:
    bulkhead, free, beats = Bulkhead(), asyncio.Event(), list[int]()

    async def beat() -> None:
        beats.append(bulkhead.in_flight)

    callers = [asyncio.create_task(bulkhead.run(free.wait)) for _ in range(SYSTEM + 5)]
    await rounds()
    await bulkhead.run(beat, of_watchdog=True)
    assert beats == [SYSTEM + WATCHDOG]
    free.set()
    await asyncio.gather(*callers)


def test_the_permits_are_the_pool() -> None:
    assert READS + SYSTEM + WATCHDOG == REQUEST_POOL
    assert PER_ACCOUNT < READS


async def test_reads_that_are_cancelled_twice_leave_a_pool_that_works(database: MongoDatabase) -> None:
    """Thousands of reads wait while the server is slow, and all are cancelled, twice; PyMongo's own pool would stop for
    good on Python 3.11 (a waiter that is cancelled twice keeps its lock)."""
    collection = database.collection("things")
    await collection.insert_many([{"_id": number} for number in range(10)])
    slow = {"$where": "sleep(300) || true"}
    for _ in range(3):
        with reading_for(A):
            readers = [asyncio.create_task(_ignore(collection.find(slow).to_list())) for _ in range(2_000)]
        await asyncio.sleep(0.05)
        for _ in range(2):
            for reader in readers:
                reader.cancel()
            await asyncio.sleep(0)
        await asyncio.wait(readers)
        assert await asyncio.wait_for(collection.count_documents({}), 60) == 10  # the system has its own share


async def test_every_command_carries_a_time_limit(mongo_uri: str, database_name: str) -> None:
    sent = _Commands()
    monitoring.register(
        sent
    )  # applies to clients made after it; nothing unregisters, so it only notes its own database
    database = connect(mongo_uri, database=database_name)
    try:
        collection = database.collection("things")
        await collection.insert_one({"_id": 1})
        await collection.find_one({"_id": 1})
        await collection.find({}).to_list()
        await (await collection.aggregate([{"$match": {}}])).to_list()
        await database.command({"ping": 1})
        await database.aggregate("things", [{"$match": {}}])
        async with database.start_session() as session:
            await session.start_transaction()
            await collection.update_one({"_id": 1}, {"$set": {"a": 1}}, session=session)
            await session.commit_transaction()
    finally:
        await database.close()
        sent.off = True
    without = [name for name, limit in sent.seen if limit is None]
    assert {name for name, _ in sent.seen} >= {"insert", "find", "aggregate", "ping", "update", "commitTransaction"}
    # The second step of signing in belongs to opening a connection, for which the driver has a limit of its own.
    assert set(without) <= {"endSessions", "killCursors", "saslContinue"}


class _Commands(monitoring.CommandListener):
    def __init__(self) -> None:
        self.seen: list[tuple[str, int | None]] = []
        self.off = False

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if not self.off:
            self.seen.append((event.command_name, event.command.get("maxTimeMS")))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


async def _ignore(question: Any) -> None:
    try:
        await question
    except Exception:  # noqa: BLE001 - a slow read may end at its time limit
        return
