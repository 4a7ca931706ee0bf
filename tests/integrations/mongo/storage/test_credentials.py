"""Credentials are remembered, and dropped by the log: two processes on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.account.documents import TrustedDocumentService
from domain.account.keys import KeyService, NewKey
from domain.account.service import AccountService, new_staff_member
from domain.events import ConversationsImported, CredentialRevoked
from domain.inbox.staff import InviteStaff, StaffService, UpdateStaff
from domain.model.credentials import token_hash
from domain.principal import Scope, StaffRole
from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.errors import CredentialEnded
from domain.values.ids import AccountId, StaffId
from integrations.mongo.client import connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.indexes import create_indexes
from integrations.mongo.storage.credentials import FRESH
from integrations.mongo.storage.storage import MongoStorage
from tests.api.graphql.serving import until
from tests.harness.command_counts import CommandCounts
from tests.integrations.mongo.tcp_proxy import TcpProxy, tcp_proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process with a change stream, which goes through a proxy."""

    storage: MongoStorage
    accounts: AccountService
    keys: KeyService
    staff: StaffService
    stream: MongoChangeStream
    proxy: TcpProxy

    async def role_of(self, token: str) -> StaffRole | None:
        """Return the role under which a token is accepted; None if it is refused."""
        with suppress(CredentialEnded):
            return (await self.accounts.principal_of(token)).role
        return None

    async def until_role(self, token: str, role: StaffRole | None) -> None:
        async with asyncio.timeout(60):
            while True:
                if await self.role_of(token) is role:
                    return
                await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    account_id: AccountId
    owner: StaffId
    key: NewKey


@pytest.fixture
def commands(database_name: str) -> CommandCounts:
    return CommandCounts(database_name)


@pytest.fixture
async def processes(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]], commands: CommandCounts
) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        stack.enter_context(commands.listening())
        made = []
        for _ in range(2):
            proxy, by_proxy = await stack.enter_async_context(tcp_proxy(mongo_uri))
            made.append(await _process(stack, mongo_uri, by_proxy, database_name, proxy))
        yield made[0], made[1]


async def _process(stack: AsyncExitStack, uri: str, by_proxy: str, name: str, proxy: TcpProxy) -> Process:
    database, stream_database = connect(uri, database=name), connect_for_stream(by_proxy, database=name)
    stack.push_async_callback(database.close)
    stack.push_async_callback(stream_database.close)
    await create_indexes(database)
    stream = MongoChangeStream(database=stream_database)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS, lag=stream.lag)
    stream.observe(storage.credentials)
    stream.observe(storage.documents)
    stack.push_async_callback(storage.close)
    following = asyncio.create_task(stream.follow(lambda _: None, lambda *_: None, lambda: None))
    stack.push_async_callback(_cancelled, following)
    process = Process(
        storage=storage,
        accounts=AccountService(storage=storage, clock=SystemClock()),
        keys=KeyService(storage=storage),
        staff=StaffService(storage=storage),
        stream=stream,
        proxy=proxy,
    )
    await until(lambda: stream.lag() <= FRESH)
    return process


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def shop(processes: tuple[Process, Process]) -> Shop:
    here, there = processes
    ada = new_staff_member("Ada", "ada@example.com", StaffRole.OWNER)
    account = await here.accounts.create("Acme", staff=[ada])
    owner = (await here.storage.read(account.id).staff())[0].id
    key = await here.accounts.create_staff_key(account.id, owner)
    for process in (here, there):
        await _remembered(process, key.token)
    return Shop(account_id=account.id, owner=owner, key=key)


async def _remembered(process: Process, token: str) -> None:
    """Wait until the token is known, and no event that is still on its way removes it again."""
    await process.accounts.principal_of(token)
    await asyncio.sleep(0.1)
    await process.accounts.principal_of(token)


