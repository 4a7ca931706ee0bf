"""Random histories against two processes' hubs on one real log: whatever happens, a client's list is the log's.

Two writers append to two accounts; tails lose, repeat and reorder; clients come from now or from an old cursor, read
slowly or not at all, lose their connection with frames on the way, and come back to either process with the cursor they
read last; the log is trimmed under all of it. A client checks each frame it reads: no event that matches is left out,
none comes twice, and a reset comes only where the log really cannot prove the continuity.
"""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from api.realtime.cursor import Position
from api.realtime.hub import Hub
from domain.values.ids import AccountId, new_id
from integrations.mongo.client import connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.event_log.log import MongoEventLog
from tests.api.realtime.clients import HUB, Client, History, Operation
from tests.api.realtime.streaming import CURSORS, UnreliableTail, running
from tests.harness.log_events import append, create_log_indexes, message_added

LONG = "BATON_LONG" in os.environ
CONVERSATIONS = ("C0", "C1", "C2")

conversations = st.lists(st.sampled_from(CONVERSATIONS), min_size=1, max_size=8)
topics = st.sets(st.sampled_from(CONVERSATIONS), min_size=1, max_size=2)


class Processes:
    """Two hubs with a change stream each, like two processes."""

    def __init__(self, uri: str, database_name: str) -> None:
        self.runner = asyncio.Runner()
        self.tails: list[UnreliableTail] = []
        self.hubs: list[Hub] = []
        self._stack = AsyncExitStack()
        self.runner.run(self._start(uri, database_name))

    async def _start(self, uri: str, name: str) -> None:
        self.database = connect(uri, database=name)
        self._stack.push_async_callback(self.database.close)
        await create_log_indexes(self.database)
        self.log = MongoEventLog(database=self.database)
        for _ in range(2):
            stream = connect_for_stream(uri, database=name)
            self._stack.push_async_callback(stream.close)
            tail = UnreliableTail(MongoChangeStream(database=stream))
            self.tails.append(tail)
            self.hubs.append(await self._stack.enter_async_context(running(self.log, tail, HUB)))

    def close(self) -> None:
        self.runner.run(self._stack.aclose())
        self.runner.close()


