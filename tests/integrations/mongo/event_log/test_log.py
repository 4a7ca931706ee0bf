from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pymongo.errors import DuplicateKeyError

from domain.events import ConversationsImported, CredentialRevoked, Head, LoggedEvent, UnknownEvent
from domain.values.ids import AccountId, CredentialId
from integrations.mongo.client import Driver, MongoDatabase, connect
from integrations.mongo.event_log.log import EVENTS, MongoEventLog, event_documents
from tests.harness.log_events import AT, append, create_log_indexes, message_added

A = AccountId("01J0000000000000000000000A")
B = AccountId("01J0000000000000000000000B")
IMPORTED = ConversationsImported(source="abcd", count=1)
ALL = 2**62


@pytest.fixture(params=list(Driver))
async def database(
    request: pytest.FixtureRequest, mongo_uri: str, database_name: str, mongo_client: object
) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name, driver=request.param)
    await create_log_indexes(database)
    yield database
    await database.close()


@pytest.fixture
def log(database: MongoDatabase) -> MongoEventLog:
    return MongoEventLog(database=database)


def seqs(events: list[LoggedEvent]) -> list[int]:
    return [event.seq for event in events]


async def everything(log: MongoEventLog, account_id: AccountId) -> list[LoggedEvent]:
    return await log.read(account_id, after=0, upto=ALL, topics=None, limit=10_000)


async def test_an_event_comes_back_as_it_was_appended(database: MongoDatabase, log: MongoEventLog) -> None:
    body = message_added("C1")
    await append(database, A, [IMPORTED, body], at=AT)
    assert await everything(log, A) == [
        LoggedEvent(account_id=A, seq=1, at=AT, topics=(), body=IMPORTED),
        LoggedEvent(account_id=A, seq=2, at=AT, topics=("conversation:C1",), body=body),
    ]


async def test_each_account_counts_for_itself(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [IMPORTED] * 3)
    await append(database, B, [IMPORTED])
    heads = await log.heads([A, B, AccountId("nobody")])
    assert {account: (head.seq, head.floor) for account, head in heads.items()} == {A: (3, 0), B: (1, 0)}
    assert heads[A].epoch != heads[B].epoch
    assert await log.head(A) == heads[A]


async def test_reading_is_bounded_by_position_topic_and_limit(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [message_added(f"C{number % 2}") for number in range(10)])
    read = log.read
    assert seqs(await read(A, after=3, upto=7, topics=None, limit=100)) == [4, 5, 6, 7]
    assert seqs(await read(A, after=0, upto=ALL, topics=frozenset({"conversation:C1"}), limit=3)) == [2, 4, 6]
    both = frozenset({"conversation:C0", "conversation:C1"})
    assert seqs(await read(A, after=8, upto=ALL, topics=both, limit=100)) == [9, 10]
    assert await read(A, after=0, upto=ALL, topics=frozenset({"business"}), limit=100) == []
    assert await read(B, after=0, upto=ALL, topics=None, limit=100) == []


async def test_an_empty_log_keeps_its_epoch_when_it_begins(database: MongoDatabase, log: MongoEventLog) -> None:
    before = await log.head(A)
    assert before == Head(seq=0, epoch=before.epoch, floor=0)
    await append(database, A, [IMPORTED])
    assert await log.head(A) == Head(seq=1, epoch=before.epoch, floor=0)


async def test_many_ask_for_a_log_that_is_not_there_yet(log: MongoEventLog) -> None:
    heads = await asyncio.gather(*(log.head(A) for _ in range(20)))
    assert heads == [heads[0]] * 20


async def test_numbers_have_no_hole_and_stand_in_the_order_of_the_commits(
    database: MongoDatabase, log: MongoEventLog
) -> None:
    acknowledged: list[int] = []

    async def write(writer: int) -> None:
        for turn in range(8):
            numbers = await append(database, A, [message_added(f"C{writer}", text=str(turn))] * 2)
            acknowledged.extend(numbers)
            assert seqs(await log.read(A, after=numbers[0] - 1, upto=ALL, topics=None, limit=2)) == numbers

    async with asyncio.TaskGroup() as tasks:
        for writer in range(5):
            tasks.create_task(write(writer))
    assert sorted(acknowledged) == list(range(1, 81))
    assert seqs(await everything(log, A)) == list(range(1, 81))


async def test_two_events_of_one_number_cannot_be(database: MongoDatabase) -> None:
    events = database.collection(EVENTS)
    await events.insert_many(event_documents(A, 1, [(IMPORTED, AT)]))
    with pytest.raises(DuplicateKeyError):
        await events.insert_one(event_documents(A, 1, [(IMPORTED, AT)])[0])


