"""Random histories of one conversation with several agents, a shopper and a human: no message is answered twice, no
lease answers twice, nothing comes after a human has taken over, and the log tells exactly which turns wait."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.conversation.commands import PostAgentMessage
from domain.events import AGENT_TURNS_TOPIC, EventBody, TurnLeaseChanged, topics_of
from domain.inbox.commands import ReturnToAgent, TakeTicket
from domain.model.conversation import AuthorKind, ControllerKind, Conversation, Draft, Message, Visitor
from domain.storage import TimerKind
from domain.values.errors import Refusal
from tests.harness.memory_shop import MemoryShop

EXAMPLES = 2_000 if "BATON_LONG" in os.environ else 300
AGENTS = 3
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["say"] * 4
            + ["lease"] * 3
            + ["answer"] * 3
            + ["heartbeat", "take in", "release", "request", "wait", "wait long", "fire", "decline", "accept"]
            + ["take", "return", "post without turn", "close"]
        ),
        st.integers(0, AGENTS - 1),
    ),
    max_size=40,
)


class History:
    def __init__(self) -> None:
        self.shop = MemoryShop()
        self.talk: Conversation
        self.leases: dict[int, int] = {}  # by agent: number of its latest lease
        self.answered: list[int] = []  # numbers of claims that answered

    async def run(self, steps: list[tuple[str, int]]) -> None:
        self.talk = await self.shop.start(visitor=Visitor(email="ann@a.example"))
        for name, agent in steps:
            before, texts = self.shop.now(self.talk), len(self.shop.texts(self.talk))
            drafts = len(self.shop.storage.all(Draft))
            try:
                await self.step(name, agent)
            except Refusal:
                assert len(self.shop.texts(self.talk)) == texts, "a refused command shows nothing"
                kept = len(self.shop.storage.all(Draft)) - drafts
                assert kept <= 1
            self.check(before)

    async def step(self, name: str, agent: int) -> None:
        shop, talk, number = self.shop, self.talk, self.leases.get(agent, 1)
        match name:
            case "say":
                await shop.say(talk)
            case "claim":
                self.leases[agent] = (await shop.claim(talk)).number
            case "answer":
                await shop.agent.post(
                    shop.assistant,
                    PostAgentMessage(
                        conversation_id=talk.id, epoch=self.epoch, text=f"answer of {number}", turn=number
                    ),
                )
                self.answered.append(number)
            case "request":
                await shop.request(talk, turn=number)
                self.answered.append(number)
            case "post without turn":
                await shop.post(talk, "from elsewhere")
            case "close":
                await shop.close(talk)
            case "decline" | "accept" | "take" | "return":
                await self.step_of_a_human(name)
            case _:
                await self.step_of_a_lease(name, number)

    async def step_of_a_lease(self, name: str, number: int) -> None:
        shop, talk = self.shop, self.talk
        match name:
            case "heartbeat":
                await shop.heartbeat(talk, number)
            case "take in":
                await shop.heartbeat(talk, number, seen=shop.now(talk).sequence)
            case "release":
                await shop.release_turn(talk, number)
            case "wait":
                shop.storage.wait(timedelta(seconds=10))
            case "wait long":
                shop.storage.wait(timedelta(seconds=40))
            case "fire":
                for account_id, timer in await shop.storage.due_timers(shop.storage.now, 9, [TimerKind.AGENT_TURN]):
                    await shop.turns.expire(account_id, timer)

    async def step_of_a_human(self, name: str) -> None:
        shop, talk = self.shop, self.talk
        handoff, ticket = shop.now(talk).handoff, shop.now(talk).ticket
        if handoff is None:
            return
        with suppress(Refusal):
            if name in ("decline", "accept"):
                await shop.decide(talk, accept=name == "accept")
            elif ticket is not None and name == "take":
                await shop.inbox.take(shop.staff("Sue"), TakeTicket(ticket_id=ticket.id))
            elif ticket is not None and name == "return":
                await shop.inbox.return_to_agent(shop.owner, ReturnToAgent(ticket_id=ticket.id))

    @property
    def epoch(self) -> int:
        return self.shop.now(self.talk).controller.epoch

    def check(self, before: Conversation) -> None:
        now = self.shop.now(self.talk)
        assert len(self.answered) == len(set(self.answered)), "a lease answers once"
        new = [m for m in self.messages() if m.sequence > before.sequence]
        if before.controller.kind is not ControllerKind.AI_AGENT:
            assert all(m.author.kind is not AuthorKind.AI_AGENT for m in new), "the agent spoke after a human took over"
        assert now.turn is not None
        has_control = now.controller.kind is ControllerKind.AI_AGENT and not now.is_closed
        if now.turn.waits:
            assert has_control
            covered = [m for m in self.messages() if now.turn.first_sequence <= m.sequence <= now.turn.last_sequence]
            kinds = {m.author.kind for m in (covered[0], covered[-1])}
            assert kinds == {AuthorKind.SHOPPER}, "a turn begins and ends with the shopper"
        elif has_control and now.handoff is None:
            assert now.last_speaker is AuthorKind.AI_AGENT, "the shopper waits, and no turn says so"
        assert waiting_by_log(self.shop.storage.events) == now.turn.waits

    def messages(self) -> list[Message]:
        found = [m for m in self.shop.storage.all(Message) if m.conversation_id == self.talk.id]
        return sorted(found, key=lambda m: m.sequence)


def waiting_by_log(events: list[EventBody]) -> bool:
    """Whether the turn waits, by the events of the stream alone."""
    waits = False
    for body in events:
        if AGENT_TURNS_TOPIC in topics_of(body):
            conversation: Any = body.conversation  # type: ignore[union-attr]
            is_told = isinstance(body, TurnLeaseChanged)
            waits = True if is_told else conversation.turn.waits
    return waits


@settings(max_examples=EXAMPLES)
@given(steps=STEPS)
def test_random_histories(steps: list[tuple[str, int]]) -> None:
    asyncio.run(History().run(steps))
