"""SIGKILL between and within the steps of handoffs: after the restart, each continues and happens once."""

from __future__ import annotations

import asyncio
import os
import random
from typing import Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from tests.e2e.clients import Caller, calling
from tests.e2e.processes import Json, Machine, Server

ROUNDS = 60 if "BATON_LONG" in os.environ else 8
SHOPPERS = 4

_ERRORS = "errors { code message path }"
REQUEST = (
    f"""mutation($input: RequestHandoffInput!) {{ requestHandoff(input: $input) {{ handoff {{ id }} {_ERRORS} }} }}"""
)
ANSWER = f"""mutation($input: AnswerHandoffOfferInput!) {{ answerHandoffOffer(input: $input) {{
  handoff {{ state }} {_ERRORS} }} }}"""
IDENTIFY = f"""mutation($input: IdentifyVisitorInput!) {{ identifyVisitor(input: $input) {{
  conversation {{ handoff {{ state }} }} {_ERRORS} }} }}"""


async def shopper(caller: Caller, keys: dict[str, str], over: asyncio.Event) -> list[str]:
    """Start conversations until `over` is set: each requests a handoff, accepts it, and gives an address."""
    done = []
    while not over.is_set():
        talk = await caller.start(keys["publishableKey"], "A human, please")
        given = {"conversationId": talk.id, "epoch": 1, "reason": "EXPLICIT_ASK", "summary": "Wants a human"}
        handoff = (await caller.command(keys["agentKey"], REQUEST, **given))["handoff"]
        answered = await caller.command(talk.token, ANSWER, handoffId=handoff["id"], accept=True)
        assert answered["handoff"] == {"state": "AWAITING_IDENTITY"}
        identified = await caller.command(
            talk.token, IDENTIFY, conversationId=talk.id, email=f"{uuid4().hex}@example.com"
        )
        assert identified["conversation"] == {"handoff": {"state": "DELIVERED"}}
        done.append(talk.id)
    return done


async def kill_again_and_again(server: Server, rng: random.Random, over: asyncio.Event, rounds: int = ROUNDS) -> None:
    for _ in range(rounds):
        await asyncio.sleep(rng.uniform(0.05, 0.6))
        await server.kill()
        await server.start()
    over.set()


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_each_handoff_is_one_ticket_whenever_the_server_dies(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    database_name: str,
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "handoffs"))
    server = await machine.serve(**shared_mongo)
    over = asyncio.Event()
    async with calling(server.url, rng=rng) as caller, asyncio.TaskGroup() as tasks:
        playing = [tasks.create_task(shopper(caller, server.keys, over)) for _ in range(SHOPPERS)]
        tasks.create_task(kill_again_and_again(server, rng, over))
    handed_over = [conversation for task in playing for conversation in task.result()]
    assert len(handed_over) >= SHOPPERS
    database = mongo_client[database_name]
    rows: list[Json] = await database["conversations"].find().to_list()
    assert len(rows) == len(handed_over)
    for row in rows:
        [handoff] = row["handoffs"]
        assert (handoff["state"], handoff["consent"]["decision"]) == ("DELIVERED", "ACCEPTED")
        assert (row["ticket"]["handoff_id"], row.get("past_tickets", [])) == (handoff["id"], [])
        assert (row["status"], row["controller"]["kind"]) == ("NOT_RESOLVED_BY_AI", "QUEUE")
        kinds = [m["kind"] async for m in database["messages"].find({"conversation_id": row["_id"]}).sort("sequence")]
        assert kinds == ["TEXT", "HANDOFF_OFFER", "IDENTITY_REQUEST", "NOTICE"]
    escalated = await database["business_events"].find({"type": "CONVERSATION_ESCALATED"}).to_list()
    assert sorted(event["conversation"]["id"] for event in escalated) == sorted(row["_id"] for row in rows)
