from __future__ import annotations

from api.realtime.hub import Hub
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import MongoEventLog
from tests.api.realtime.streaming import (
    ACCOUNT,
    C1,
    C2,
    CURSORS,
    UnreliableTail,
    Wire,
    at,
    drain,
    follow,
    say,
    trim_all,
)


class TestReplay:
    async def test_it_goes_on_behind_the_cursor(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
        await say(database, "C1", "C2", "C1", "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 1)))
        await wire.shows("resumed", 3, 4, "caught up")
        await say(database, "C1")
        await wire.shows("resumed", 3, 4, "caught up", 5)
        await wire.cut()

    async def test_a_replay_without_events_is_reported_as_well(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 1)))
        await wire.shows("resumed", "caught up")
        await wire.cut()

    async def test_each_item_s_cursor_is_where_it_goes_on(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, *["C1"] * 6)
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 0)))
        await wire.shows("resumed", 1, 2, 3, 4, 5, 6, "caught up")
        for frame in wire.frames:
            for cursor in (frame.data["cursor"], frame.cursor):
                again = Wire(hub)
                again.subscribe("1", follow(C1, after=cursor))
                seq = CURSORS.decode(cursor, ACCOUNT).seq
                await again.shows("resumed", *range(seq + 1, 7), "caught up")
                await again.cut()
        await wire.cut()

    async def test_a_cursor_ahead_of_this_process_waits_for_it(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog, tail: UnreliableTail
    ) -> None:
        watching = Wire(hub)
        watching.subscribe("1", follow(C2))  # the feed is positioned before the following events
        await watching.shows("ready", "caught up")
        tail.hold = True
        await say(database, "C1", "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 2)))
        await wire.shows("resumed", "caught up")
        await say(database, "C1")
        await wire.shows("resumed", "caught up", 3)
        await watching.cut()
        await wire.cut()

    async def test_a_slow_reader_far_behind_gets_everything(self, hub: Hub, database: MongoDatabase) -> None:
        wire = Wire(hub, room=1)
        wire.subscribe("1", follow(C1))
        await wire.until(lambda: len(wire.frames) == 1)
        for _ in range(30):  # many times the feed's buffer
            await say(database, "C1", "C2", "C1")
        seen: list[object] = []
        while len(seen) < 62:
            await wire.until(lambda: wire.unread)
            seen += [frame.summary for frame in wire.read()]
        assert seen == ["ready", "caught up", *(seq for seq in range(1, 91) if seq % 3 != 2)]
        await wire.cut()

    async def test_more_than_a_page_of_the_log(self, hub: Hub, database: MongoDatabase, tail: UnreliableTail) -> None:
        """For a feed that lost all events, and for a reader behind the feed's buffer."""
        wire = Wire(hub, room=1)
        wire.subscribe("1", follow(C1))
        await wire.until(lambda: wire.unread)
        tail.lose = 1_200
        await say(database, *["C1", "C2"] * 600)
        while len(wire.frames) < 602:
            wire.read()
            await wire.until(lambda: wire.unread)
        assert wire.summaries() == ["ready", "caught up", *range(1, 1201, 2)]
        await wire.cut()

    async def test_old_cursors_do_not_age_while_other_topics_are_busy(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        busy = Wire(hub)
        busy.subscribe("1", follow(C2))
        await busy.shows("ready", "caught up")
        for _ in range(5):
            await say(database, *["C2"] * 10)
        await busy.until(lambda: busy.summaries()[-1] == 50)
        cursor = wire.cursor
        await wire.cut()
        await busy.cut()
        await trim_all(log)
        again = Wire(hub, resume=cursor)
        again.subscribe("1", follow(C1))
        await again.shows("resumed", "caught up")
        await again.cut()


class TestResume:
    async def test_a_client_that_sends_the_same_again_goes_on_where_it_was(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, *["C1"] * 3)
        after = await at(log, 1)
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=after))
        await wire.shows("resumed", 2, 3, "caught up")
        await say(database, "C1")
        await wire.shows("resumed", 2, 3, "caught up", 4)
        await wire.cut()
        await say(database, "C1")
        again = Wire(hub, resume=wire.frames[-1].cursor)
        again.subscribe("1", follow(C1, after=after))
        await again.shows("resumed", 5, "caught up")
        await again.cut()

    async def test_each_operation_has_its_own_position_in_every_frame(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        after = await at(log, 0)
        operations = {"1": [C1], "2": [C1, C2], "3": [C1]}
        matching = {"1": [1, 3], "2": [1, 2, 3], "3": [1, 3]}
        wire = Wire(hub, room=1)
        for operation_id, topics in operations.items():
            wire.subscribe(operation_id, follow(*topics, after=after))
        await drain(wire, 6)
        await say(database, "C1", "C2", "C1")  # all are dispatched before the first is read, so each has pending events
        frames = await drain(wire, 7)
        await wire.cut()
        for count, frame in enumerate(frames, start=1):
            again = Wire(hub, resume=frame.cursor)
            for operation_id, topics in operations.items():
                again.subscribe(operation_id, follow(*topics, after=after))
                seen = [earlier.summary for earlier in frames[:count] if earlier.operation_id == operation_id]
                missed = [seq for seq in matching[operation_id] if seq not in seen]
                await again.shows("resumed", *missed, "caught up", operation_id=operation_id)
            await again.cut()

    async def test_an_operation_that_is_new_on_the_connection_starts_from_its_own_cursor(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, "C1", "C2", "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 0)))
        await wire.shows("resumed", 1, 3, "caught up")
        await wire.cut()
        again = Wire(hub, resume=wire.frames[-1].cursor)
        again.subscribe("1", follow(C2, after=await at(log, 0)))  # the id of another operation
        again.subscribe("2", follow(C2))
        await again.shows("resumed", 2, "caught up")
        await again.shows("ready", "caught up", operation_id="2")
        await again.cut()

    async def test_a_plain_cursor_covers_every_operation(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, *["C1", "C2"] * 3)
        wire = Wire(hub, resume=await at(log, 2))
        wire.subscribe("1", follow(C1))
        wire.subscribe("2", follow(C2, after=await at(log, 4)))
        await wire.shows("resumed", 3, 5, "caught up")
        await wire.shows("resumed", 6, "caught up", operation_id="2")
        await wire.cut()

    async def test_a_ping_says_where_the_connection_stands(self, hub: Hub, database: MongoDatabase) -> None:
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1)
        assert wire.cursor == wire.frames[-1].cursor
        assert wire.positions == {"1": 1}
        await wire.cut()
        assert wire.cursor is None
