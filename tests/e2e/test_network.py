"""Unreliable networks, and clients that stop reading."""

from __future__ import annotations

import asyncio
import os
import random
import time

import pytest

from tests.e2e.clients import Caller, Talk, calling
from tests.e2e.followers import Follower, Stream, following
from tests.e2e.network import relayed
from tests.e2e.processes import Json, Machine
from tests.harness.stopwatch import Stopwatch

DROPS = 60 if "BATON_LONG" in os.environ else 5
# Seconds after which stuck readers read again, one after another. The server closes a connection that has not taken a
# byte for 15 to 22.5 s, and aborts it 5 s later. Only readers that read in between get the close code.
_AGAIN = range(18, 43)
_LARGE = "x" * 31_000


@pytest.mark.timeout(60 + 8 * DROPS)
async def test_all_messages_arrive_though_the_network_drops_for_two_seconds_again_and_again(
    machine: Machine, shared_mongo: dict[str, str]
) -> None:
    """AnyCable's benchmark: clients receive all messages, in order, once."""
    server = await machine.serve(**shared_mongo)
    async with calling(server.url) as caller, relayed(server.port) as network:
        talk = await caller.start(server.keys["publishableKey"])
        followers = [
            Follower([network.url], key, [Stream.of(talk.id, talk.cursor)], stock=stock)
            for key in (talk.token, server.keys["ownerKey"])
            for stock in (False, True)
        ]
        over = asyncio.Event()
        async with following(*followers):
            speaking = asyncio.create_task(_speak(caller, talk, over))
            for _ in range(DROPS):
                await asyncio.gather(*(follower.connected.wait() for follower in followers))
                await asyncio.sleep(random.uniform(0.5, 1.5))  # AnyCable's rhythm: the network works for a moment
                await network.drop(2)
            over.set()
            sent = await speaking
            for follower in followers:
                await follower.streams[0].has(len(sent))

    assert network.drops == DROPS
    for follower in followers:
        assert follower.streams[0].messages == sent
        assert follower.streams[0].resumed == DROPS + 1
        assert set(follower.closed) == {1006}


async def _speak(caller: Caller, talk: Talk, over: asyncio.Event) -> list[Json]:
    sent: list[Json] = []
    while not over.is_set():
        sent.append(await caller.say(talk, f"Message {len(sent) + 1}"))
        await asyncio.sleep(0.03)
    return sent


@pytest.mark.timeout(180)
async def test_a_client_that_stops_reading_is_closed_with_1013(machine: Machine, shared_mongo: dict[str, str]) -> None:
    server = await machine.serve(**shared_mongo)
    agent = server.keys["agentKey"]
    async with calling(server.url) as caller:
        talk = await caller.start(server.keys["publishableKey"])
        reader, *stuck = (
            Follower([server.url], agent, [Stream.of(talk.id, talk.cursor)], stock=False, narrow=narrow)
            for narrow in [False] + len(_AGAIN) * [True]  # more sockets than a visitor may have
        )
        await asyncio.gather(*(caller.reply(agent, talk, "small") for _ in range(50)))  # create lazy objects first
        async with following(reader, *stuck):
            for follower in [reader, *stuck]:
                await follower.streams[0].has(50)
            for follower in stuck:
                follower.pause()
            before, slowest, count, since = server.memory(), 0.0, 50, time.monotonic()
            while count < 350 and time.monotonic() - since < _AGAIN[0] - 3:
                with Stopwatch() as watch:
                    await caller.reply(agent, talk, f"{count} {_LARGE}")
                    count += 1
                    await reader.streams[0].has(count)
                slowest = max(slowest, watch.seconds)
            assert server.memory() - before < 96 << 20, "25 readers that wait for 10 MB each would be 250 MB"
            assert slowest < 5

            for second, follower in zip(_AGAIN, stuck, strict=True):
                await asyncio.sleep(max(0.0, since + second - time.monotonic()))
                follower.resume()
            for follower in stuck:
                await follower.streams[0].has(count)
        expected = (await caller.messages(agent, talk.id))[1:]

    assert not reader.closed
    for follower in [reader, *stuck]:
        assert follower.streams[0].messages == expected
    closes = [dict(follower.closed) for follower in stuck]
    assert {1013: 1} in closes
    assert closes[-1] in ({1013: 1}, {1006: 1}), "the bound is over"
    assert all(close in ({}, {1013: 1}, {1006: 1}) for close in closes)
