"""Transactions that accounts share: what one account does costs the others nothing."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import BulkWriteError

from domain.events import ConversationsImported, LoggedEvent
from domain.model.account import Staff
from domain.principal import StaffRole
from domain.reactions import REACTIONS
from domain.storage import Timer, TimerKind, UnitOfWork
from domain.values.clock import SystemClock
from domain.values.errors import Invalid
from domain.values.ids import AccountId, StaffId
from integrations.mongo.client import connect, connect_for_stream
from integrations.mongo.event_log import commit_turns
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.indexes import create_indexes
from integrations.mongo.storage import account_writer, batch, shared_commits
from integrations.mongo.storage.storage import MongoStorage
from tests.api.graphql.serving import until
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.clock import START
from tests.harness.command_counts import CommandCounts
from tests.integrations.mongo.shop import Shop, open_shop

Json = dict[str, Any]


@pytest.fixture
def commands(database_name: str) -> CommandCounts:
    return CommandCounts(database_name)


@pytest.fixture
async def storages(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[Json], commands: CommandCounts
) -> AsyncIterator[tuple[MongoStorage, MongoStorage]]:
    """Two storages on one database, as in two processes."""
    async with AsyncExitStack() as stack:
        stack.enter_context(commands.listening())
        made = []
        for _ in range(2):
            database = connect(mongo_uri, database=database_name)
            stack.push_async_callback(database.close)
            storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
            stack.push_async_callback(storage.close)
            made.append(storage)
        await create_indexes(database)
        yield made[0], made[1]


@pytest.fixture
async def shops(storage: MongoStorage, mongo_client: AsyncMongoClient[Json], database_name: str) -> list[Shop]:
    return await asyncio.gather(*(open_shop(storage, mongo_client[database_name]) for _ in range(8)))


@pytest.fixture
async def followers(
    storages: tuple[MongoStorage, MongoStorage], mongo_uri: str, database_name: str
) -> AsyncIterator[tuple[MongoStorage, MongoStorage]]:
    """The two storages, each with the change stream of its process."""
    async with AsyncExitStack() as stack:
        for storage in storages:
            database = connect_for_stream(mongo_uri, database=database_name)
            stack.push_async_callback(database.close)
            stream, opened = MongoChangeStream(database=database), asyncio.Event()
            stream.observe(storage)
            following = asyncio.create_task(stream.follow(lambda _: None, lambda *_: None, opened.set))
            stack.push_async_callback(_end, following)
            await opened.wait()
        yield storages


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def emit(uow: UnitOfWork, source: str = "abcd") -> None:
    uow.emit(ConversationsImported(source=source, count=1))


async def hire(uow: UnitOfWork) -> None:
    """Inserts a member with an ID of its own; the database refuses a second one, in whichever account."""
    uow.save(Staff(id=StaffId("sam"), name="Sam", email="sam@shop.example", role=StaffRole.SUPPORT))


async def test_accounts_that_wait_are_committed_together(
    shops: list[Shop], commands: CommandCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_SLOW", 60.0)  # however busy the machine is
    conversations = await asyncio.gather(*(shop.start("Ann") for shop in shops))
    await asyncio.gather(*(shop.send(each) for shop, each in zip(shops, conversations, strict=True)))
    commands.clear()
    sent = await asyncio.gather(*(shop.send(each) for shop, each in zip(shops, conversations, strict=True)))
    assert [each.message.sequence for each in sent] == [3] * 8
    assert set(Counter(commands.names).values()) == {1}, commands.names
    assert len(commands.names) == 7
    for shop in shops:
        await shop.check()


async def test_an_account_that_the_database_refuses_harms_no_other(shops: list[Shop], storage: MongoStorage) -> None:
    stranger, poisoned, *others = shops
    await storage.write(stranger.account_id, hire)
    outcomes = await asyncio.gather(
        *(storage.write(shop.account_id, emit) for shop in others[:3]),
        storage.write(poisoned.account_id, hire),
        storage.write(poisoned.account_id, emit),
        *(storage.write(shop.account_id, emit) for shop in others[3:]),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [BulkWriteError]
    assert [await shop.check() for shop in (poisoned, *others)] == [2] * 7
    assert [row["account"] for row in await stranger.database["staff"].find().to_list()] == [stranger.account_id]


async def test_an_account_that_another_process_holds_delays_no_other(
    shops: list[Shop], storage: MongoStorage, mongo_client: AsyncMongoClient[Json]
) -> None:
    held, *others = shops
    async with mongo_client.start_session() as session:
        await session.start_transaction()
        await held.database["account_state"].update_one(
            {"_id": held.account_id}, {"$set": {"claimed": True}}, session=session
        )
        waits = asyncio.create_task(storage.write(held.account_id, emit))
        for _ in range(3):
            await asyncio.gather(*(storage.write(shop.account_id, emit) for shop in others))
        assert not waits.done()
        await session.abort_transaction()
    await waits
    assert [await shop.check() for shop in shops] == [2, *[4] * 7]


async def test_the_change_stream_ends_the_wait_for_another_process(
    shops: list[Shop], storage: MongoStorage, mongo_client: AsyncMongoClient[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_writer, "_TURN_WAIT", (60.0, 60.0))  # longer than commands may wait
    held = shops[0]
    async with mongo_client.start_session() as session:
        await session.start_transaction()
        await held.database["account_state"].update_one(
            {"_id": held.account_id}, {"$set": {"claimed": True}}, session=session
        )
        waits = asyncio.create_task(storage.write(held.account_id, emit))
        await until(lambda: storage._writers[held.account_id]._runner.is_contended)
        await session.abort_transaction()
    body = ConversationsImported(source="abcd", count=1)
    storage.on_event(LoggedEvent(account_id=held.account_id, seq=2, at=START, topics=(), body=body))
    await waits
    assert await held.check() == 2


async def test_what_another_process_has_written_is_not_read_again(
    shops: list[Shop], followers: tuple[MongoStorage, MongoStorage], commands: CommandCounts
) -> None:
    one, other = (shops[0].through(storage) for storage in followers)
    conversation = await one.start("Ann")
    await other.send(conversation)
    await one.send(conversation)
    head = await one.check()
    await until(lambda: followers[1]._writers[one.account_id]._runner.head == head)
    commands.clear()
    assert (await other.send(conversation)).message.sequence == 4
    assert [name for name in commands.names if not name.startswith(("update", "insert", "commit"))] == []
    assert len(commands.names) == 6, commands.names


async def test_contended_accounts_share_a_transaction(
    shops: list[Shop], commands: CommandCounts, storage: MongoStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_SLOW", 60.0)  # however busy the machine is
    for shop in shops:
        storage._writers[shop.account_id]._runner.note_contention()
    commands.clear()
    await asyncio.gather(*(storage.write(shop.account_id, emit) for shop in shops))
    claim, *others = commands.names
    assert [claim, *others] == [
        "update account_state",
        "find account_state",
        "update account_state",
        "insert events",
        "commitTransaction",
    ]
    assert [await shop.check() for shop in shops] == [2] * 8


async def test_the_claims_of_accounts_that_go_to_the_next_transaction_are_released(
    shops: list[Shop], storage: MongoStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_SLOW", -1.0)  # every transaction is left after its first account
    for shop in shops:
        storage._writers[shop.account_id]._runner.note_contention()
    await asyncio.gather(*(storage.write(shop.account_id, emit) for shop in shops))
    assert [await shop.check() for shop in shops] == [2] * 8


async def test_a_held_account_of_many_contended_ones_delays_no_other(
    shops: list[Shop], storage: MongoStorage, mongo_client: AsyncMongoClient[Json]
) -> None:
    held, *others = shops
    async with mongo_client.start_session() as session:
        await session.start_transaction()
        await held.database["account_state"].update_one(
            {"_id": held.account_id}, {"$set": {"claimed": True}}, session=session
        )
        for shop in shops[:4]:
            storage._writers[shop.account_id]._runner.note_contention()
        waits = asyncio.create_task(storage.write(held.account_id, emit))
        await asyncio.gather(*(storage.write(shop.account_id, emit) for shop in others))
        assert not waits.done()
        await session.abort_transaction()
    await waits
    assert [await shop.check() for shop in shops] == [2] * 8


async def test_a_busy_process_waits_for_those_who_come_again_while_others_commit(
    shops: list[Shop], commands: CommandCounts, storage: MongoStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_SLOW", 60.0)  # however busy the machine is
    monkeypatch.setattr(shared_commits, "_GATHER", (60.0, 60.0))
    monkeypatch.setattr(shared_commits, "_WAIT_SHARE", 1_000.0)
    monkeypatch.setattr(shared_commits, "_LONGEST_WAIT", 60.0)
    hold, begun = asyncio.Event(), asyncio.Event()

    async def slow(uow: UnitOfWork) -> None:
        begun.set()
        await hold.wait()
        await emit(uow)

    async def twice(shop: Shop) -> None:
        await storage.write(shop.account_id, slow)
        await storage.write(shop.account_id, emit)

    commands.clear()
    first = [asyncio.create_task(twice(shop)) for shop in shops[:4]]
    await begun.wait()
    second = [asyncio.create_task(storage.write(shop.account_id, emit)) for shop in shops[4:]]
    await asyncio.sleep(0.05)
    body = ConversationsImported(source="abcd", count=1)
    storage.on_event(LoggedEvent(account_id=AccountId("other"), seq=2, at=START, topics=(), body=body))
    hold.set()
    await asyncio.gather(*first, *second)
    assert commands.names.count("commitTransaction") == 2, "one of four accounts, and one of all"
    assert [await shop.check() for shop in shops] == [3] * 4 + [2] * 4


async def test_a_contended_account_waits_for_its_turn_and_holds_up_no_other(
    shops: list[Shop], storage: MongoStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_turns, "_TURN", (60.0, 60.0))  # longer than commands may wait
    monkeypatch.setattr(shared_commits, "_LONGEST_TURNS", 60.0)
    contended, *others = shops
    turns = storage._shared.turns
    storage._writers[contended.account_id]._runner.note_contention()
    for process in (b"other", turns.name):
        storage.on_written(contended.account_id, process)
    waits = asyncio.create_task(storage.write(contended.account_id, emit))
    for _ in range(2):
        await asyncio.gather(*(storage.write(shop.account_id, emit) for shop in others))
    assert not waits.done()
    storage.on_written(contended.account_id, b"other")
    await waits
    assert [await shop.check() for shop in shops] == [2, *[3] * 7]


async def test_two_processes_send_to_one_conversation(
    shops: list[Shop], followers: tuple[MongoStorage, MongoStorage]
) -> None:
    conversation = await shops[0].start("Ann")

    async def send(storage: MongoStorage) -> None:
        for _ in range(15):
            await shops[0].through(storage).send(conversation)

    await asyncio.gather(*(send(storage) for storage in followers * 3))
    assert await shops[0].sequences(conversation) == list(range(1, 92))
    await shops[0].check()


async def test_a_slow_account_delays_no_other_for_long(shops: list[Shop], storage: MongoStorage) -> None:
    slow, other, *_ = shops
    hold, begun = asyncio.Event(), asyncio.Event()

    async def waits(uow: UnitOfWork) -> None:
        begun.set()
        await hold.wait()
        await emit(uow)

    for _ in range(2):
        begun.clear()
        waiting = asyncio.create_task(storage.write(slow.account_id, waits))
        await begun.wait()
        await storage.write(other.account_id, emit)
        assert not waiting.done()
        await asyncio.sleep(0.15)  # longer than commands of a shared transaction may run
        hold.set()
        await waiting
        hold.clear()
    assert [await slow.check(), await other.check()] == [3, 3]


async def test_a_caller_who_leaves_affects_no_other_account(shops: list[Shop], storage: MongoStorage) -> None:
    writing = [asyncio.create_task(storage.write(shop.account_id, emit)) for shop in shops]
    await asyncio.sleep(0)
    writing[3].cancel()
    await asyncio.gather(*writing, return_exceptions=True)
    assert [await shop.check() for shop in shops] == [2, 2, 2, 1, 2, 2, 2, 2]


class Caller:
    """Writes to random accounts from random processes, and checks that every command is seen at once.

    Its commands emit an event, write without one, are refused, or fail in the database.
    """

    def __init__(self, name: str, shops: list[Shop], storages: tuple[MongoStorage, MongoStorage], seed: int) -> None:
        self._name = name
        self._shops = shops
        self._storages = storages
        self._chance = random.Random(f"{name} {seed}")
        self.emitted: list[tuple[AccountId, str]] = []

    async def run(self) -> None:
        for turn in range(12):
            shop, command = self._chance.choice(self._shops), f"{self._name}.{turn}"
            kind = self._chance.choices((self._emit, self._write, self._refused, self._poison), (6, 2, 2, 1))[0]
            await kind(shop, command)

    async def _emit(self, shop: Shop, command: str) -> None:
        before = await revision(shop)
        await self._here().write(shop.account_id, partial(emit, source=command))
        assert await revision(shop) > before
        assert await shop.database["events"].find_one({"account": shop.account_id, "body.source": command})
        self.emitted.append((shop.account_id, command))

    async def _write(self, shop: Shop, command: str) -> None:
        async def write(uow: UnitOfWork) -> None:
            uow.save(Timer(id=command, kind=TimerKind.SNOOZE, subject="somebody", due_at=START))

        before = await revision(shop)
        await self._here().write(shop.account_id, write)
        assert await revision(shop) > before
        assert await self._here().read(shop.account_id).get(Timer, command) is not None

    async def _refused(self, shop: Shop, command: str) -> None:
        async def refused(uow: UnitOfWork) -> None:
            await emit(uow, command)
            raise Invalid("No.")

        with pytest.raises(Invalid):
            await self._here().write(shop.account_id, refused)

    async def _poison(self, shop: Shop, command: str) -> None:
        with pytest.raises(BulkWriteError):
            await self._here().write(shop.account_id, hire)

    def _here(self) -> MongoStorage:
        return self._chance.choice(self._storages)


async def revision(shop: Shop) -> tuple[int, int]:
    head = await shop.database["account_state"].find_one({"_id": shop.account_id})
    assert head is not None
    return head["seq"], head.get("silent_writes", 0)


@pytest.mark.parametrize("seed", range(3))
async def test_random_histories_of_many_accounts_in_two_processes(
    shops: list[Shop], storages: tuple[MongoStorage, MongoStorage], seed: int
) -> None:
    """Each account's log has every accepted command once, in the order in which its caller sent them, and no other."""
    stranger, *written = shops
    await storages[0].write(stranger.account_id, hire)
    callers = [Caller(f"{number}", written, storages, seed) for number in range(12)]
    await asyncio.gather(*(caller.run() for caller in callers))
    for shop in written:
        await shop.check()
        events = await shop.database["events"].find({"account": shop.account_id}, sort=[("seq", 1)]).to_list()
        logged = [event["body"]["source"] for event in events if event["type"] == "conversations_imported"]
        for caller in callers:
            sent = [command for account_id, command in caller.emitted if account_id == shop.account_id]
            assert [command for command in logged if command in sent] == sent
        assert len(logged) == sum(account_id == shop.account_id for c in callers for account_id, _ in c.emitted)
