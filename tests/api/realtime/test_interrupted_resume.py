from __future__ import annotations

import pytest

from api.realtime.cursor import Position, operation_key
from api.realtime.hub import Hub
from integrations.mongo.client import MongoDatabase
from integrations.mongo.event_log.log import MongoEventLog
from tests.api.realtime.streaming import ACCOUNT, C1, C2, CURSORS, OTHER, Wire, at, follow, say


async def test_a_connection_that_breaks_while_its_operations_are_asked_for_again_forgets_none(
    hub: Hub, database: MongoDatabase, log: MongoEventLog
) -> None:
    await say(database, *["C1", "C2"] * 3)
    after = await at(log, 0)
    wire = Wire(hub)
    wire.subscribe("1", follow(C1, after=after))
    wire.subscribe("2", follow(C2, after=after))
    await wire.shows("resumed", 1, 3, 5, "caught up")
    await wire.shows("resumed", 2, 4, 6, "caught up", operation_id="2")
    await wire.cut()
    await say(database, "C1")
    for missed in ([7], []):  # however often it disconnects before the second subscription
        wire = Wire(hub, resume=wire.frames[-1].cursor)
        wire.subscribe("1", follow(C1, after=after))
        await wire.shows("resumed", *missed, "caught up")
        await wire.cut()
    await say(database, "C1", "C2")
    again = Wire(hub, resume=wire.frames[-1].cursor)
    again.subscribe("1", follow(C1, after=after))
    again.subscribe("2", follow(C2, after=after))
    await again.shows("resumed", 8, "caught up")
    await again.shows("resumed", 9, "caught up", operation_id="2")
    await again.cut()


async def test_an_operation_that_was_given_up_is_forgotten(
    hub: Hub, database: MongoDatabase, log: MongoEventLog
) -> None:
    await say(database, "C1", "C2")
    after = await at(log, 0)
    first = Wire(hub)
    first.subscribe("1", follow(C1, after=after))
    first.subscribe("2", follow(C2, after=after))
    await first.shows("resumed", 1, "caught up")
    await first.shows("resumed", 2, "caught up", operation_id="2")
    await first.cut()
    second = Wire(hub, resume=first.frames[-1].cursor)
    second.subscribe("1", follow(C1, after=after))
    second.subscribe("2", follow(C2, after=after))
    await second.shows("resumed", "caught up")
    await second.shows("resumed", "caught up", operation_id="2")
    await second.complete("2")
    third = Wire(hub, resume=second.cursor)
    third.subscribe("2", follow(C2, after=after))
    await third.shows("resumed", 2, "caught up", operation_id="2")
    await second.cut()
    await third.cut()


@pytest.mark.parametrize("which", ["too old", "too old, by the connection's", "of the future", "of another account"])
async def test_a_connection_that_breaks_within_a_reset_of_one_operation_keeps_the_place_of_the_others(
    hub: Hub, database: MongoDatabase, log: MongoEventLog, which: str
) -> None:
    await say(database, "C1", *["C2"] * 21)
    one = await at(log, 0)
    epoch = (await log.head(ACCOUNT)).epoch
    two = {
        "of the future": await at(log, 1_000),
        "of another account": CURSORS.encode(OTHER, Position(epoch=epoch, seq=1)),
    }.get(which, one)
    reason = "TOO_FAR_BEHIND" if two == one else "UNKNOWN_CURSOR"
    wire = Wire(hub, resume=one if which.endswith("connection's") else None)
    wire.subscribe("1", follow(C1, after=one))
    await wire.shows("resumed", 1, "caught up")
    wire.subscribe("2", follow(C2, after=two))
    await wire.shows("ready", reason, operation_id="2")
    await wire.cut()
    ready = next(frame for frame in wire.frames if (frame.operation_id, frame.summary) == ("2", "ready"))

    again = Wire(hub, resume=ready.cursor)
    again.subscribe("1", follow(C1, after=one))
    again.subscribe("2", follow(C2, after=two))
    await again.shows("resumed", "caught up")
    await again.shows("ready", reason, operation_id="2")
    await again.cut()


async def test_the_cursor_of_a_connection_as_after_leaves_out_nothing_of_an_operation_that_is_not_sent_again_yet(
    hub: Hub, database: MongoDatabase, log: MongoEventLog
) -> None:
    await say(database, "C2", "C1")
    resume = CURSORS.encode(
        ACCOUNT,
        Position(
            epoch=(await log.head(ACCOUNT)).epoch,
            seq=0,
            positions={operation_key("1", None, [C1]): 1, operation_key("2", None, [C2]): 0},
        ),
    )
    first = Wire(hub, resume=resume)
    first.subscribe("1", follow(C1))
    await first.shows("resumed", 2, "caught up")
    await first.cut()
    last = Wire(hub)
    last.subscribe("2", follow(C2, after=first.frames[-1].cursor))
    await last.shows("resumed", 1, "caught up", operation_id="2")
    await last.cut()