class Histories(RuleBasedStateMachine):
    def __init__(self, processes: Processes) -> None:
        super().__init__()
        self.run = processes.runner.run
        self.database, self.log = processes.database, processes.log
        self.hubs, self.tails = processes.hubs, processes.tails
        self.clients: list[Client] = []
        self.histories = [History(AccountId(new_id())) for _ in range(2)]

    @rule(which=st.integers(0, 1), writers=st.lists(conversations, min_size=1, max_size=3))
    def append(self, which: int, writers: list[list[str]]) -> None:
        self.run(self._append(self.histories[which], writers))

    async def _append(self, history: History, writers: list[list[str]]) -> None:
        async def write(keys: list[str]) -> None:
            seqs = await append(self.database, history.account_id, [message_added(key) for key in keys])
            history.appended.update(zip(seqs, keys, strict=True))

        async with asyncio.TaskGroup() as tasks:
            for keys in writers:
                tasks.create_task(write(keys))

    @rule(which=st.integers(0, 1))
    def trim(self, which: int) -> None:
        history = self.histories[which]
        history.floor = max(history.appended, default=0)
        self.run(self.log.trim(history.account_id, datetime.now(UTC) + timedelta(minutes=1)))

    @rule(which=st.integers(0, 1), lose=st.integers(0, 6), repeat=st.booleans(), hold=st.booleans())
    def disturb(self, which: int, lose: int, repeat: bool, hold: bool) -> None:
        tail = self.tails[which]
        tail.lose, tail.repeat, tail.hold = lose, repeat, hold

    @rule(which=st.integers(0, 1), seed=st.integers(0, 1000))
    def release(self, which: int, seed: int) -> None:
        self.tails[which].release(random.Random(seed))

    @precondition(lambda self: len(self.clients) < 5)
    @rule(
        which=st.integers(0, 1),
        hub=st.integers(0, 1),
        operations=st.lists(topics, min_size=1, max_size=3),
        room=st.sampled_from([1, 2, 10_000]),
    )
    def come(self, which: int, hub: int, operations: list[set[str]], room: int) -> None:
        client = Client(self.histories[which])
        for number, conversations in enumerate(operations, start=1):
            client.operations[str(number)] = Operation(frozenset(conversations), None, None)
        self.clients.append(client)
        self.run(self._connect(client, self.hubs[hub], room))

    @precondition(lambda self: any(client.wire for client in self.clients))
    @rule(data=st.data(), conversations=topics)
    def subscribe_from_a_cursor(self, data: st.DataObject, conversations: set[str]) -> None:
        client = data.draw(st.sampled_from([client for client in self.clients if client.wire]))
        seq = data.draw(st.integers(0, max(client.history.appended, default=0)))
        self.run(self._subscribe(client, frozenset(conversations), seq))

    async def _subscribe(self, client: Client, conversations: frozenset[str], seq: int) -> None:
        epoch = (await self.log.head(client.history.account_id)).epoch
        after = CURSORS.encode(client.history.account_id, Position(epoch=epoch, seq=seq))
        operation_id = str(len(client.operations) + 1)
        client.operations[operation_id] = Operation(conversations, after, seq)
        client.subscribe(operation_id)

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), most=st.integers(1, 5))
    def read(self, data: st.DataObject, most: int) -> None:
        client = data.draw(st.sampled_from(self.clients))
        if client.wire:
            self.run(self._read(client, most))

    async def _read(self, client: Client, most: int) -> None:
        client.read(most)
        await asyncio.sleep(0)

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def cut(self, data: st.DataObject) -> None:
        """Unread frames are lost."""
        client = data.draw(st.sampled_from(self.clients))
        self.run(self._cut(client))

    async def _cut(self, client: Client) -> None:
        if client.wire:
            await client.wire.cut()
            client.wire = None

    @precondition(lambda self: any(client.wire is None for client in self.clients))
    @rule(data=st.data(), hub=st.integers(0, 1), room=st.sampled_from([1, 2, 10_000]))
    def come_back(self, data: st.DataObject, hub: int, room: int) -> None:
        client = data.draw(st.sampled_from([client for client in self.clients if client.wire is None]))
        self.run(self._connect(client, self.hubs[hub], room))

    async def _connect(self, client: Client, hub: Hub, room: int) -> None:
        client.connect(hub, room)
        await asyncio.sleep(0)

    @rule()
    def settle(self) -> None:
        self.run(self._settle())

    async def _settle(self) -> None:
        """All clients read until nothing is left. Missing events are lost then."""
        for client in self.clients:
            if client.wire:
                async with asyncio.timeout(60):
                    while not client.complete:
                        await client.wire.until(lambda wire=client.wire: wire.unread)  # type: ignore[misc]
                        client.read(100)

    def teardown(self) -> None:
        self.run(self._end())

    async def _end(self) -> None:
        try:
            for number, client in enumerate(self.clients):
                if client.wire is None:
                    client.connect(self.hubs[number % 2], 10_000)
            await self._settle()
        finally:
            for client in self.clients:
                await self._cut(client)
            for tail in self.tails:
                tail.lose, tail.repeat = 0, False
                tail.release(random.Random(0))


@pytest.mark.timeout(1_200 if LONG else 120)
def test_a_clients_list_always_equals_the_log(mongo_uri: str, database_name: str) -> None:
    processes = Processes(mongo_uri, database_name)

    class Machine(Histories):
        def __init__(self) -> None:
            super().__init__(processes)

    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=600 if LONG else 40,
                stateful_step_count=60 if LONG else 30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        processes.close()
