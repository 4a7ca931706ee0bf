"""The runs of tau-bench, replayed by agents from outside in 1,000 times real time: they know the API alone.

Shoppers write the lines of their run and wait for the reply to each. Three agents poll for turns, compete for claims,
think for some seconds of the clock, and post what the run's agent said; now and then one dies with its claim. Each
line must be there once, each transfer must be a handoff with its summary, and the counts of the report must be those
of the file.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from domain.imports.model import ImportedConversation
from domain.model.conversation import AuthorKind
from integrations.importers import tau_bench
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop
from tests.integrations.importers.conftest import dataset

__all__ = ["dataset"]

LONG = "BATON_LONG" in os.environ
AT_ONCE = 8  # conversations
AGENTS = 3
DIES = 0.03  # of the claims
LEASE = 60  # seconds of the clock

_TURNS = """{ agentTurns(first: 10) { nodes {
  epoch lastSequence lease { until number } conversation { id messageCount } messages { text } } } }"""
_REPORT = """{ metrics(range: {preset: TODAY}) {
  totalVolume { count } resolvedByAi { count } notResolvedByAi { count } closed { count } open { count } } }"""
_CLAIM = """mutation($input: AgentTurnInput!) { claimAgentTurn(input: $input) {
  turn { epoch lastSequence lease { number } } errors { code } } }"""
_POST = """mutation($input: PostAgentMessageInput!) { postAgentMessage(input: $input) { errors { code } } }"""
_HAND_OVER = """mutation($input: RequestHandoffInput!) { requestHandoff(input: $input) { errors { code } } }"""
_HANDOFF = "query($id: ID!) { conversation(id: $id) { handoff { id } } }"

Block = tuple[AuthorKind, list[str]]


def blocks(run: ImportedConversation) -> list[Block]:
    """The lines of a run, in bursts of one author."""
    return [(who, [m.text for m in lines]) for who, lines in groupby(run.messages, key=lambda m: m.author)]


class Run:
    """A conversation to replay: the shopper's side writes, and the agents read from it what to say."""

    def __init__(self, run: ImportedConversation) -> None:
        self.run = run
        self.blocks = blocks(run)
        self.id = ""
        self.token = ""
        self.said = 0  # blocks
        self.moved = asyncio.Event()

    @property
    def is_over(self) -> bool:
        return self.said == len(self.blocks)

    def advance(self) -> None:
        self.said += 1
        self.moved.set()


