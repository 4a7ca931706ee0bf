from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from api.realtime.cursor import CursorCodec, Position
from api.realtime.hub import Hub, HubSettings
from domain.errors import Invalid, Unavailable
from domain.events import ConversationsImported, CredentialRevoked, Head, LoggedEvent
from domain.ids import AccountId, CredentialId
from integrations.mongo.client import MongoDatabase, connect, connect_for_stream
from integrations.mongo.log import HEADS, MongoEventLog
from integrations.mongo.tail import MongoEventTail
from tests.api.realtime.streaming import (
    ACCOUNT,
    CURSORS,
    OTHER,
    EchoOperation,
    UnreliableTail,
    Wire,
    eventually,
    principal,
    running,
)
from tests.appending import append, create_log_indexes, message_added

SETTINGS = HubSettings(compare_every=0.05, keep_recent=8, most_missed=20, healthy_lag=5.0)
C1, C2 = "conversation:C1", "conversation:C2"
IMPORTED = ConversationsImported(source="abcd", count=1)


@pytest.fixture
async def database(mongo_uri: str, database_name: str, mongo_client: object) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name)
    await create_log_indexes(database)
    yield database
    await database.close()


@pytest.fixture
async def stream_database(mongo_uri: str, database_name: str) -> AsyncIterator[MongoDatabase]:
    database = connect_for_stream(mongo_uri, database=database_name)
    yield database
    await database.close()


@pytest.fixture
def log(database: MongoDatabase) -> MongoEventLog:
    return MongoEventLog(database=database)


@pytest.fixture
def tail(stream_database: MongoDatabase) -> UnreliableTail:
    return UnreliableTail(MongoEventTail(database=stream_database))


@pytest.fixture
async def hub(log: MongoEventLog, tail: UnreliableTail) -> AsyncIterator[Hub]:
    async with running(log, tail, SETTINGS) as hub:
        yield hub


async def say(database: MongoDatabase, *conversations: str, account_id: AccountId = ACCOUNT) -> list[int]:
    return await append(database, account_id, [message_added(key) for key in conversations])


async def at(log: MongoEventLog, seq: int) -> str:
    """A plain cursor, as a query answers it."""
    return CURSORS.encode(ACCOUNT, Position(epoch=(await log.head(ACCOUNT)).epoch, seq=seq))


def follow(*topics: str, after: str | None = None) -> EchoOperation:
    return EchoOperation(ACCOUNT, topics, after)


async def trim_all(log: MongoEventLog) -> None:
    await log.trim(ACCOUNT, datetime.now(UTC) + timedelta(minutes=1))


