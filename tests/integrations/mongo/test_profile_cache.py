"""Profiles for what is made of events are remembered, and dropped by the change stream: two processes on a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.events import ConversationsImported, LoggedEvent, ShopperErased
from domain.model.profile import Profile
from domain.reactions import REACTIONS
from domain.storage import UnitOfWork
from domain.values.clock import SystemClock
from domain.values.ids import AccountId, ProfileId, new_test_id
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase, connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.indexes import create_indexes
from integrations.mongo.profile_cache import MongoEventProfiles
from integrations.mongo.storage.credentials import FRESH
from integrations.mongo.storage.storage import MongoStorage
from tests.api.graphql.serving import until
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401
from tests.harness.command_counts import CommandCounts

SHOP, RIVAL = AccountId("shop"), AccountId("rival")
ANN = ProfileId("ann")


@dataclass(kw_only=True)
class Process:
    storage: MongoStorage
    database: MongoDatabase
    delivered: list[LoggedEvent] = field(default_factory=list)
    on_event: Callable[[LoggedEvent], None] = lambda _: None

    @property
    def profiles(self) -> MongoEventProfiles:
        return self.storage.event_profiles

    async def change(self, *profiles: Profile, account_id: AccountId = SHOP) -> int:
        """Save profiles, and log an event. Returns its number."""

        async def change(uow: UnitOfWork) -> int:
            for profile in profiles:
                if (stored := await uow.get(Profile, profile.id)) is not None:
                    profile = replace(profile, created_at=stored.created_at)
                uow.save(profile)
            uow.emit(ConversationsImported(source="a file", count=len(profiles)))
            return uow.next_seq - 1

        return await self.storage.write(account_id, change)

    async def name(self, seq: int, *, account_id: AccountId = SHOP, profile_id: ProfileId = ANN) -> str | None:
        found = await self.profiles.find(account_id, [profile_id], seq=seq)
        return found[profile_id].name if profile_id in found else None

    async def sees(self, seq: int, account_id: AccountId = SHOP) -> None:
        """Wait until the stream has delivered the event."""
        await until(lambda: any(each.account_id == account_id and each.seq == seq for each in self.delivered))

    def remembers(self, seq: int, *, account_id: AccountId = SHOP, profile_id: ProfileId = ANN) -> bool:
        return self.profiles.known(account_id, profile_id, seq=seq) is not None

    def deliver(self, event: LoggedEvent) -> None:
        self.on_event(event)
        self.delivered.append(event)


def named(name: str, profile_id: ProfileId = ANN) -> Profile:
    return Profile(id=profile_id, created_at=SystemClock().now(), name=name)


@pytest.fixture(autouse=True)
def _the_stream_is_never_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else profiles are read again on a machine that stands still for a second."""
    monkeypatch.setattr("integrations.mongo.profile_cache.FRESH", 60.0)


@pytest.fixture
def commands(database_name: str) -> CommandCounts:
    return CommandCounts(database_name)


@pytest.fixture
async def processes(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]], commands: CommandCounts
) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        stack.enter_context(commands.listening())
        yield await _process(stack, mongo_uri, database_name), await _process(stack, mongo_uri, database_name)


async def _process(stack: AsyncExitStack, uri: str, name: str) -> Process:
    database, stream_database = connect(uri, database=name), connect_for_stream(uri, database=name)
    stack.push_async_callback(database.close)
    stack.push_async_callback(stream_database.close)
    await create_indexes(database)
    stream = MongoChangeStream(database=stream_database)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS, lag=stream.lag)
    stream.observe(storage)
    stream.observe_profiles(storage.event_profiles.on_changed)
    stack.push_async_callback(storage.close)
    process = Process(storage=storage, database=database)
    following = asyncio.create_task(stream.follow(process.deliver, lambda *_: None, lambda: None))
    stack.push_async_callback(_cancelled, following)
    await until(lambda: stream.lag() <= FRESH)
    return process


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_profile_is_read_once(processes: tuple[Process, Process], commands: CommandCounts) -> None:
    here, _ = processes
    seq = await here.change(named("Ann"))
    for process in processes:
        await process.sees(seq)
        assert await process.name(seq) == "Ann"
    commands.clear()
    for process in processes:
        assert await process.name(seq) == "Ann"
        assert process.remembers(seq)
    assert commands.names == []


