from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.events import ConversationsImported, LoggedEvent, UnknownEvent
from domain.model.conversation import Author, AuthorKind
from domain.signals import Typing
from domain.values.ids import AccountId, StaffId
from domain.values.record import replace
from integrations.mongo.client import Driver, MongoDatabase, connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.event_log.log import EVENTS, MongoEventLog
from integrations.mongo.event_log.signals import SIGNALS, MongoSignals
from tests.harness.change_streams import open_change_streams
from tests.harness.log_events import AT, append, create_log_indexes, message_added, typing

A = AccountId("01J0000000000000000000000A")
B = AccountId("01J0000000000000000000000B")
IMPORTED = ConversationsImported(source="abcd", count=1)
Plain = AsyncMongoClient[dict[str, Any]]


class Listener:
    """Records the notifications of a change stream, and waits for them."""

    def __init__(self) -> None:
        self.events: list[LoggedEvent] = []
        self.signals: list[tuple[AccountId, Typing]] = []
        self.starts = 0
        self._changed = asyncio.Event()

    def deliver(self, event: LoggedEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def signalled(self, account_id: AccountId, signal: Typing) -> None:
        self.signals.append((account_id, signal))
        self._changed.set()

    def started(self) -> None:
        self.starts += 1
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture(params=list(Driver))
def driver(request: pytest.FixtureRequest) -> Driver:
    return Driver(request.param)


@pytest.fixture
async def database(
    mongo_uri: str, database_name: str, mongo_client: Plain, driver: Driver
) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name, driver=driver)
    await create_log_indexes(database)
    yield database
    await database.close()


@pytest.fixture
async def stream_database(mongo_uri: str, database_name: str, driver: Driver) -> AsyncIterator[MongoDatabase]:
    database = connect_for_stream(mongo_uri, database=database_name, driver=driver)
    yield database
    await database.close()


