"""Turns of agents in the API: the list and its stream, races for a claim, and what a refused agent is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from domain.model.conversation import Draft
from tests.harness.chat import Chat
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Json, Program, Shop

_TURN = """{ epoch waitingSince firstSequence lastSequence conversation { id } messages { sequence text }
  lease { number until lastSequence } }"""
_LIST = f"""query($first: Int, $after: String) {{ agentTurns(first: $first, after: $after) {{
  nodes {_TURN} pageInfo {{ hasNextPage endCursor }} streamCursor }} }}"""
_FOLLOW = f"""subscription {{ agentTurns {{ __typename ... on StreamItem {{ cursor }}
  ... on AgentTurnChanged {{ at state turn {_TURN} }} }} }}"""


class Agent:
    """An agent that keeps the list of turns by the stream."""

    def __init__(self, program: Program, shop: Shop) -> None:
        self.program, self.shop = program, shop
        self.turns: dict[str, Json] = {}
        self.at = 0
        self.told: list[str] = []

    async def read(self) -> dict[str, Json]:
        found = (await self.program.data(self.shop.agent, _LIST))["agentTurns"]
        self.at = ConsistencyChecker(self.program).position(self.shop.id, found["streamCursor"]).seq
        return {turn["conversation"]["id"]: turn for turn in found["nodes"]}

    async def check(self) -> None:
        """Apply what was missed, and compare with the list."""
        after = self.at
        fresh = await self.read()
        self.told = []
        for item in await ConsistencyChecker(self.program).follow(self.shop.agent, _FOLLOW, {}, after=after):
            self.told.append(item["state"])
            key = item["turn"]["conversation"]["id"]
            if item["state"] == "OVER":
                self.turns.pop(key, None)
            else:
                self.turns[key] = item["turn"]
        assert {key: _without_lease(turn) for key, turn in self.turns.items()} == {
            key: _without_lease(turn) for key, turn in fresh.items()
        }


def _without_lease(turn: Json) -> Json:
    """A claim is told by items of its own, and may be newer than an earlier item."""
    return {name: value for name, value in turn.items() if name != "lease"}


async def claim(program: Program, shop: Shop, chat: Chat, **more: Any) -> Json:
    return await program.mutate(shop.agent, "claimAgentTurn", conversationId=chat.id, **more)


async def answer(program: Program, shop: Shop, chat: Chat, turn: int, text: str = "It is on its way.") -> Json:
    given = {"conversationId": chat.id, "epoch": await chat.epoch(), "text": text, "turn": turn}
    return await program.mutate(shop.agent, "postAgentMessage", **given)


async def texts(program: Program, chat: Chat) -> list[str]:
    found = (
        await program.database["messages"].find({"conversation_id": chat.started.key}, sort=[("sequence", 1)]).to_list()
    )
    return [message["text"] for message in found]


async def test_the_list_and_its_stream_agree_after_each_step(baton: Program, shop: Shop) -> None:
    agent = Agent(baton, shop)
    await agent.read()
    chat = await Chat.of(baton, shop, watched=False, email="ann@example.com")
    await agent.check()
    turn = {"conversationId": chat.id, "turn": 1}

    async def wait() -> Json:
        baton.clock.move(timedelta(seconds=31))
        await baton.baton.workers.timers.fire_due()
        return {"errors": []}

    steps: dict[str, Callable[[], Awaitable[Json]]] = {
        "say": chat.say,
        "note": lambda: chat.note(),
        "claim": lambda: claim(baton, shop, chat),
        "heartbeat": lambda: baton.mutate(shop.agent, "heartbeatAgentTurn", **turn),
        "say to the busy agent": chat.say,
        "release": lambda: baton.mutate(shop.agent, "releaseAgentTurn", **turn),
        "claim again": lambda: claim(baton, shop, chat),
        "die": wait,
        "another claims": lambda: claim(baton, shop, chat),
        "say more": chat.say,
        "answer": lambda: answer(baton, shop, chat, 3),
        "answer the rest": lambda: chat.post(),
        "say again": chat.say,
        "request": chat.request,
        "decline": chat.decline,
        "request again": chat.request,
        "accept": chat.accept,
        "take": chat.take,
        "say to the human": chat.say,
        "give back": chat.give_back,
        "leave": chat.leave,
    }
    told: dict[str, str] = {}
    for name, step in steps.items():
        baton.clock.move(timedelta(seconds=1))
        assert (await step())["errors"] == [], name
        await agent.check()
        told[name] = " ".join(agent.told)
    assert told == {
        "say": "WAITING",
        "note": "",
        "claim": "CLAIMED",
        "heartbeat": "",
        "say to the busy agent": "WAITING",
        "release": "RELEASED",
        "claim again": "CLAIMED",
        "die": "RELEASED",
        "another claims": "CLAIMED",
        "say more": "WAITING",
        "answer": "WAITING",
        "answer the rest": "OVER",
        "say again": "WAITING",
        "request": "OVER",
        "decline": "WAITING",
        "request again": "OVER",
        "accept": "",
        "take": "",
        "say to the human": "OVER",
        "give back": "WAITING",
        "leave": "OVER",
    }


async def test_the_list_begins_with_who_waits_longest(baton: Program, shop: Shop) -> None:
    chats = []
    for number in range(3):
        chats.append(await Chat.of(baton, shop, watched=False, email=f"{number}@example.com"))
        baton.clock.move(timedelta(seconds=1))
    await chats[0].say("Please!")  # waits no less for it
    first = (await baton.data(shop.agent, _LIST, first=2))["agentTurns"]
    assert [turn["conversation"]["id"] for turn in first["nodes"]] == [chats[0].id, chats[1].id]
    assert [m["text"] for m in first["nodes"][0]["messages"]] == ["Where is my order?", "Please!"]
    rest = (await baton.data(shop.agent, _LIST, after=first["pageInfo"]["endCursor"]))["agentTurns"]
    assert [turn["conversation"]["id"] for turn in rest["nodes"]] == [chats[2].id]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_of_several_agents_in_two_processes_one_gets_the_turn(
    baton: Program, second: Program, shop: Shop
) -> None:
    chat = await Chat.of(baton, shop, watched=False)
    payloads = await asyncio.gather(*(claim(program, shop, chat) for program in (baton, second) * 4))
    won = [payload for payload in payloads if not payload["errors"]]
    lost = [payload["errors"][0] for payload in payloads if payload["errors"]]
    assert [payload["turn"]["lease"]["number"] for payload in won] == [1]
    until = won[0]["turn"]["lease"]["until"]
    assert len(lost) == 7
    assert {(e["__typename"], e["code"], tuple(e["path"])) for e in lost} == {
        ("NotYourTurn", "NOT_YOUR_TURN", ("input", "conversationId"))
    }
    assert all(error["turn"] == {"epoch": 1, "lease": {"number": 1, "until": until}} for error in lost)


async def test_two_answers_at_once_are_one(baton: Program, second: Program, shop: Shop) -> None:
    """The first agent seemed dead, and comes back when the second one answers."""
    for _ in range(3):
        chat = await Chat.of(baton, shop, watched=False)
        await claim(baton, shop, chat)
        baton.clock.move(timedelta(seconds=31))
        await claim(second, shop, chat)
        late, good = await asyncio.gather(
            answer(baton, shop, chat, 1, "Of the first"), answer(second, shop, chat, 2, "Of the second")
        )
        assert [error["code"] for error in late["errors"]] == ["NOT_YOUR_TURN"]
        assert good["errors"] == []
        assert await texts(baton, chat) == ["Where is my order?", "Of the second"]
        drafts = await baton.baton.services.storage.read(shop.id).drafts(chat.started.key)  # type: ignore[arg-type]
        assert [(draft.text, type(draft)) for draft in drafts] == [("Of the first", Draft)]


async def test_one_answer_sent_twice_is_shown_once(baton: Program, second: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False)
    await claim(baton, shop, chat)
    payloads = await asyncio.gather(*(answer(program, shop, chat, 1) for program in (baton, second) * 3))
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1, 1, 1, 1, 1]
    assert await texts(baton, chat) == ["Where is my order?", "It is on its way."]


async def test_a_refused_answer_wrote_a_draft_and_nothing_else(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop)
    await claim(baton, shop, chat)
    await answer(baton, shop, chat, 1)
    payload = await chat.post(turn=1, idempotencyKey="k")
    again = await chat.post(turn=1, idempotencyKey="k")
    assert [error["code"] for error in (*payload["errors"], *again["errors"])] == ["NOT_YOUR_TURN"] * 2
    document = "query($id: ID!) { conversation(id: $id) { drafts { text } } }"
    shown = await baton.data(shop.support, document, id=chat.id)
    assert shown["conversation"]["drafts"] == [{"text": "Gladly."}]


async def test_a_human_who_takes_over_has_the_last_word(baton: Program, second: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False, email="ann@example.com")
    await chat.request()
    await chat.say("Or can you help?")
    await claim(second, shop, chat)
    epoch = await chat.epoch()
    await chat.accept()
    await chat.take()
    given = {"conversationId": chat.id, "epoch": epoch, "text": "Too late", "turn": 1}
    refused = await second.mutate(shop.agent, "postAgentMessage", **given)
    beat = await second.mutate(shop.agent, "heartbeatAgentTurn", conversationId=chat.id, turn=1)
    assert [e["code"] for e in (*refused["errors"], *beat["errors"])] == ["NOT_IN_CONTROL"] * 2
    assert "Too late" not in await texts(baton, chat)
    assert await Agent(baton, shop).read() == {}
