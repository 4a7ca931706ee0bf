"""The load: shoppers who come, talk, and go, each with a stream of the own conversation; and the team, which follows
the account's events, reads lists and reports, and has some shoppers erased.

A visit is checked at its end, and its conversation forgotten: what stays of it is its id and its number of messages.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from uuid import uuid4

from dev.fakes.receiver import WebhookReceiver
from tests.e2e.clients import CLOSE, Caller, Talk
from tests.e2e.followers import EVENTS, Follower, Stream, following
from tests.e2e.processes import PATIENCE, Json, until
from tests.e2e.test_handoff_crashes import ANSWER, IDENTIFY, REQUEST
from tests.e2e.test_partner_crashes import CREATE

TOPICS = ("CONVERSATION_STARTED", "CONVERSATION_ESCALATED")
_MESSAGES = (2, 8)  # of a visit, by the shopper and by the agent together
_PAUSE = (0.02, 0.2)  # seconds between two of them, like people's
_READS = 0.5  # seconds between two looks of the team
_LATEST = 100  # events, more than come during a visit and an outage
_ERRORS = "errors { code message path }"
_PROFILE = "query($id: ID!) { conversation(id: $id) { profile { id } } }"
_ERASE = f"mutation($input: EraseProfileInput!) {{ eraseProfile(input: $input) {{ erasure {{ id }} {_ERRORS} }} }}"
_ERASURE = """query($id: ID!) { node(id: $id) { ... on Erasure {
  finishedAt searchedRecords removed { place count } mentions { place recordId } } } }"""
_LOOK = """{ conversations(first: 20) { totalCount nodes { id status messageCount lastMessage { sequence } } }
  metrics(range: {preset: LAST_7_DAYS}) { totalVolume { count } } }"""
_SEARCH = """query($words: String!) { conversations(first: 5, filter: {search: $words}) { nodes { id } } }"""


@dataclass(slots=True)
class Ledger:
    """What was acknowledged to the clients."""

    started: list[str] = field(default_factory=list)  # conversations
    escalated: list[str] = field(default_factory=list)
    erasures: list[str] = field(default_factory=list)
    messages: int = 0
    verified: int = 0  # conversations of which nothing was lost or doubled

    @property
    def commands(self) -> int:
        return len(self.started) + len(self.escalated) + self.messages


@dataclass(slots=True, kw_only=True)
class Load:
    keys: dict[str, str]
    urls: list[str]
    caller: Caller
    receiver: WebhookReceiver
    rng: random.Random
    shoppers: int
    erases: float  # share of the shoppers, from 0 to 1
    ledger: Ledger = field(default_factory=Ledger)
    _streams: list[Stream] = field(default_factory=list)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Put load on the servers until `end`; then check that every event came once, in order, to everybody."""
        owner = self.keys["ownerKey"]
        first = await self.caller.start(self.keys["publishableKey"], "Opening")
        self.ledger.started.append(first.id)
        wish = {"url": f"{self.receiver.url}/hooks", "topics": TOPICS, "after": first.cursor}
        self.receiver.secrets.append((await self.caller.command(owner, CREATE, **wish))["secret"])
        self._streams = [Stream(document=EVENTS, variables={"after": first.cursor}) for _ in range(2)]
        stock, other = self._streams
        async with following(
            Follower(self.urls, owner, [stock], stock=True), Follower(self.urls[::-1], owner, [other], stock=False)
        ):
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self.shoppers):
                    tasks.create_task(self._shop())
                tasks.create_task(self._look())
            await self._check_events()

    def end(self) -> None:
        self._over.set()

    async def moves(self) -> None:
        """Wait until some commands are acknowledged that were sent after this call."""
        before = self.ledger.commands + self.shoppers  # one of each shopper may be under way
        await until(lambda: self.ledger.commands > before + 5)

    async def erased(self) -> None:
        """Wait until every erasure has ended, and found nothing of its shopper. That takes as long as searching the
        whole database twice, so the bound is on the time in which nothing goes on."""
        left, before, loop = self.ledger.erasures, list[Json](), asyncio.get_running_loop()
        async with asyncio.timeout(4 * PATIENCE) as deadline:  # a worker that was killed holds its step for a minute
            while left:
                nodes = [(await self.caller.ask(self.keys["ownerKey"], _ERASURE, id=each))["node"] for each in left]
                for erasure, node in zip(left, nodes, strict=True):
                    assert not node["finishedAt"] or node["mentions"] == [], (erasure, node)
                left = [each for each, node in zip(left, nodes, strict=True) if not node["finishedAt"]]
                if nodes != before:
                    deadline.reschedule(loop.time() + 4 * PATIENCE)
                before = nodes
                await asyncio.sleep(1)

    async def _shop(self) -> None:
        while not self._over.is_set():
            name = f"{uuid4().hex}@example.com"
            talk = await self.caller.start(self.keys["publishableKey"], f"Hello, I am {name}")
            self.ledger.started.append(talk.id)
            await self._visit(talk, name)
            if self.rng.random() < self.erases:
                await self._erase(talk)

    async def _visit(self, talk: Talk, name: str) -> None:
        stream, said, got = Stream.of(talk.id, talk.cursor), list[str](), list[Json]()
        shift = self.rng.randrange(2)
        urls = [*self.urls[shift:], *self.urls[:shift]]
        async with following(Follower(urls, talk.token, [stream], stock=self.rng.random() < 0.5)):
            for number in range(self.rng.randint(*_MESSAGES)):
                text = f"{'agent' if number % 2 else 'shopper'} {number} {name}"
                said.append(text)
                if number % 2:
                    got.append(await self.caller.reply(self.keys["agentKey"], talk, text))
                else:
                    got.append(await self.caller.say(talk, text))
                self.ledger.messages += 1
                await asyncio.sleep(self.rng.uniform(*_PAUSE))
            if self.rng.random() < 0.3:
                await self._escalate(talk, name)
            else:
                await self.caller.command(talk.token, CLOSE, conversationId=talk.id)
            await self._check(talk, stream, said, got)

    async def _escalate(self, talk: Talk, name: str) -> None:
        given = {"conversationId": talk.id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": f"{name} wants a human"}
        handoff = (await self.caller.command(self.keys["agentKey"], REQUEST, **given))["handoff"]
        await self.caller.command(talk.token, ANSWER, handoffId=handoff["id"], accept=True)
        await self.caller.command(talk.token, IDENTIFY, conversationId=talk.id, email=name)
        self.ledger.escalated.append(talk.id)

    async def _check(self, talk: Talk, stream: Stream, said: list[str], got: list[Json]) -> None:
        """What was acknowledged is there, once and in order, and the stream has told of all of it once and in order."""
        async with asyncio.timeout(PATIENCE):  # a primary that is cut off may show the past for a moment
            while (kept := await self.caller.messages(self.keys["ownerKey"], talk.id))[-1]["sequence"] < _last(got):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(_PAUSE[1])
        assert [message["sequence"] for message in kept] == list(range(1, len(kept) + 1))
        mine = [message for message in kept[1:] if message in got]
        assert mine == got, "lost, doubled or changed"
        assert [m["text"] for m in kept if m["text"] in said] == said
        await stream.has(len(kept) - 1)
        assert stream.messages[: len(kept) - 1] == kept[1:], "the stream differs from what is stored"
        self.ledger.verified += 1

    async def _erase(self, talk: Talk) -> None:
        """Have the shopper erased, once everybody has heard of the visit: events of the erased are told to nobody."""
        topics = TOPICS if talk.id in self.ledger.escalated else TOPICS[:1]
        wanted = {(topic, talk.id) for topic in topics}
        await until(lambda: all(wanted <= _told(events[-_LATEST:]) for events in self._heard()), 3 * PATIENCE)
        owner = self.keys["ownerKey"]
        profile = (await self.caller.ask(owner, _PROFILE, id=talk.id))["conversation"]["profile"]
        payload = await self.caller.command(owner, _ERASE, profileId=profile["id"])
        self.ledger.erasures.append(payload["erasure"]["id"])

    def _heard(self) -> list[list[Json]]:
        """Return the events that each follower and the partner have got, in this order."""
        streams = [[event for event in stream.events if event["type"] in TOPICS] for stream in self._streams]
        return [*streams, [message["data"] for message in self.receiver.events.values()]]

    async def _look(self) -> None:
        owner = self.keys["ownerKey"]
        while not self._over.is_set():
            await self.caller.ask(owner, _LOOK)
            await self.caller.ask(owner, _SEARCH, words=self.rng.choice(["shopper", "agent 1", "hello"]))
            await asyncio.sleep(_READS)

    async def _check_events(self) -> None:
        expected = len(self.ledger.started) + len(self.ledger.escalated)
        await until(lambda: all(len(events) >= expected for events in self._heard()), 3 * PATIENCE)
        *streams, told = self._heard()
        ids = [event["id"] for event in told]
        for events in streams:
            assert [event["id"] for event in events] == ids, "lost, doubled or out of order"
        for topic, talks in zip(TOPICS, (self.ledger.started, self.ledger.escalated), strict=True):
            assert sorted(_talks(told, topic)) == sorted(talks)
        report = await self.caller.ask(self.keys["ownerKey"], _LOOK)
        assert report["conversations"]["totalCount"] == len(self.ledger.started)
        assert report["metrics"]["totalVolume"]["count"] == len(self.ledger.started)


def _last(messages: list[Json]) -> int:
    return max((int(message["sequence"]) for message in messages), default=1)


def _told(events: list[Json]) -> set[tuple[str, str]]:
    return {(event["type"], event["conversation"]["id"]) for event in events}


def _talks(events: list[Json], topic: str) -> list[str]:
    return [event["conversation"]["id"] for event in events if event["type"] == topic]