async def test_trimming_moves_the_floor_and_deletes_what_is_below(database: MongoDatabase, log: MongoEventLog) -> None:
    for day in range(5):
        await append(database, A, [IMPORTED, IMPORTED], at=AT + timedelta(days=day))
    await append(database, B, [IMPORTED], at=AT)
    before = await log.head(A)
    assert await log.trim(A, AT + timedelta(days=2)) == 4
    assert seqs(await everything(log, A)) == [5, 6, 7, 8, 9, 10]
    assert await log.head(A) == Head(seq=10, epoch=before.epoch, floor=4)
    assert seqs(await everything(log, B)) == [1]
    assert await log.trim(A, AT + timedelta(days=2)) == 0
    assert await log.head(A) == Head(seq=10, epoch=before.epoch, floor=4)


async def test_an_event_dated_back_behind_a_younger_one_stays(database: MongoDatabase, log: MongoEventLog) -> None:
    for days in (0, 9, 0):
        await append(database, A, [IMPORTED], at=AT + timedelta(days=days))
    assert await log.trim(A, AT + timedelta(days=5)) == 1
    assert seqs(await everything(log, A)) == [2, 3]
    assert (await log.head(A)).floor == 1


async def test_an_event_stays_as_long_as_the_history_that_it_carries(
    database: MongoDatabase, log: MongoEventLog
) -> None:
    """Its command ran before the instant, and was committed after it."""
    later = AT + timedelta(seconds=1)
    await append(database, A, [IMPORTED] * 3, at=AT)
    await database.collection(EVENTS).update_one({"seq": 2}, {"$set": {"history": {"replaced_at": later}}})
    assert await log.trim(A, AT + timedelta(milliseconds=999)) == 1
    assert await log.trim(A, later) == 2


async def test_readers_of_the_log_leave_the_history_out(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [IMPORTED], at=AT)
    [before] = await everything(log, A)
    await database.collection(EVENTS).update_one({"seq": 1}, {"$set": {"history": {"replaced_at": AT}}})
    assert await everything(log, A) == [before]


async def test_a_log_that_is_all_old_goes_on_counting(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [IMPORTED] * 3, at=AT)
    epoch = (await log.head(A)).epoch
    assert await log.trim(A, AT + timedelta(days=1)) == 3
    assert await log.head(A) == Head(seq=3, epoch=epoch, floor=3)
    assert await append(database, A, [IMPORTED]) == [4]
    assert await log.head(A) == Head(seq=4, epoch=epoch, floor=3)


async def test_trimming_beside_appending_deletes_nothing_new(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [IMPORTED] * 20, at=AT)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(append(database, A, [IMPORTED]))
            tasks.create_task(log.trim(A, AT + timedelta(days=1)))
    head = await log.head(A)
    assert head.seq == 25
    assert seqs(await everything(log, A)) == list(range(head.floor + 1, 26))
    assert head.floor == 20


async def test_a_client_with_old_events_is_reset(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [IMPORTED] * 2, at=AT)
    await append(database, B, [IMPORTED], at=AT + timedelta(days=3))
    assert await log.accounts_with_events_before(AT + timedelta(days=1)) == [A]
    assert sorted(await log.accounts_with_events_before(AT + timedelta(days=4))) == [A, B]
    assert await log.accounts_with_events_before(AT) == []


async def test_the_log_of_the_program_names_each_newer_kind_once(
    database: MongoDatabase, log: MongoEventLog, caplog: pytest.LogCaptureFixture
) -> None:
    kind = f"of_{database.name}"
    await append(database, A, [IMPORTED] * 3)
    await database.collection(EVENTS).update_many({"seq": {"$gt": 1}}, {"$set": {"type": kind}})
    for _ in range(2):
        assert [type(event.body) for event in await everything(log, A)] == [type(IMPORTED), UnknownEvent, UnknownEvent]
    assert caplog.text.count(kind) == 1


async def test_an_event_of_a_newer_version_keeps_its_place(database: MongoDatabase, log: MongoEventLog) -> None:
    await append(database, A, [IMPORTED, CredentialRevoked(credential_id=CredentialId("K1"))])
    await database.collection(EVENTS).update_one({"account": A, "seq": 1}, {"$set": {"type": "of_tomorrow"}})
    unknown, known = await everything(log, A)
    assert (unknown.seq, unknown.topics, unknown.body) == (1, (), UnknownEvent(type="of_tomorrow"))
    assert (known.seq, known.body) == (2, CredentialRevoked(credential_id=CredentialId("K1")))