async def test_a_known_token_costs_no_command(
    processes: tuple[Process, Process], shop: Shop, commands: CommandCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.mongo.storage.credentials.FRESH", 60.0)  # a machine may stand still for a second
    commands.clear()
    for process in processes:
        for _ in range(10):
            await process.accounts.principal_of(shop.key.token)
    assert commands.names == []


async def test_a_revoked_key_is_refused_at_once_where_it_was_revoked(
    processes: tuple[Process, Process], shop: Shop
) -> None:
    here, _ = processes
    await here.keys.revoke(None, shop.account_id, shop.key.credential.id)
    with pytest.raises(CredentialEnded):
        await here.accounts.principal_of(shop.key.token)


async def test_another_process_refuses_it_when_the_event_comes(processes: tuple[Process, Process], shop: Shop) -> None:
    here, there = processes
    await here.keys.revoke(None, shop.account_id, shop.key.credential.id)
    await there.until_role(shop.key.token, None)


async def test_another_process_refuses_it_also_while_its_change_stream_is_cut(
    processes: tuple[Process, Process], shop: Shop
) -> None:
    here, there = processes
    there.proxy.kill()
    await here.keys.revoke(None, shop.account_id, shop.key.credential.id)
    await there.until_role(shop.key.token, None)
    assert there.stream.lag() > FRESH, "the database was asked, since nobody delivered the event"


async def test_a_new_role_counts_in_both(processes: tuple[Process, Process], shop: Shop) -> None:
    here, there = processes
    wish = InviteStaff(name="Ben", email="ben@example.com", role=StaffRole.SUPPORT)
    ben = (await here.staff.invite(None, shop.account_id, wish)).staff
    key = await here.accounts.create_staff_key(shop.account_id, ben.id)
    for process in processes:
        await _remembered(process, key.token)
    await here.staff.update(None, shop.account_id, UpdateStaff(staff_id=ben.id, role=StaffRole.MANAGER))
    assert (await here.accounts.principal_of(key.token)).role is StaffRole.MANAGER
    await there.until_role(key.token, StaffRole.MANAGER)


async def test_a_read_that_was_overtaken_by_a_revocation_is_not_remembered(
    processes: tuple[Process, Process], shop: Shop, commands: CommandCounts
) -> None:
    credentials = processes[0].storage.credentials
    key = await processes[0].accounts.create_scoped_key(shop.account_id, [Scope.AGENT])
    reading = asyncio.create_task(credentials.find(token_hash(key.token)))
    await asyncio.sleep(0)  # it has begun
    credentials.on_committed([CredentialRevoked(credential_id=key.credential.id)])
    await reading
    commands.clear()
    await credentials.find(token_hash(key.token))
    assert commands.names == ["aggregate credentials"]


async def test_nothing_is_remembered_over_a_gap_in_the_stream(
    processes: tuple[Process, Process], shop: Shop, commands: CommandCounts
) -> None:
    credentials = processes[0].storage.credentials
    credentials.on_committed([ConversationsImported(source="x", count=1)])
    commands.clear()
    await credentials.find(token_hash(shop.key.token))
    assert commands.names == []
    credentials.on_gap()
    await credentials.find(token_hash(shop.key.token))
    assert commands.names == ["aggregate credentials"]
    credentials.on_gap()
    credentials.on_committed([CredentialRevoked(credential_id=shop.key.credential.id)])  # of which nothing is there
    await credentials.find(token_hash(shop.key.token))
    assert commands.names == ["aggregate credentials"] * 2


async def test_trusted_documents_are_remembered_and_read_again_after_a_change(
    processes: tuple[Process, Process], shop: Shop, commands: CommandCounts
) -> None:
    here, there = processes
    service = TrustedDocumentService(storage=here.storage)
    for process in processes:
        assert (await process.storage.trusted_documents(shop.account_id)).by_id == {}
    await service.register(None, shop.account_id, {"a": "{ a }"})

    assert (await here.storage.trusted_documents(shop.account_id)).by_id == {"a": "{ a }"}  # at once
    async with asyncio.timeout(60):
        while True:
            if (await there.storage.trusted_documents(shop.account_id)).by_id:
                break
            await asyncio.sleep(0.01)
    commands.clear()
    assert (await there.storage.trusted_documents(shop.account_id)).by_id == {"a": "{ a }"}
    assert commands.names == []

    await service.remove(None, shop.account_id, frozenset({"a"}))
    assert (await here.storage.trusted_documents(shop.account_id)).by_id == {}
