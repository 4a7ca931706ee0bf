"""SIGKILL at random points: clients have what the database has, in order, without loss or duplicates."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.e2e.clients import Caller, Talk, calling
from tests.e2e.followers import EVENTS, Follower, Stream, following
from tests.e2e.processes import Json, Machine, Mongo, Server, until

LONG = "BATON_LONG" in os.environ
ROUNDS = 200 if LONG else 12
TALKS = 3


@dataclass(slots=True)
class Script:
    """A shopper and an agent who talk, with the results of their commands."""

    talk: Talk
    said: list[str] = field(default_factory=list)
    answered: list[Json] = field(default_factory=list)

    async def play(self, caller: Caller, agent: str, over: asyncio.Event, rng: random.Random) -> None:
        async with asyncio.TaskGroup() as speakers:
            speakers.create_task(self._speak("shopper", lambda text: caller.say(self.talk, text), over, rng))
            speakers.create_task(self._speak("agent", lambda text: caller.reply(agent, self.talk, text), over, rng))

    async def _speak(
        self, who: str, utter: Callable[[str], Awaitable[Json]], over: asyncio.Event, rng: random.Random
    ) -> None:
        number = 0
        while not over.is_set():
            number += 1
            text = f"{who} {number}"
            self.said.append(text)
            self.answered.append(await utter(text))
            await asyncio.sleep(rng.uniform(0.01, 0.06))  # like people's pauses


@dataclass(slots=True, kw_only=True)
class Play:
    """All clients that are active during the crashes."""

    keys: dict[str, str]
    urls: Sequence[str]
    rng: random.Random
    caller: Caller
    scripts: list[Script] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)

    async def cast(self) -> None:
        """Shoppers follow their conversations, and the shop all on one socket, both with `resume` and with `after`."""
        talks = [await self.caller.start(self.keys["publishableKey"]) for _ in range(TALKS)]
        self.scripts = [Script(talk) for talk in talks]
        for stock in (False, True):
            for talk in talks:
                self._follow(talk.token, [Stream.of(talk.id, talk.cursor)], stock=stock)
            everything = [Stream.of(talk.id, talk.cursor) for talk in talks]
            business = Stream(document=EVENTS, variables={"after": talks[0].cursor})
            self._follow(self.keys["ownerKey"], [*everything, business], stock=stock)

    def _follow(self, key: str, streams: list[Stream], *, stock: bool) -> None:
        shift = len(self.followers) % len(self.urls)
        urls = [*self.urls[shift:], *self.urls[:shift]]
        self.followers.append(Follower(urls, key, streams, stock=stock))

    @property
    def streams(self) -> list[Stream]:
        return [stream for follower in self.followers for stream in follower.streams]

    @asynccontextmanager
    async def on(self) -> AsyncIterator[None]:
        over = asyncio.Event()
        async with following(*self.followers):
            async with asyncio.TaskGroup() as speaking:
                for script in self.scripts:
                    speaking.create_task(script.play(self.caller, self.keys["agentKey"], over, self.rng))
                yield
                over.set()
            await self.check()

    async def is_followed(self) -> None:
        """Wait until all clients have caught up."""
        await until(lambda: all(follower.is_live for follower in self.followers))

    async def check(self) -> None:
        for script in self.scripts:
            kept = await self.caller.messages(self.keys["ownerKey"], script.talk.id)
            later = kept[1:]  # the first was written before the subscription
            assert [message["sequence"] for message in kept] == list(range(1, len(kept) + 1))
            assert sorted(message["text"] for message in later) == sorted(script.said), "done, and done once"
            assert {m["id"]: m for m in later} == {m["id"]: m for m in script.answered}
            for who in ("shopper", "agent"):
                assert [m["text"] for m in later if who in m["text"]] == [t for t in script.said if who in t]
            for stream in self.streams:
                if stream.variables.get("id") == script.talk.id:
                    await stream.has(len(later))
                    assert stream.messages == later
        for stream in self.streams:
            if stream.document is EVENTS:
                started = [event["conversation"]["id"] for event in stream.events]
                assert started == [script.talk.id for script in self.scripts]


@pytest.fixture
def rng() -> random.Random:
    seed = int(os.environ.get("BATON_SEED") or random.randrange(1 << 32))
    sys.stdout.write(f"BATON_SEED={seed}\n")  # pytest shows it if the test fails
    return random.Random(seed)


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_a_server_and_its_mongod_die_again_and_again(machine: Machine, rng: random.Random) -> None:
    server = await machine.serve()
    mongo = Mongo(server.data)
    async with calling(server.url, rng=rng) as caller:
        play = Play(keys=server.keys, urls=[server.url], rng=rng, caller=caller)
        await play.cast()
        async with play.on():
            for number in range(ROUNDS):
                followed = number % 2 == 1  # the other deaths may come while clients still reconnect
                if followed:
                    await play.is_followed()
                await asyncio.sleep(rng.uniform(0.1, 1.0))  # the random point
                victims = ["server", "both"] if followed else ["server", "mongod", "both"]
                await _die(server, mongo, rng.choice(victims), rng)

    assert sum(stream.resumed for stream in play.streams) >= ROUNDS * len(play.followers) // 2


async def _die(server: Server, mongo: Mongo, victim: str, rng: random.Random) -> None:
    async with asyncio.TaskGroup() as killing:
        if victim != "mongod":
            killing.create_task(server.kill())
        if victim != "server":
            killing.create_task(mongo.kill())
    await asyncio.sleep(rng.uniform(0, 0.3))
    if victim != "mongod":  # the server itself starts that again
        await server.start()


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_two_servers_on_one_mongodb_die_and_clients_move_between_them(
    machine: Machine, rng: random.Random
) -> None:
    mongo = await machine.mongo()
    settings = {"BATON_MONGODB_URI": mongo.uri, "BATON_SECRET": "the same for all, and 32 characters long"}
    servers = [await machine.serve(name, **settings) for name in ("one", "two")]
    urls = [server.url for server in servers]
    async with calling(*urls, rng=rng) as caller:
        play = Play(keys=servers[0].keys, urls=urls, rng=rng, caller=caller)
        await play.cast()
        async with play.on():
            for _ in range(ROUNDS):
                await asyncio.sleep(rng.uniform(0.1, 1.0))
                rng.choice(play.followers).move()
                await _one_dies(servers, mongo, rng)

    assert sum(stream.resumed for stream in play.streams) >= ROUNDS


async def _one_dies(servers: list[Server], mongo: Mongo, rng: random.Random) -> None:
    victims: list[Server | Mongo] = [*servers, mongo]
    victim = rng.choice(victims)
    await victim.kill()
    await asyncio.sleep(rng.uniform(0, 0.3))
    await victim.start()
