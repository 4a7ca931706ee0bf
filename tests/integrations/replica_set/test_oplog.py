"""A server sleeps while the oplog, from which its change stream is read, rolls over. Its subscribers miss nothing,
since the events are in a collection of their own; where that was trimmed too, they are told by `StreamReset`."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.mongo.client import connect
from integrations.mongo.event_log.log import MongoEventLog
from resolvers.relay.global_ids import key_of
from tests.e2e.clients import Caller, Talk, calling
from tests.e2e.conftest import machine
from tests.e2e.followers import Follower, Stream, following
from tests.e2e.processes import Json, Machine, Server, until
from tests.integrations.replica_set.members import Member, ReplicaSet

__all__ = ["machine"]

_MEGABYTE = 1 << 20
_SMALL = (
    "--oplogSize",
    "16",
    "--syncdelay",
    "1",
)  # MB; and seconds between checkpoints, before which nothing is cut off


class ResetStream(Stream):
    """A stream that may be reset, and is read again from there."""

    def take(self, payload: Json) -> str:
        (item,) = payload["data"].values()
        if item["__typename"] != "StreamReset":
            return super().take(payload)
        self.items.append(item)
        cursor: str = item["cursor"]
        return cursor

    @property
    def resets(self) -> int:
        return sum(item["__typename"] == "StreamReset" for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A server that sleeps, with a subscriber, and another to which a shopper writes."""

    member: Member
    mongo: ReplicaSet
    sleeper: Server
    caller: Caller
    talk: Talk

    @property
    def account(self) -> str:
        return self.sleeper.keys["accountId"]


@pytest.fixture
async def place(machine: Machine, tmp_path: Path) -> AsyncIterator[Place]:
    async with ReplicaSet(tmp_path, members=1, options=_SMALL) as mongo:
        settings = {"BATON_MONGODB_URI": mongo.uri, "BATON_SECRET": "the same for all, and 32 characters long"}
        sleeper = await machine.serve("sleeper", **settings)
        other = await machine.serve("other", **settings)
        async with calling(other.url) as caller:
            talk = await caller.start(sleeper.keys["publishableKey"])
            yield Place(member=mongo.members[0], mongo=mongo, sleeper=sleeper, caller=caller, talk=talk)
        for server in (sleeper, other):
            await server.kill()


async def test_an_oplog_that_rolls_over_costs_no_event(place: Place) -> None:
    stream = Stream.of(place.talk.id, place.talk.cursor)
    async with following(Follower([place.sleeper.url], place.talk.token, [stream], stock=True)):
        said = [await place.caller.say(place.talk, "before")]
        await stream.has(1)
        place.sleeper.send(signal.SIGSTOP)
        said += [await place.caller.say(place.talk, f"asleep {number}") for number in range(20)]
        await roll_over(place.member)
        said += [await place.caller.say(place.talk, "about to wake")]
        place.sleeper.send(signal.SIGCONT)
        said += [await place.caller.say(place.talk, "awake")]
        await stream.has(len(said))
    assert stream.messages == said


async def test_a_log_that_was_trimmed_as_well_resets_the_stream(place: Place) -> None:
    stream = ResetStream.of(place.talk.id, place.talk.cursor)
    assert isinstance(stream, ResetStream)
    async with following(Follower([place.sleeper.url], place.talk.token, [stream], stock=True)):
        await place.caller.say(place.talk, "before")
        await stream.has(1)
        place.sleeper.send(signal.SIGSTOP)
        for number in range(20):
            await place.caller.say(place.talk, f"asleep {number}")
        await roll_over(place.member)
        await trim(place)
        place.sleeper.send(signal.SIGCONT)
        await until(lambda: stream.resets)
        said = await place.caller.say(place.talk, "after")
        await until(lambda: stream.messages[-1:] == [said])
    read = [message["sequence"] for message in stream.messages]
    assert read == sorted(set(read))
    place_of_reset = next(n for n, item in enumerate(stream.items) if item["__typename"] == "StreamReset")
    before = [item["message"]["sequence"] for item in stream.items[:place_of_reset] if "message" in item]
    assert before == list(range(2, 2 + len(before))), "there is a gap that no reset tells of"


async def roll_over(member: Member) -> None:
    """Write until the oldest entry of the oplog is younger than now."""
    async with member.client() as client:
        oplog = client["local"]["oplog.rs"]
        last = await oplog.find_one(sort=[("$natural", -1)])
        first = await oplog.find_one(sort=[("$natural", 1)])
        assert last is not None
        for _ in range(500):
            if first is not None and first["ts"] > last["ts"]:
                return
            await client["filler"]["filler"].insert_one({"filler": os.urandom(_MEGABYTE)})
            first = await oplog.find_one(sort=[("$natural", 1)])
    raise AssertionError("the oplog keeps everything")


async def trim(place: Place) -> None:
    """Delete all events of the account, as a server does with those that are old."""
    database = connect(place.mongo.uri, database="baton")
    log = MongoEventLog(database=database)
    account = key_of(place.account, "Account", field="account")
    assert await log.trim(account, datetime.now(UTC) + timedelta(days=1)) > 20  # type: ignore[arg-type]
    await database.close()
