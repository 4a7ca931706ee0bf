"""What was read or made before a shopper is erased, or words are removed, is not sent afterwards."""

from __future__ import annotations

import asyncio

import pytest

from api.realtime import subscription
from api.realtime.hub import Hub
from domain.events import ShopperErased
from domain.values.errors import Unavailable
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import MongoEventLog
from tests.api.realtime.streaming import (
    ACCOUNT,
    C1,
    C2,
    UnreliableTail,
    Wire,
    at,
    eventually,
    follow,
    running,
    say,
)
from tests.api.realtime.test_shared_stream import (
    PATIENT,
    Counted,
    CountedLog,
    GatedLog,
    counted,
    cut,
    read_next,
    subscribed,
)
from tests.harness.log_events import append, message_added


@pytest.fixture(autouse=True)
def _no_executions() -> None:
    Counted.executions.clear()


class TestRemovedWords:
    async def test_a_slow_reader_gets_none_of_the_events_that_were_read_before(
        self, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail
    ) -> None:
        counting = CountedLog(log)
        await say(database, *["C1"] * 5)
        async with running(counting, tail, PATIENT) as hub:  # type: ignore[arg-type]
            bystander, slow = Wire(hub), Wire(hub, room=1)
            bystander.subscribe("1", follow(C2))
            await bystander.shows("ready", "caught up")
            slow.subscribe("1", counted(C1, after=await at(log, 0)))
            assert await read_next(slow) == ["resumed"]
            await slow.until(lambda: slow.unread)  # the first event, and the second waits for room
            await append(database, ACCOUNT, [ShopperErased(), message_added("C2")])
            await bystander.shows("ready", "caught up", 7)
            seen: list[object] = []
            while "caught up" not in seen:
                seen += await read_next(slow)
            assert seen == [1, 2, 3, 4, 5, "caught up"]
            assert (counting.reads[1], counting.reads[5]) == (1, 2)
            await cut([bystander, slow])

    async def test_frames_are_made_again_if_the_change_stream_lost_the_erasure(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail
    ) -> None:
        [wire] = await subscribed(hub, 1, C1)
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1)
        tail.lose = 1
        await append(database, ACCOUNT, [ShopperErased()])
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1, 3)
        late = Wire(hub)
        late.subscribe("1", counted(C1, after=await at(log, 0)))
        await late.shows("resumed", 1, 3, "caught up")
        assert Counted.executions[1] == 2
        await cut([wire, late])

    async def test_frames_that_only_some_were_offered_are_made_again_for_the_others(
        self, hub: Hub, database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The words are removed while the others wait for their share of the event loop."""
        wires = await subscribed(hub, 20, C1)
        share, before = hub._dependencies.share, sum(len(wire.frames) for wire in wires)
        offered: list[int] = []  # how many had the frame when the words were removed

        def is_left() -> bool:
            had = sum(len(wire.frames) for wire in wires) - before
            if not had or offered:
                return True
            offered.append(had)
            return False

        async def turn() -> None:
            for stream in hub._streams.values():
                stream.forget()

        monkeypatch.setattr(share, "is_left", is_left)
        monkeypatch.setattr(share, "turn", turn)
        await say(database, "C1")
        for wire in wires:
            await wire.shows("ready", "caught up", 1)
        assert 0 < offered[0] < len(wires)
        assert Counted.executions[1] == 2
        await cut(wires)


class TestLateChangeStream:
    """A client resumes in a process that has not heard of the erasure yet."""

    async def test_a_resume_waits_for_what_was_committed_before(
        self, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail
    ) -> None:
        gated = GatedLog(log)
        await say(database, "C1", "C2", *["C1"] * 4)  # more than the feed keeps
        async with running(gated, tail, PATIENT) as hub:  # type: ignore[arg-type]
            wires = [Wire(hub), Wire(hub)]
            for wire in wires:
                wire.subscribe("1", counted(C1, C2, after=await at(log, 0)))
                await wire.shows("resumed", *range(1, 7), "caught up")
            tail.hold = True
            await log.erase(ACCOUNT, C1, limit=100)
            await append(database, ACCOUNT, [ShopperErased()])
            late, heads = Wire(hub), gated.heads_read
            late.subscribe("1", counted(C1, C2, after=await at(log, 0)))
            await eventually(lambda: gated.heads_read > heads)
            await asyncio.sleep(0.2)  # longer than a replay takes, which would have sent what is kept
            gated.gate.set()
            await late.shows("resumed", 2, "caught up")
            assert Counted.executions[2] == 2  # words may have been removed from its frame
            await cut([*wires, late])

    async def test_a_feed_that_is_opened_again_begins_without_what_was_kept(
        self, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail
    ) -> None:
        await say(database, *["C1"] * 5)
        async with running(log, tail, PATIENT) as hub:
            wire = Wire(hub)
            wire.subscribe("1", counted(C1, after=await at(log, 0)))
            await wire.shows("resumed", *range(1, 6), "caught up")
            await wire.cut()
            tail.hold = True
            await log.erase(ACCOUNT, C1, limit=100)
            await append(database, ACCOUNT, [ShopperErased()])
            again = Wire(hub)
            again.subscribe("1", counted(C1, after=await at(log, 0)))
            await again.shows("resumed", "caught up")
            await again.cut()

    async def test_a_resume_ends_if_the_events_cannot_be_read(
        self, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(subscription, "_REACH_SECONDS", 0.05)
        gated = GatedLog(log)
        async with running(gated, tail, PATIENT) as hub:  # type: ignore[arg-type]
            [wire] = await subscribed(hub, 1, C2)
            tail.hold = True
            await say(database, "C1")
            late = Wire(hub)
            task = late.subscribe("1", counted(C1, after=await at(log, 0)))
            await asyncio.wait([task], timeout=60)
            assert isinstance(task.exception(), Unavailable)  # the connection ends, and the client resumes
            assert late.frames == []
            gated.gate.set()
            await cut([wire])
