"""Workers killed with SIGKILL while the built-in agent replies: each question gets one reply or one handoff."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.e2e.processes import PATIENCE, Machine, Process
from tests.harness.clock import ManualClock
from tests.harness.program import ENCRYPTION_KEY, SECRET, Program, Shop, running

ROUNDS = 20 if "BATON_LONG" in os.environ else 3
QUESTIONS = 24  # a round, a third of them without an answer
_RETURNS = "You can send back any item within 30 days after delivery."


@pytest.mark.timeout(240 + 15 * ROUNDS)
async def test_questions_are_answered_once_by_workers_that_are_killed(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    tmp_path: Path,
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "agents"))
    clock = ManualClock(datetime.now(UTC).replace(microsecond=0))
    uri, name = shared_mongo["BATON_MONGODB_URI"], shared_mongo["BATON_MONGODB_DATABASE"]
    environment = {**shared_mongo, "BATON_SECRET": SECRET, "BATON_ENCRYPTION_KEY": ENCRYPTION_KEY}
    async with running(uri, name, tmp_path / "here", mongo_client, clock) as program:
        shop = await program.open_shop("Shop")
        await program.done(shop.owner, "createArticle", title="Returns", text=_RETURNS, language="en")
        await program.done(shop.owner, "updateAgentSettings", answeredBy="BUILT_IN")
        workers = [await working(machine, environment) for _ in range(2)]
        for _ in range(ROUNDS):
            successor = asyncio.create_task(working(machine, environment))
            asking = asyncio.create_task(ask(program, shop, clock))
            await asyncio.sleep(rng.uniform(0.02, 0.3))
            await workers.pop(0).kill()
            workers.append(await successor)
            await asking
        await until_nobody_waits(program)
        await check(program)


async def working(machine: Machine, environment: dict[str, str]) -> Process:
    process = await machine.run("worker", **environment)
    assert "at work" in await process.line()
    return process


async def ask(program: Program, shop: Shop, clock: ManualClock) -> None:
    for number in range(QUESTIONS):
        clock.set(datetime.now(UTC).replace(microsecond=0))
        text = "Can I return an item within 30 days?" if number % 3 else "Do you engrave watches?"
        await program.mutate_brief(shop.widget, "startConversation", channel="WEB_CHAT", text=text)


async def until_nobody_waits(program: Program) -> None:
    async with asyncio.timeout(2 * PATIENCE):
        while await program.database["conversations"].count_documents({"turn.waits": True}):  # noqa: ASYNC110 - it is in the database
            await asyncio.sleep(0.1)


async def check(program: Program) -> None:
    talks = await program.database["conversations"].find().to_list()
    assert len(talks) == ROUNDS * QUESTIONS
    for talk in talks:
        messages = await program.database["messages"].find({"conversation_id": talk["_id"]}).to_list()
        replies = [message["text"] for message in messages if message["author"]["kind"] == "AI_AGENT"]
        reasons = [handoff["reason"] for handoff in talk.get("handoffs", [])]
        is_known = talk["first_question"].startswith("Can I")
        assert (replies, reasons) == (([_RETURNS], []) if is_known else ([], ["KNOWLEDGE_GAP"]))
