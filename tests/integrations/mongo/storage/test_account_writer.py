"""The account writer under cancellation, overload, lost connections, and memory pressure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.events import ConversationsImported
from domain.model.account import Account
from domain.model.conversation import Conversation
from domain.reactions import REACTIONS
from domain.storage import UnitOfWork
from domain.values.clock import SystemClock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import connect
from integrations.mongo.indexes import create_indexes
from integrations.mongo.storage import account_writer, batch
from integrations.mongo.storage.entity_cache import AccountCache, EntityCache
from integrations.mongo.storage.storage import MongoStorage
from tests.harness.log_events import message_added
from tests.harness.stopwatch import Stopwatch
from tests.integrations.mongo.shop import Shop, open_shop
from tests.integrations.mongo.tcp_proxy import TcpProxy, tcp_proxy

Json = dict[str, Any]


@asynccontextmanager
async def storing(uri: str, name: str) -> AsyncIterator[MongoStorage]:
    database = connect(uri, database=name)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    try:
        yield storage
    finally:
        await storage.close()
        await database.close()


@pytest.fixture
async def one(mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[Json]) -> AsyncIterator[Shop]:
    database = connect(mongo_uri, database=database_name)
    await create_indexes(database)
    await database.close()
    async with storing(mongo_uri, database_name) as storage:
        yield await open_shop(storage, mongo_client[database_name])


@pytest.fixture
async def wired(one: Shop, mongo_uri: str, database_name: str) -> AsyncIterator[tuple[Shop, TcpProxy]]:
    """The same account through a proxy that can drop the connection."""
    async with (
        tcp_proxy(mongo_uri) as (proxy, uri),
        storing(uri, database_name) as storage,
    ):
        yield one.through(storage), proxy


async def emit(uow: UnitOfWork) -> None:
    uow.emit(ConversationsImported(source="abcd", count=1))


async def test_a_cancelled_caller_affects_no_other(one: Shop) -> None:
    conversation = await one.start("Ann")
    sending = [asyncio.create_task(one.send(conversation, f"{n}")) for n in range(30)]
    await asyncio.sleep(0)  # all are queued by then, and no batch has started
    for task in sending[::3]:
        task.cancel()
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)] == list(range(0, 30, 3))
    assert await one.sequences(conversation) == list(range(1, 22))
    assert (await one.send(conversation)).message.sequence == 22
    await one.check()


async def test_the_command_of_a_caller_who_leaves_in_the_middle_is_whole_or_not_at_all(one: Shop) -> None:
    conversation = await one.start("Ann")
    begun = asyncio.Event()

    async def slow(uow: UnitOfWork) -> None:
        begun.set()
        await emit(uow)

    task = asyncio.create_task(one.storage.write(one.account_id, slow))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await one.send(conversation)).message.sequence == 2
    assert await one.check() == 5


async def test_commands_beyond_the_queue_limit_are_refused(one: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_writer, "_MAX_QUEUE", 50)
    hold, begun = asyncio.Event(), asyncio.Event()

    async def slow(uow: UnitOfWork) -> None:
        begun.set()
        await hold.wait()
        await emit(uow)

    first = asyncio.create_task(one.storage.write(one.account_id, slow))
    await begun.wait()
    waiting = [asyncio.create_task(one.storage.write(one.account_id, emit)) for _ in range(50)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="too busy"):
        await one.storage.write(one.account_id, emit)
    hold.set()
    await asyncio.gather(first, *waiting)
    assert await one.check() == 52


async def test_a_command_past_its_deadline_is_not_begun(one: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    hold, begun = asyncio.Event(), asyncio.Event()

    async def slow(uow: UnitOfWork) -> None:
        begun.set()
        await hold.wait()
        await emit(uow)

    first = asyncio.create_task(one.storage.write(one.account_id, slow))
    await begun.wait()
    monkeypatch.setattr(account_writer, "_DEADLINE", 0.0)
    late = asyncio.create_task(one.storage.write(one.account_id, emit))
    await asyncio.sleep(0)
    monkeypatch.undo()
    hold.set()
    with pytest.raises(Unavailable, match="same idempotency key"):
        await late
    await first
    assert await one.check() == 2


async def test_a_commit_whose_answer_is_lost_is_done_once(wired: tuple[Shop, TcpProxy]) -> None:
    shop, proxy = wired
    conversation = await shop.start("Ann")
    for turn in range(3):
        proxy.cut_at_commit = True
        before = proxy.commits
        assert (await shop.send(conversation)).message.sequence == turn + 2
        assert not proxy.cut_at_commit
        assert proxy.commits >= before + 2, "the commit was asked again"
    assert await shop.sequences(conversation) == [1, 2, 3, 4]
    await shop.check()


async def test_a_commit_whose_outcome_stays_unknown_is_not_run_again(
    wired: tuple[Shop, TcpProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, proxy = wired
    conversation = await shop.start("Ann")
    monkeypatch.setattr(batch, "_COMMIT_DEADLINE", 1.0)
    ran: list[str] = []

    async def change(uow: UnitOfWork) -> None:
        ran.append("once")
        await emit(uow)
        proxy.cut_at_commit = True

    proxy.die_at_cut = True
    with pytest.raises(Unavailable, match="did not confirm the change"):
        await asyncio.gather(*(shop.storage.write(shop.account_id, change) for _ in range(2)))
    assert ran == ["once", "once"]
    monkeypatch.undo()
    proxy.dead = False
    assert (await shop.send(conversation)).message.sequence == 2
    await shop.check()


async def test_without_a_database_the_wait_is_bounded_and_all_goes_on_after_it(
    wired: tuple[Shop, TcpProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, proxy = wired
    conversation = await shop.start("Ann")
    monkeypatch.setattr(account_writer, "_DEADLINE", 1.0)
    proxy.kill()
    with Stopwatch() as watch:
        outcomes = await asyncio.gather(*(shop.send(conversation) for _ in range(250)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert watch.seconds < 10
    proxy.dead = False
    monkeypatch.undo()
    assert (await shop.send(conversation)).message.sequence == 2
    assert await shop.check() == 4


async def test_only_so_many_idle_writers_are_kept(one: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = one.storage
    assert isinstance(storage, MongoStorage)
    accounts = [AccountId(f"account {number}") for number in range(300)]
    for first in range(0, 300, 50):
        await asyncio.gather(*(storage.write(account, emit) for account in accounts[first : first + 50]))
    assert len(storage._writers) == 256
    await asyncio.gather(*(storage.write(account, emit) for account in accounts[:10]))
    heads = await one.database["account_state"].find({"_id": {"$in": accounts[:10]}}).to_list()
    assert {head["seq"] for head in heads} == {2}


def test_the_cache_of_a_process_is_bounded_and_forgets_the_least_wanted() -> None:
    def conversation(name: str) -> Conversation:
        return message_added(name).conversation

    shared = EntityCache(size=3)
    ours = AccountCache(shared=shared, account_id=AccountId("ours"))
    theirs = AccountCache(shared=shared, account_id=AccountId("theirs"))
    for name in ("a", "b"):
        ours.put(conversation(name))
    theirs.put(conversation("a"))
    assert ours.get((Conversation, "a")) == conversation("a")
    theirs.put(conversation("c"))
    assert len(shared) == 3
    assert ours.get((Conversation, "b")) is None
    assert ours.get((Account, "a")) is None
    ours.clear()
    assert ours.get((Conversation, "a")) is None
    assert theirs.get((Conversation, "a")) == conversation("a")
