from __future__ import annotations

import asyncio

import pytest

from api.realtime.cursor import CursorCodec, Position
from api.realtime.hub import Hub
from domain.values.errors import Invalid
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import HEADS, MongoEventLog
from tests.api.realtime.streaming import (
    ACCOUNT,
    C1,
    CURSORS,
    OTHER,
    Wire,
    at,
    follow,
    say,
    trim_all,
)


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
    async def test_an_invalid_cursor_is_refused(self, hub: Hub, place: str) -> None:
        wire = Wire(hub, resume="garbage" if place == "resume" else None)
        task = wire.subscribe("1", follow(C1, after="garbage" if place == "after" else None))
        await asyncio.wait([task], timeout=60)
        error = task.exception()
        assert isinstance(error, Invalid)
        assert error.field == (place,)
        assert wire.frames == []

    async def test_a_lost_reset_is_sent_again(self, hub: Hub, database: MongoDatabase, log: MongoEventLog) -> None:
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