class TestLive:
    async def test_it_starts_from_now(self, hub: Hub, database: MongoDatabase) -> None:
        await say(database, "C1", "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await say(database, "C1")
        await say(database, "C2", "C1")
        await wire.shows("ready", "caught up", 3, 5)
        await wire.cut()

    async def test_several_operations_and_accounts_each_see_their_own(self, hub: Hub, database: MongoDatabase) -> None:
        wire, other = Wire(hub), Wire(hub)
        wire.subscribe("1", follow(C1))
        wire.subscribe("2", follow(C1, C2))
        other.subscribe("1", EchoOperation(OTHER, [C1]))
        await wire.shows("ready", "caught up")
        await wire.shows("ready", "caught up", operation_id="2")
        await other.shows("ready", "caught up")
        await say(database, "C1", "C2", "C2", "C1")
        await say(database, "C1", account_id=OTHER)
        await wire.shows("ready", "caught up", 1, 4)
        await wire.shows("ready", "caught up", 1, 2, 3, 4, operation_id="2")
        await other.shows("ready", "caught up", 1)
        await wire.cut()
        await other.cut()

    async def test_an_item_that_is_not_for_the_feed_moves_the_cursor(self, hub: Hub, database: MongoDatabase) -> None:
        operation = follow(C1)
        operation.feed = type(operation.feed)(topics=operation.feed.topics, after=None, item=lambda event, cursor: None)
        wire = Wire(hub)
        wire.subscribe("1", operation)
        await wire.shows("ready", "caught up")
        before = wire.cursor
        await say(database, "C1")
        await eventually(lambda: wire.cursor != before)
        assert wire.summaries() == ["ready", "caught up"]
        await wire.cut()

    async def test_what_the_operation_raises_ends_the_stream(self, hub: Hub, database: MongoDatabase) -> None:
        class Broken(EchoOperation):
            async def payload(self, item: object, extensions: dict[str, object]) -> str:
                raise ZeroDivisionError

        wire = Wire(hub)
        task = wire.subscribe("1", Broken(ACCOUNT, [C1]))
        await asyncio.wait([task], timeout=10)
        assert isinstance(task.exception(), ZeroDivisionError)
        assert wire.cursor is None

    async def test_a_hundred_subscribers_and_one_change_stream(
        self, hub: Hub, database: MongoDatabase, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
    ) -> None:
        wires = [Wire(hub) for _ in range(100)]
        for wire in wires:
            wire.subscribe("1", follow(C1))
        for wire in wires:
            await wire.shows("ready", "caught up")
        await say(database, "C1")
        for wire in wires:
            await wire.shows("ready", "caught up", 1)
        cursors = await mongo_client.admin.aggregate(
            [
                {"$currentOp": {"allUsers": True, "idleCursors": True}},
                {"$match": {"cursor.originatingCommand.pipeline.$changeStream": {"$exists": True}}},
                {"$match": {"ns": {"$regex": f"^{database_name}\\."}}},
            ]
        )
        assert len(await cursors.to_list()) == 1
        for wire in wires:
            await wire.cut()


class TestReplay:
    async def test_it_goes_on_behind_the_cursor(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
        await say(database, "C1", "C2", "C1", "C1")
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 1)))
        await wire.shows("resumed", 3, 4, "caught up")
        await say(database, "C1")
        await wire.shows("resumed", 3, 4, "caught up", 5)
        await wire.cut()

    async def test_nothing_missed_is_said_as_well(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
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
        watching.subscribe("1", follow(C2))  # the channel stands before the events that follow
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
        for _ in range(30):  # many times what the channel keeps
            await say(database, "C1", "C2", "C1")
        seen: list[object] = []
        while len(seen) < 62:
            await wire.until(lambda: wire.unread)
            seen += [frame.summary for frame in wire.read()]
        assert seen == ["ready", "caught up", *(seq for seq in range(1, 91) if seq % 3 != 2)]
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

    async def test_each_operation_has_its_own_position(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, "C1", "C2", "C1", "C2")
        wire = Wire(hub, room=3)
        wire.subscribe("slow", follow(C1, after=await at(log, 0)))
        await wire.until(lambda: len(wire.frames) == 3)  # ready, 1, 3: no room for more
        wire.subscribe("new", follow(C2, after=await at(log, 0)))
        wire.read(2)
        await wire.until(lambda: len(wire.frames) == 5)
        cursors = [frame.cursor for frame in wire.frames]
        await wire.cut()
        for read, cursor in enumerate(cursors):
            seen = wire.frames[: read + 1]
            again = Wire(hub, resume=cursor)
            again.subscribe("slow", follow(C1, after=await at(log, 0)))
            again.subscribe("new", follow(C2, after=await at(log, 0)))
            for key, matching in (("slow", [1, 3]), ("new", [2, 4])):
                got = [frame.summary for frame in seen if frame.operation_id == key]
                await again.shows(
                    "resumed", *[seq for seq in matching if seq not in got], "caught up", operation_id=key
                )
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
        again.subscribe("1", follow(C2, after=await at(log, 0)))  # the id of another question
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
        assert wire.cursor is None
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await say(database, "C1")
        await wire.shows("ready", "caught up", 1)
        assert wire.cursor == wire.frames[-1].cursor
        assert wire.positions == {"1": 1}
        await wire.cut()
        assert wire.cursor is None


class TestReset:
    async def test_expired(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
        await say(database, *["C1"] * 3)
        after = await at(log, 1)
        await trim_all(log)
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=after))
        await wire.shows("ready", "EXPIRED")
        assert CURSORS.decode(wire.frames[1].data["cursor"], ACCOUNT).seq == 3
        await say(database, "C1")
        await wire.shows("ready", "EXPIRED", 4)
        await wire.cut()

    async def test_too_far_behind(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
        await say(database, *["C1"] * 21, *["C2"] * 50)
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=await at(log, 0)))
        wire.subscribe("2", follow(C1, after=await at(log, 1)))
        await wire.shows("ready", "TOO_FAR_BEHIND")
        await wire.shows("resumed", *range(2, 22), "caught up", operation_id="2")
        await say(database, "C1")
        await wire.shows("ready", "TOO_FAR_BEHIND", 72)
        await wire.cut()

    @pytest.mark.parametrize("place", ["after", "resume"])
    @pytest.mark.parametrize("which", ["of another account", "of another server", "of another epoch", "of the future"])
    async def test_unknown(self, hub: Hub, database: MongoDatabase, log: MongoEventLog, place: str, which: str) -> None:
        await say(database, "C1")
        epoch = (await log.head(ACCOUNT)).epoch
        cursor = {
            "of another account": CURSORS.encode(OTHER, Position(epoch=epoch, seq=1)),
            "of another server": CursorCodec(b"another").encode(ACCOUNT, Position(epoch=epoch, seq=1)),
            "of another epoch": CURSORS.encode(ACCOUNT, Position(epoch="other", seq=1)),
            "of the future": CURSORS.encode(ACCOUNT, Position(epoch=epoch, seq=2)),
        }[which]
        wire = Wire(hub, resume=cursor if place == "resume" else None)
        wire.subscribe("1", follow(C1, after=cursor if place == "after" else None))
        await wire.shows("ready", "UNKNOWN_CURSOR")
        await say(database, "C1")
        await wire.shows("ready", "UNKNOWN_CURSOR", 2)
        await wire.cut()

    @pytest.mark.parametrize("place", ["after", "resume"])
    async def test_what_is_no_cursor_is_refused(self, hub: Hub, place: str) -> None:
        wire = Wire(hub, resume="garbage" if place == "resume" else None)
        task = wire.subscribe("1", follow(C1, after="garbage" if place == "after" else None))
        await asyncio.wait([task], timeout=10)
        error = task.exception()
        assert isinstance(error, Invalid)
        assert error.path == (place,)
        assert wire.frames == []

    async def test_a_reset_that_did_not_arrive_is_said_again(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, "C1")
        after = await at(log, 0)
        await trim_all(log)
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=after))
        await wire.shows("ready", "EXPIRED")
        await wire.cut()
        before, behind = (frame.cursor for frame in wire.frames)
        again = Wire(hub, resume=before)
        again.subscribe("1", follow(C1, after=after))
        await again.shows("ready", "EXPIRED")
        await again.cut()
        last = Wire(hub, resume=behind)
        last.subscribe("1", follow(C1, after=after))
        await last.shows("resumed", "caught up")
        await last.cut()

    async def test_a_log_that_is_replaced_under_an_open_stream(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        await say(database, "C1")
        after = await at(log, 0)
        wire = Wire(hub)
        wire.subscribe("1", follow(C1, after=after))
        await wire.shows("resumed", 1, "caught up")
        await database.collection(HEADS).update_one({"_id": ACCOUNT}, {"$set": {"epoch": "restored"}})
        await wire.shows("resumed", 1, "caught up", "UNKNOWN_CURSOR")
        await say(database, "C1")
        await wire.shows("resumed", 1, "caught up", "UNKNOWN_CURSOR", 2)
        await wire.cut()
        for frame, shown in ((-3, ["ready", "UNKNOWN_CURSOR"]), (-2, ["resumed", 2, "caught up"])):
            again = Wire(hub, resume=wire.frames[frame].cursor)
            again.subscribe("1", follow(C1, after=after))
            await again.shows(*shown)
            await again.cut()

    async def test_a_reader_so_slow_that_the_log_forgets(
        self, hub: Hub, database: MongoDatabase, log: MongoEventLog
    ) -> None:
        wire = Wire(hub, room=1)
        wire.subscribe("1", follow(C1))
        await wire.until(lambda: len(wire.frames) == 1)
        await say(database, *["C1"] * 20)
        other = Wire(hub)
        other.subscribe("1", follow(C1, after=await at(log, 0)))
        await other.until(lambda: 20 in other.summaries())
        await trim_all(log)
        seen: list[object] = []
        while "EXPIRED" not in seen:
            await wire.until(lambda: wire.unread)
            seen += [frame.summary for frame in wire.read()]
        assert seen == ["ready", "caught up", "EXPIRED"]
        await say(database, "C1")
        await wire.until(lambda: wire.summaries()[-1] == 21)
        await wire.cut()
        await other.cut()


class TestTail:
    async def test_lost_events_are_found_when_heads_are_compared(
        self, hub: Hub, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        tail.lose = 3
        await say(database, "C1", "C2", "C1")
        await wire.shows("ready", "caught up", 1, 3)
        await wire.cut()

    async def test_a_gap_is_filled_before_what_comes_behind_it(
        self, log: MongoEventLog, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        async with running(log, tail, HubSettings(compare_every=3600)) as hub:
            wire = Wire(hub)
            wire.subscribe("1", follow(C1))
            await wire.shows("ready", "caught up")
            tail.lose = 2
            await say(database, *["C1"] * 4)
            await wire.shows("ready", "caught up", 1, 2, 3, 4)
            await wire.cut()

    async def test_repeated_events_come_once(self, hub: Hub, database: MongoDatabase, tail: UnreliableTail) -> None:
        tail.repeat = True
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await say(database, *["C1"] * 3)
        await say(database, *["C1"] * 3)
        await wire.shows("ready", "caught up", 1, 2, 3, 4, 5, 6)
        await wire.cut()

    async def test_without_a_tail_it_is_only_slower(self, log: MongoEventLog, database: MongoDatabase) -> None:
        async with running(log, DeadTail(), SETTINGS) as hub:
            wire = Wire(hub)
            wire.subscribe("1", follow(C1))
            await wire.shows("ready", "caught up")
            await say(database, "C1", "C1")
            await wire.shows("ready", "caught up", 1, 2)
            assert not hub.healthy()
            await wire.cut()

    async def test_health(self, hub: Hub) -> None:
        wire = Wire(hub)
        wire.subscribe("1", follow(C1))
        await wire.shows("ready", "caught up")
        await eventually(hub.healthy)
        await wire.cut()


class TestOutage:
    async def test_streams_outlive_a_database_that_is_away(
        self, log: MongoEventLog, database: MongoDatabase, tail: UnreliableTail
    ) -> None:
        away = LogWithOutages(log)
        async with running(away, tail, SETTINGS) as hub:
            wire = Wire(hub)
            wire.subscribe("1", follow(C1))
            await wire.shows("ready", "caught up")
            away.away = True
            tail.lose = 3
            await say(database, "C1", "C2", "C1")
            late = Wire(hub)
            late.subscribe("1", follow(C1, after=await at(log, 0)))
            await away.asked.wait()
            assert wire.summaries() == ["ready", "caught up"]
            away.away = False
            await wire.shows("ready", "caught up", 1, 3)
            await late.shows("resumed", 1, 3, "caught up")
            await wire.cut()
            await late.cut()


class TestWatch:
    async def test_a_revoked_credential_is_told(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
        told = asyncio.Event()
        witness = Wire(hub)
        with hub.watch(principal(ACCOUNT), told.set):
            witness.subscribe("1", follow(C1))
            await witness.shows("ready", "caught up")
            await append(database, ACCOUNT, [CredentialRevoked(credential_id=CredentialId("K2")), message_added("C1")])
            await witness.shows("ready", "caught up", 2)
            assert not told.is_set()
            await witness.cut()
            await append(database, ACCOUNT, [CredentialRevoked(credential_id=CredentialId("K1"))])
            async with asyncio.timeout(10):
                await told.wait()

    async def test_a_log_that_is_replaced_may_have_hidden_it(self, hub: Hub, database: MongoDatabase) -> None:
        told = asyncio.Event()
        witness = Wire(hub)
        with hub.watch(principal(ACCOUNT), told.set):
            witness.subscribe("1", follow(C1))
            await witness.shows("ready", "caught up")
            await database.collection(HEADS).update_one({"_id": ACCOUNT}, {"$set": {"epoch": "restored"}})
            async with asyncio.timeout(10):
                await told.wait()
        await witness.cut()


class DeadTail:
    def lag(self) -> float:
        return float("inf")

    async def follow(self, deliver: object, signalled: object, started: object) -> None:
        await asyncio.Event().wait()


class LogWithOutages:
    """A log whose database can be away."""

    def __init__(self, log: MongoEventLog) -> None:
        self._log = log
        self.away = False
        self.asked = asyncio.Event()  # while it was away

    def _answers(self) -> None:
        if self.away:
            self.asked.set()
            raise Unavailable("away")

    async def head(self, account_id: AccountId) -> Head:
        self._answers()
        return await self._log.head(account_id)

    async def heads(self, account_ids: Iterable[AccountId]) -> dict[AccountId, Head]:
        self._answers()
        return await self._log.heads(account_ids)

    async def read(
        self, account_id: AccountId, *, after: int, upto: int, topics: frozenset[str] | None, limit: int
    ) -> list[LoggedEvent]:
        self._answers()
        return await self._log.read(account_id, after=after, upto=upto, topics=topics, limit=limit)