class Stage:
    def __init__(self, baton: Program, shop: Shop, runs: list[Run]) -> None:
        self.baton, self.shop, self.runs = baton, shop, runs
        self.by_id: dict[str, Run] = {}
        self.dice = random.Random(14)
        self.dead = 0
        self.is_over = False
        self.refused: Counter[str] = Counter()

    async def replay(self) -> None:
        room = asyncio.Semaphore(AT_ONCE)
        clock = asyncio.ensure_future(self.tick())
        agents = [asyncio.ensure_future(self.agent()) for _ in range(AGENTS)]
        try:
            await asyncio.gather(*(self.shopper(number, run, room) for number, run in enumerate(self.runs)))
        finally:
            # A query that is cancelled leaves resolvers behind that were never awaited, of which Python warns.
            self.is_over = True
            await asyncio.gather(*agents)
            clock.cancel()
            with suppress(asyncio.CancelledError):
                await clock

    async def tick(self) -> None:
        """A second of the clock in a millisecond: slower on a busy machine, so that nobody's lease expires for that."""
        while True:
            await asyncio.sleep(0.001)
            self.baton.clock.move(timedelta(seconds=1))
            if self.dead:
                await self.baton.baton.workers.timers.fire_due()

    async def shopper(self, number: int, run: Run, room: asyncio.Semaphore) -> None:
        async with room:
            for kind, lines in run.blocks:
                if kind is AuthorKind.SHOPPER:
                    for line in lines:
                        await self.say(number, run, line)
                    run.advance()
                else:
                    done = run.said + 1
                    while run.said < done:
                        run.moved.clear()
                        await run.moved.wait()
            if run.run.transfer is not None:
                await self.accept(run)
            else:
                await self.baton.mutate_brief(run.token, "closeConversation", conversationId=run.id)

    async def say(self, number: int, run: Run, line: str) -> None:
        if run.id:
            payload = await self.baton.mutate_brief(run.token, "sendMessage", conversationId=run.id, text=line)
            assert payload["errors"] == []
            return
        given = {"channel": "WEB_CHAT", "text": line, "visitor": {"email": f"{number}@example.com"}}
        payload = await self.baton.mutate_brief(self.shop.widget, "startConversation", **given)
        run.id, run.token = payload["conversation"]["id"], payload["visitorToken"]
        self.by_id[run.id] = run

    async def accept(self, run: Run) -> None:
        """Ask for the offer until the agent has made it, and accept."""
        while True:
            found = (await self.baton.data(run.token, _HANDOFF, id=run.id))["conversation"]["handoff"]
            if found is not None:
                break
            await asyncio.sleep(0.002)
        payload = await self.baton.mutate(run.token, "answerHandoffOffer", handoffId=found["id"], accept=True)
        assert payload["errors"] == []

    async def agent(self) -> None:
        """Poll, claim, think, reply."""
        while not self.is_over:
            turns = (await self.baton.data(self.shop.agent, _TURNS))["agentTurns"]["nodes"]
            now = self.baton.clock.now().isoformat()
            free = [turn for turn in turns if turn["lease"] is None or turn["lease"]["until"] < now]
            if free:
                await self.work_on(self.dice.choice(free)["conversation"]["id"])
            await asyncio.sleep(0.01)

    async def work_on(self, conversation_id: str) -> None:
        run = self.by_id.get(conversation_id)
        if run is None or run.said == 0 or run.blocks[run.said - 1][0] is not AuthorKind.SHOPPER:
            return  # the shopper's burst goes on
        turn = await self.ask(_CLAIM, conversationId=conversation_id, seconds=LEASE)
        if turn is None:
            return
        if self.dice.random() < DIES:
            self.dead += 1
            return
        await asyncio.sleep(self.dice.uniform(0.001, 0.01))
        given = {"conversationId": conversation_id, "epoch": turn["turn"]["epoch"]}
        number = turn["turn"]["lease"]["number"]
        if run.is_over:
            await self.hand_over(run, {**given, "turn": number})
            return
        lines = run.blocks[run.said][1]
        if await self.ask(_POST, **given, text=lines[0], turn=number) is not None:
            for line in lines[1:]:
                assert await self.ask(_POST, **given, text=line) is not None
            run.advance()
            if run.is_over:
                await self.hand_over(run, given)

    async def hand_over(self, run: Run, given: Json) -> None:
        if run.run.transfer is not None:
            await self.ask(_HAND_OVER, **given, reason="EXPLICIT_ASK", summary=run.run.transfer.summary)

    async def ask(self, document: str, **given: Any) -> Json | None:
        """Return the payload; `None` if it was refused."""
        [payload] = (await self.baton.data(self.shop.agent, document, input=given)).values()
        self.refused.update(error["code"] for error in payload["errors"])
        return None if payload["errors"] else payload


def sample(path: Path) -> Iterator[Run]:
    """All runs; or ten of them, four with a transfer."""
    runs = list(tau_bench.read(path))
    found = [run for run in runs if isinstance(run, ImportedConversation)]
    assert (len(found), sum(run.transfer is not None for run in found)) == (200, 48)
    if not LONG:
        passed_on = [run for run in found if run.transfer is not None]
        found = [*passed_on[::12], *[run for run in found if run.transfer is None][::30]]
    return (Run(run) for run in found)


async def test_agents_from_outside_replay_the_runs(baton: Program, shop: Shop, dataset: Callable[[str], Path]) -> None:
    runs = list(sample(dataset("tau-bench/gpt-4o-airline.json")))
    stage = Stage(baton, shop, runs)
    async with asyncio.timeout(600):
        await stage.replay()
    assert set(stage.refused) <= {"NOT_YOUR_TURN", "NOT_IN_CONTROL", "CONVERSATION_CLOSED"}
    stored = await baton.database["messages"].find(sort=[("conversation_id", 1), ("sequence", 1)]).to_list()
    conversations = {row["_id"]: row for row in await baton.database["conversations"].find().to_list()}
    expected: Counter[str] = Counter()
    for run in runs:
        key = next(k for k in conversations if run.id == to_global_id("Conversation", k))
        said = [(m["author"]["kind"], m["text"]) for m in stored if m["conversation_id"] == key]
        lines = [(m.author.value, m.text) for m in run.run.messages]
        assert [line for line in said if line[0] in ("SHOPPER", "AI_AGENT")] == lines, "each message once, in order"
        handoffs = conversations[key].get("handoffs", [])
        wanted = [run.run.transfer.summary] if run.run.transfer is not None else []
        assert [handoff.get("summary") for handoff in handoffs] == wanted
        last = run.run.messages[-1].author
        expected["notResolvedByAi" if wanted else "resolvedByAi" if last is AuthorKind.AI_AGENT else "closed"] += 1
    report = (await baton.data(shop.owner, _REPORT))["metrics"]
    counts = {name: value["count"] for name, value in report.items() if value["count"]}
    assert counts == {**expected, "totalVolume": len(runs)}
