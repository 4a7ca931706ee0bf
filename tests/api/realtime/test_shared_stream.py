"""What subscriptions share: executions, frames, and reads of the log."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import Any, ClassVar

import pytest

from api.realtime.frame_cache import Frame, FrameCache, FrameMemory
from api.realtime.hub import Hub, HubSettings
from domain.events import Head, LoggedEvent, ShopperErased
from domain.principal import StaffRole
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from domain.values.record import replace
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import MongoEventLog
from tests.api.realtime.streaming import (
    ACCOUNT,
    C1,
    C2,
    EchoOperation,
    Item,
    UnreliableTail,
    Wire,
    at,
    eventually,
    follow,
    running,
    say,
    trim_all,
)
from tests.harness.log_events import append, message_added

PATIENT = HubSettings(compare_every=60.0, keep_recent=4, most_missed=100)


class Counted(EchoOperation, shares=True):
    executions: ClassVar[Counter[int]] = Counter()

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        if isinstance(item, Item):
            self.executions[item.seq] += 1
            await asyncio.sleep(0)
        return await super().render(item, extensions, seq)


@pytest.fixture(autouse=True)
def _no_executions() -> None:
    Counted.executions.clear()


def counted(*topics: str, after: str | None = None) -> Counted:
    return Counted(ACCOUNT, topics, after)


class CountedLog:
    """A log that counts how often each event was read."""

    def __init__(self, log: MongoEventLog) -> None:
        self._log = log
        self.reads = Counter[int]()
        self.heads_read = 0

    async def read(self, account_id: AccountId, **given: Any) -> Sequence[LoggedEvent]:
        events: Sequence[LoggedEvent] = await self._log.read(account_id, **given)
        self.reads.update(event.seq for event in events)
        return events

    async def head(self, account_id: AccountId) -> Head:
        self.heads_read += 1
        return await self._log.head(account_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


async def subscribed(hub: Hub, count: int, *topics: str) -> list[Wire]:
    wires = [Wire(hub) for _ in range(count)]
    for wire in wires:
        wire.subscribe("1", counted(*topics))
    for wire in wires:
        await wire.shows("ready", "caught up")
    return wires


async def read_next(wire: Wire) -> list[object]:
    await wire.until(lambda: wire.unread)
    return [frame.summary for frame in wire.read()]


async def cut(wires: Sequence[Wire]) -> None:
    for wire in wires:
        await wire.cut()


class TestExecutions:
    async def test_an_event_is_executed_once_for_all(self, hub: Hub, database: MongoDatabase) -> None:
        wires = await subscribed(hub, 50, C1)
        for _ in range(3):
            await say(database, "C1", "C2")
        for wire in wires:
            await wire.shows("ready", "caught up", 1, 3, 5)
        assert Counted.executions == {1: 1, 3: 1, 5: 1}
        await cut(wires)

    async def test_those_who_lag_behind_take_the_same_frames(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        wires = await subscribed(hub, 3, C1)
        await say(database, *["C1"] * 5)
        await wires[0].shows("ready", "caught up", 1, 2, 3, 4, 5)
        late = Wire(hub, room=1)
        late.subscribe("1", counted(C1, after=await at(log, 0)))
        seen: list[object] = []
        while "caught up" not in seen:
            await late.until(lambda: late.unread)
            seen += [frame.summary for frame in late.read()]
        assert seen == ["resumed", 1, 2, 3, 4, 5, "caught up"]
        assert set(Counted.executions.values()) == {1}
        await cut([*wires, late])

    async def test_the_others_go_on_when_the_first_one_leaves(self, hub: Hub, database: MongoDatabase) -> None:
        first, *others = await subscribed(hub, 3, C1)
        await first.cut()
        await say(database, "C1")
        for wire in others:
            await wire.shows("ready", "caught up", 1)
        await cut(others)

    async def test_another_audience_has_an_execution_of_its_own(self, hub: Hub, database: MongoDatabase) -> None:
        wires = [Wire(hub), Wire(hub)]
        for wire, role in zip(wires, (StaffRole.OWNER, StaffRole.ANALYST), strict=True):
            operation = counted(C1)
            operation.principal = replace(operation.principal, role=role)
            wire.subscribe("1", operation)
            await wire.shows("ready", "caught up")
        await say(database, "C1")
        for wire in wires:
            await wire.shows("ready", "caught up", 1)
        assert Counted.executions == {1: 2}
        await cut(wires)

    async def test_a_slow_reader_delays_nobody(self, hub: Hub, database: MongoDatabase) -> None:
        wires = await subscribed(hub, 3, C1)
        slow = Wire(hub, room=1)
        slow.subscribe("1", counted(C1))
        await slow.until(lambda: slow.unread)
        await say(database, *["C1"] * 20)
        for wire in wires:
            await wire.shows("ready", "caught up", *range(1, 21))
        seen: list[object] = []
        while 20 not in seen:
            await slow.until(lambda: slow.unread)
            seen += [frame.summary for frame in slow.read()]
        assert seen == ["ready", "caught up", *range(1, 21)]
        await cut([*wires, slow])

    async def test_an_event_that_cannot_be_executed_ends_all_who_follow(
        self, hub: Hub, database: MongoDatabase
    ) -> None:
        class Failing(EchoOperation, shares=True):
            attempts: ClassVar[int] = 0

            async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
                if isinstance(item, Item):
                    Failing.attempts += 1
                    raise Unavailable("The database cannot be reached.")
                return await super().render(item, extensions, seq)

        wires = [Wire(hub) for _ in range(5)]
        tasks = [wire.subscribe("1", Failing(ACCOUNT, [C1])) for wire in wires]
        for wire in wires:
            await wire.shows("ready", "caught up")
        await say(database, "C1")
        done, _ = await asyncio.wait(tasks, timeout=60)
        assert [type(task.exception()) for task in done] == [Unavailable] * 5
        assert Failing.attempts == 1
        for wire in wires:
            assert wire.summaries() == ["ready", "caught up"]


class Stopping(EchoOperation, shares=True):
    """Is made at once, but for the event 2, which waits, and the event 4, which fails."""

    made: ClassVar[list[int]] = []
    gate: ClassVar[asyncio.Event]

    def begin(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str | Awaitable[str]:
        if isinstance(item, Item):
            Stopping.made.append(item.seq)
            if item.seq == 4:
                raise Unavailable("The database cannot be reached.")
            if item.seq == 2:
                return self.wait(item, extensions)
        return self.text(item, extensions)

    async def wait(self, item: object, extensions: dict[str, object]) -> str:
        await Stopping.gate.wait()
        return self.text(item, extensions)


class TestGroups:
    async def test_frames_of_events_that_wait_together_take_one_write(
        self, hub: Hub, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        class AtOnce(EchoOperation, shares=True):
            """Has nothing to wait for."""

        wires = [Wire(hub) for _ in range(3)]
        for wire in wires:
            wire.writes_groups = True
            wire.subscribe("1", AtOnce(ACCOUNT, [C1]))
            await wire.shows("ready", "caught up")
        tail.hold = True  # until all are there
        await say(database, *["C1", "C2"] * 20)
        await eventually(lambda: len(tail.held) == 40 or bool(wires[0].groups))
        tail.release(random.Random(0))
        for wire in wires:
            await wire.shows("ready", "caught up", *range(1, 40, 2))
            assert sum(wire.groups) == 20
            assert 1 < max(wire.groups) <= 16  # as many as are made in one turn
        await cut(wires)

    async def test_missed_events_take_one_write_together(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, *["C1"] * 20)
        wire = Wire(hub)
        wire.writes_groups = True
        wire.subscribe("1", follow(C1, after=await at(log, 0)))
        await wire.shows("resumed", *range(1, 21), "caught up")
        assert sum(wire.groups) == 20
        assert max(wire.groups) > 1
        assert wire.frames[-2].cursor.endswith(wire.frames[-2].data["cursor"])
        await cut([wire])

    async def test_frames_of_a_group_are_made_again_if_words_were_removed_meanwhile(
        self, hub: Hub, database: MongoDatabase
    ) -> None:
        Stopping.made, Stopping.gate = [], asyncio.Event()
        wire, bystander = Wire(hub), Wire(hub)
        wire.subscribe("1", Stopping(ACCOUNT, [C1]))
        bystander.subscribe("1", follow(C2))
        for each in (wire, bystander):
            await each.shows("ready", "caught up")
        await say(database, "C1", "C1")
        await eventually(lambda: 2 in Stopping.made)
        was_sent = 1 in wire.summaries()  # the change stream may have brought the first event alone
        await append(database, ACCOUNT, [ShopperErased(), message_added("C2")])
        await bystander.shows("ready", "caught up", 4)
        Stopping.gate.set()
        await wire.shows("ready", "caught up", 1, 2)
        assert Stopping.made == ([1, 2, 2] if was_sent else [1, 2, 1, 2])
        await cut([wire, bystander])

    async def test_the_frames_before_an_event_that_cannot_be_executed_are_sent(
        self, hub: Hub, database: MongoDatabase
    ) -> None:
        Stopping.made, Stopping.gate = [], asyncio.Event()
        Stopping.gate.set()
        wire = Wire(hub)
        task = wire.subscribe("1", Stopping(ACCOUNT, [C1]))
        await wire.shows("ready", "caught up")
        await say(database, *["C1"] * 5)
        done, _ = await asyncio.wait([task], timeout=60)
        assert [type(each.exception()) for each in done] == [Unavailable]
        assert wire.summaries() == ["ready", "caught up", 1, 2, 3]


class TestReads:
    @pytest.mark.parametrize("room", [1, 10_000])
    async def test_a_storm_of_reconnects_reads_each_event_once(
        self, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail, room: int
    ) -> None:
        await say(database, *["C1", "C2"] * 20)
        counting = CountedLog(log)
        async with running(counting, tail, PATIENT) as hub:  # type: ignore[arg-type]
            wires = [Wire(hub, room=room) for _ in range(60)]
            starts = [7 * number % 30 for number in range(60)]
            for wire, start in zip(wires, starts, strict=True):
                wire.subscribe("1", counted(C1, after=await at(log, start)))
            for wire, start in zip(wires, starts, strict=True):
                seen: list[object] = []
                while "caught up" not in seen:
                    seen += await read_next(wire)
                assert seen == ["resumed", *(seq for seq in range(1, 41, 2) if seq > start), "caught up"]
            assert set(counting.reads.values()) == {1}
            assert set(Counted.executions.values()) == {1}
            assert counting.heads_read < 60
            await say(database, "C1")
            for wire in wires:
                assert await read_next(wire) == [41]
            await cut(wires)


class GatedLog(CountedLog):
    """A log of which the feed reads nothing until the gate is open."""

    def __init__(self, log: MongoEventLog) -> None:
        super().__init__(log)
        self.gate = asyncio.Event()

    async def read(self, account_id: AccountId, **given: Any) -> Sequence[LoggedEvent]:
        if given["topics"] is None:
            await self.gate.wait()
        return await super().read(account_id, **given)


class TestExpiry:
    async def test_a_subscription_ahead_of_its_feed_goes_on_where_the_feed_cannot(
        self, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail
    ) -> None:
        gated = GatedLog(log)
        async with running(gated, tail, PATIENT) as hub:  # type: ignore[arg-type]
            behind = Wire(hub)
            behind.subscribe("1", counted(C2))
            await behind.shows("ready", "caught up")
            tail.hold = True
            await say(database, "C1", "C1")
            ahead = Wire(hub)
            ahead.subscribe("1", counted(C1, after=await at(log, 2)))
            await ahead.shows("resumed", "caught up")
            await trim_all(log)
            gated.gate.set()
            await behind.shows("ready", "caught up", "EXPIRED")
            tail.release(random.Random(0))
            await say(database, "C1", "C2")
            await ahead.shows("resumed", "caught up", 3)
            await behind.shows("ready", "caught up", "EXPIRED", 4)
            await cut([ahead, behind])


class TestCursors:
    async def test_one_operation_has_the_cursor_of_its_items(self, hub: Hub, database: MongoDatabase) -> None:
        [wire] = await subscribed(hub, 1, C1)
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1)
        frame = wire.frames[-1]
        assert frame.cursor.endswith(frame.data["cursor"])
        wire.subscribe("2", follow(C2))
        await wire.shows("ready", "caught up", operation_id="2")
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1, 2)
        frame = wire.frames[-1]
        assert frame.data["cursor"] not in frame.cursor
        await wire.complete("2")
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1, 2, 3)
        assert wire.frames[-1].cursor.endswith(wire.frames[-1].data["cursor"])
        await wire.cut()


class TestFrames:
    def frame(self, size: int) -> Frame:
        return Frame(b"x" * size, b"", "cursor")

    async def test_the_memory_is_bounded_in_bytes(self) -> None:
        memory = FrameMemory(most_bytes=10_000)
        one, other = FrameCache(memory), FrameCache(memory)

        async def make() -> Frame:
            return self.frame(600)

        for key in range(100):
            await one.get(key, make)
            await other.get(key, make)
        assert set(one.kept) == set(other.kept) == {95, 96, 97, 98, 99}
        one.clear()
        assert (len(one.kept), len(other.kept)) == (0, 5)
        for key in range(100, 200):
            await other.get(key, make)
        assert set(other.kept) == set(range(190, 200))

    async def test_an_attempt_that_is_cancelled_is_made_again_by_another(self) -> None:
        frames, attempts = FrameCache(FrameMemory()), 0
        go_on = asyncio.Event()

        async def make() -> Frame:
            nonlocal attempts
            attempts += 1
            await go_on.wait()
            return self.frame(attempts)

        first, *others = [asyncio.create_task(frames.get("key", make)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        go_on.set()
        assert [len((await other).before) for other in others] == [2, 2]
        assert attempts == 2

    async def test_an_attempt_that_began_before_a_clearing_is_given_to_nobody_who_came_later(self) -> None:
        frames, go_on = FrameCache(FrameMemory()), asyncio.Event()

        async def make_old() -> Frame:
            await go_on.wait()
            return self.frame(1)

        async def make_new() -> Frame:
            return self.frame(2)

        first, second = [asyncio.create_task(frames.get("key", make_old)) for _ in range(2)]
        await asyncio.sleep(0)
        frames.clear()
        first.cancel()
        for _ in range(3):
            await asyncio.sleep(0)  # the second one makes it
        third = asyncio.create_task(frames.get("key", make_new))
        await asyncio.sleep(0)
        go_on.set()
        assert [len((await each).before) for each in (second, third)] == [1, 2]
        assert len(frames.kept["key"].before) == 2
