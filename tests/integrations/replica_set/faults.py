"""What happens to a replica set. Each fault is done to the primary, and undone when the block ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from pymongo import AsyncMongoClient

from tests.e2e.processes import Json
from tests.integrations.replica_set.members import ReplicaSet

_OF_NOBODY = {"account": "filler", "conversation_id": "filler", "filler": "half a kilobyte of text " * 20}
_AT_ONCE = 5_000  # documents that are inserted together

Fault = Callable[[ReplicaSet], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def killed(mongo: ReplicaSet) -> AsyncIterator[None]:
    """The primary is killed, and starts again."""
    primary = await mongo.primary()
    await primary.kill()
    yield
    await primary.start()


@asynccontextmanager
async def paused(mongo: ReplicaSet) -> AsyncIterator[None]:
    """The primary stops, with all its connections open, and goes on later as if nothing had been."""
    primary = await mongo.primary()
    primary.send(signal.SIGSTOP)
    yield
    primary.send(signal.SIGCONT)


@asynccontextmanager
async def cut_off(mongo: ReplicaSet) -> AsyncIterator[None]:
    """Nothing reaches the primary, and nothing comes from it."""
    mongo.isolate(await mongo.primary(), clients=True)
    yield
    mongo.links.mend()


@asynccontextmanager
async def cut_off_from_the_others(mongo: ReplicaSet) -> AsyncIterator[None]:
    """The primary is alone, and clients still reach it: for some seconds there are two."""
    mongo.isolate(await mongo.primary(), clients=False)
    yield
    mongo.links.mend()


@asynccontextmanager
async def stepped_down(mongo: ReplicaSet) -> AsyncIterator[None]:
    """The primary is told to let another be the primary, as for its maintenance."""
    await mongo.step_down(await mongo.primary())
    yield


@asynccontextmanager
async def without_a_majority(mongo: ReplicaSet) -> AsyncIterator[None]:
    """Two members are killed, and start again at once: until then there can be no primary."""
    victims = [await mongo.primary()]
    victims += [each for each in mongo.members if each is not victims[0]][:1]
    for member in victims:
        await member.kill()
    for member in victims:
        await member.start()
    yield


@asynccontextmanager
async def indexed(mongo: ReplicaSet) -> AsyncIterator[None]:
    """An index is built over a big collection, to which Baton writes as well."""
    async with AsyncMongoClient[Json](mongo.uri) as client:
        messages = client["baton"]["messages"]
        building = asyncio.create_task(messages.create_index([("filler", 1), ("account", 1)], name="filler"))
        yield
        await building
        await messages.drop_index("filler")


async def fill(mongo: ReplicaSet, count: int) -> None:
    """Put so many documents into the collection, which are of no account."""
    async with AsyncMongoClient[Json](mongo.uri) as client:
        for start in range(0, count, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, count))
            await client["baton"]["messages"].insert_many([_OF_NOBODY | {"sequence": number} for number in numbers])


async def empty(mongo: ReplicaSet) -> None:
    """Delete what `fill` has put there: to Baton, these documents are damaged records."""
    async with AsyncMongoClient[Json](mongo.uri) as client:
        await client["baton"]["messages"].delete_many({"account": _OF_NOBODY["account"]})