@asynccontextmanager
async def following(tail: MongoChangeStream) -> AsyncIterator[Listener]:
    listener = Listener()
    task = asyncio.create_task(tail.follow(listener.deliver, listener.signalled, listener.started))
    try:
        await listener.until(lambda: listener.starts == 1)
        yield listener
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _whole_milliseconds(signal: Typing) -> Typing:
    """The stored form of the event."""
    kept = (at.replace(microsecond=at.microsecond // 1000 * 1000) for at in (signal.at, signal.until))
    return replace(signal, **dict(zip(("at", "until"), kept, strict=True)))


async def test_events_of_all_accounts_come_in_the_order_of_their_commits(
    database: MongoDatabase, stream_database: MongoDatabase
) -> None:
    async with following(MongoChangeStream(database=stream_database)) as listener:
        for number in range(20):
            await append(database, A, [message_added("C1", text=str(number)), IMPORTED])
            await append(database, B, [IMPORTED])
        await listener.until(lambda: len(listener.events) == 60)
    log = MongoEventLog(database=database)
    for account_id in (A, B):
        seen = [event for event in listener.events if event.account_id == account_id]
        assert seen == await log.read(account_id, after=0, upto=100, topics=None, limit=100)


async def test_signals_come_in_the_same_stream(
    database: MongoDatabase, stream_database: MongoDatabase, mongo_client: Plain, database_name: str
) -> None:
    author = Author(kind=AuthorKind.HUMAN_AGENT, name="Bo", staff_id=StaffId("S1"))
    begins = typing("C1", author=author)
    ends = begins.end(begins.at)
    signals = MongoSignals(database=database)
    async with following(MongoChangeStream(database=stream_database)) as listener:
        for _ in range(3):
            await append(database, A, [IMPORTED])
        await signals.publish(A, begins)
        await signals.publish(B, ends)
        await listener.until(lambda: len(listener.signals) == 2)
        assert len(await open_change_streams(mongo_client, database_name)) == 1
    assert [event.seq for event in listener.events] == [1, 2, 3]
    assert listener.signals == [(A, _whole_milliseconds(begins)), (B, _whole_milliseconds(ends))]


async def test_a_signal_of_a_kind_to_come_is_passed_over(
    database: MongoDatabase, stream_database: MongoDatabase
) -> None:
    async with following(MongoChangeStream(database=stream_database)) as listener:
        for document in (
            {"account": A, "at": AT, "type": "presence", "body": {}},
            {"account": A, "at": AT, "type": "typing", "body": {"typing": True}},
        ):
            await database.collection(SIGNALS).insert_one(document)
        await append(database, A, [IMPORTED])
        await listener.until(lambda: len(listener.events) == 1)
        assert listener.signals == []


async def test_a_killed_stream_is_opened_again(
    database: MongoDatabase, stream_database: MongoDatabase, mongo_client: Plain, database_name: str
) -> None:
    async with following(MongoChangeStream(database=stream_database)) as listener:
        [stream] = await open_change_streams(mongo_client, database_name)
        killed = await mongo_client[database_name].command("killCursors", "$cmd.aggregate", cursors=[stream])
        assert killed["cursorsKilled"] == [stream]
        [seq] = await append(database, A, [IMPORTED])
        await listener.until(lambda: [event.seq for event in listener.events] == [seq])
        assert len(await open_change_streams(mongo_client, database_name)) == 1


async def test_a_database_that_is_dropped_does_not_end_the_tail(
    database: MongoDatabase, stream_database: MongoDatabase, mongo_client: Plain, database_name: str
) -> None:
    async with following(MongoChangeStream(database=stream_database)) as listener:
        await append(database, A, [IMPORTED])
        await listener.until(lambda: len(listener.events) == 1)
        await mongo_client.drop_database(database_name)
        await listener.until(lambda: listener.starts == 2)
        await create_log_indexes(database)
        await append(database, A, [IMPORTED])
        await listener.until(lambda: [event.seq for event in listener.events] == [1, 1])


async def test_other_collections_are_none_of_its_business(
    database: MongoDatabase, stream_database: MongoDatabase
) -> None:
    async with following(MongoChangeStream(database=stream_database)) as listener:
        for name in ("messages", "events_of_old", "signals2"):
            await database.collection(name).insert_one({"account": A, "seq": 1, "at": AT})
        await append(database, A, [IMPORTED])
        await listener.until(lambda: len(listener.events) == 1)
        await database.collection("messages").drop()
        await append(database, A, [IMPORTED])
        await listener.until(lambda: len(listener.events) == 2)
        assert (listener.starts, listener.signals) == (1, [])


async def test_an_event_that_cannot_be_read_keeps_its_place(
    database: MongoDatabase, stream_database: MongoDatabase
) -> None:
    async with following(MongoChangeStream(database=stream_database)) as listener:
        await database.collection(EVENTS).insert_one(
            {"account": A, "seq": 1, "at": AT, "topics": [], "type": "of_tomorrow", "body": {}}
        )
        await database.collection(EVENTS).insert_many([{}, {"seq": 5}, {"account": A, "seq": "1"}])  # they have none
        await append(database, B, [IMPORTED])
        await listener.until(lambda: [event.account_id for event in listener.events] == [A, B])
        assert listener.events[0].body == UnknownEvent(type="of_tomorrow")


async def test_it_ends_when_it_is_cancelled_whatever_the_driver_makes_of_it(
    database: MongoDatabase, stream_database: MongoDatabase
) -> None:
    for turns in range(30):
        async with following(MongoChangeStream(database=stream_database)) as listener:
            await append(database, A, [IMPORTED])
            await listener.until(lambda: len(listener.events) > 0)
            for _ in range(turns):
                await asyncio.sleep(0)


async def test_lag_is_small_while_the_stream_answers(database: MongoDatabase, stream_database: MongoDatabase) -> None:
    tail = MongoChangeStream(database=stream_database)
    assert tail.lag() == float("inf")
    async with following(tail) as listener:
        await append(database, A, [IMPORTED])
        await listener.until(lambda: len(listener.events) == 1)
        await listener.until(lambda: 0 <= tail.lag() < 2)