async def test_a_change_is_told_before_the_event_of_its_commit(processes: tuple[Process, Process]) -> None:
    here, there = processes
    await there.sees(await here.change(named("Ann")))
    remembered: list[bool] = []
    for number in range(20):
        last = there.delivered[-1].seq
        assert await there.name(last) is not None
        assert there.remembers(last)
        there.on_event = lambda event: remembered.append(there.remembers(event.seq))
        seq = await here.change(named(f"Ann {number}"))
        await there.sees(seq)
        assert await there.name(seq) == f"Ann {number}"
    assert remembered == [False] * 20


async def test_a_change_holds_at_once_where_it_is_made(processes: tuple[Process, Process]) -> None:
    here, _ = processes
    seq = await here.change(named("Ann"))
    await here.sees(seq)
    for number in range(5):
        await here.name(seq)
        assert here.remembers(seq)
        await here.change(named(f"Ann {number}"))
        assert not here.remembers(seq)
        assert await here.name(seq) == f"Ann {number}"


async def test_an_event_that_did_not_come_by_the_stream_is_newer(processes: tuple[Process, Process]) -> None:
    here, there = processes
    seq = await here.change(named("Ann"))
    await there.sees(seq)
    await there.name(seq)
    assert there.remembers(seq)
    assert not there.remembers(seq + 1)  # the log may have it already


async def test_another_account_gets_nothing(processes: tuple[Process, Process]) -> None:
    here, _ = processes
    seq = await here.change(named("Ann"))
    await here.sees(seq)
    assert await here.name(seq) == "Ann"
    other = await here.change(account_id=RIVAL)
    await here.sees(other, RIVAL)
    assert not here.remembers(other, account_id=RIVAL)
    assert await here.name(other, account_id=RIVAL) is None
    assert here.remembers(seq)


async def test_whoever_changes_a_profile(processes: tuple[Process, Process]) -> None:
    """Also `doctor`, an erasure, or a build that knows nothing of this cache."""
    here, there = processes
    seq = await here.change(named("Ann"))
    collection = here.database.collection("profiles")
    changes: list[Callable[[], Any]] = [
        lambda: collection.update_one({"_id": ANN}, {"$set": {"name": "Bea"}}),
        lambda: collection.delete_one({"_id": ANN}),
    ]
    for change in changes:
        await there.sees(seq)
        assert await there.name(seq) is not None
        assert there.remembers(seq)
        await change()
        await until(lambda: not there.remembers(seq))
    assert await there.name(seq) is None


async def test_an_erasure_drops_the_profiles_of_the_account(processes: tuple[Process, Process]) -> None:
    here, there = processes
    other = await here.change(named("Bob", ProfileId("bob")), account_id=RIVAL)
    seq = await here.change(named("Ann"))
    for process in processes:
        await process.sees(seq)
        await process.sees(other, RIVAL)
        await process.name(seq)
        await process.name(other, account_id=RIVAL, profile_id=ProfileId("bob"))

    async def erase(uow: UnitOfWork) -> None:
        uow.emit(ShopperErased())

    await here.storage.write(SHOP, erase)
    await there.sees(seq + 1)
    for process in processes:
        assert not process.remembers(seq)
        assert process.remembers(other, account_id=RIVAL, profile_id=ProfileId("bob"))


async def test_a_gap_drops_everything(processes: tuple[Process, Process]) -> None:
    here, there = processes
    seq = await here.change(named("Ann"))
    await there.sees(seq)
    await there.name(seq)
    await here.database.collection("profiles").drop()
    await until(lambda: not there.remembers(seq))
    assert await there.name(seq) is None


async def test_a_read_that_overlaps_with_a_change_is_not_kept(processes: tuple[Process, Process]) -> None:
    here, _ = processes
    seq = await here.change(named("Ann"))
    await here.sees(seq)
    reading = asyncio.create_task(here.name(seq))
    await asyncio.sleep(0)
    here.profiles.on_changed([ANN])
    assert await reading == "Ann"
    assert not here.remembers(seq)


async def test_profiles_of_tests_are_not_kept(processes: tuple[Process, Process]) -> None:
    here, _ = processes
    tester = ProfileId(new_test_id())
    seq = await here.change(named("Ann", tester))
    await here.sees(seq)
    assert await here.name(seq, profile_id=tester) == "Ann"
    assert not here.remembers(seq, profile_id=tester)
