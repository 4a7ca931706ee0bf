"""The built-in agent: from a shopper's message to the frame with the reply, and turns a second."""

from __future__ import annotations

import asyncio
import time

import httpx

from benchmarks.program.documents import FOLLOW, SEND, START
from benchmarks.report import Table, percentiles
from benchmarks.server import Running, ask, frame_with, subscribed

_QUESTIONS = (
    ("How long do I have to return something?", "within 30 days"),
    ("How much is shipping?", "4.90 dollars"),
    ("Can I pay with PayPal?", "Mastercard"),
    ("Wie kann ich etwas zurückschicken?", "innerhalb von 30 Tagen"),
    ("waterproof hiking boots", "boots-mid"),
)
_ALONE = 200  # questions, one after the other
_OPEN = 1_000  # conversations
_CALLERS = 16
_PATIENCE = 300.0  # seconds
_CHOOSE = "mutation($by: AgentKind!) { updateAgentSettings(input: {answeredBy: $by}) { errors { message } } }"
_WAITING = "{ agentTurns(first: 1) { nodes { epoch } } }"


async def measure(running: Running) -> list[Table]:
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        talks = [await _start(client, running, number) for number in range(_OPEN)]
        await _until_nobody_waits(client, running)
        alone = await _latency(client, running, *talks[0])
        backlog = await _backlog(client, running, talks)
        live = await _together(client, running, talks)
    return [
        Table(
            title="The built-in agent",
            note=f"The demo's shop with {_OPEN:,} open conversations, in one process beside its MongoDB. From the "
            f"request of `sendMessage` to the frame with the agent's reply, in milliseconds, {_ALONE} questions one "
            "after the other. Then a question in every conversation: all waiting before the agent is switched "
            f"on, and sent by {_CALLERS} callers while it replies.",
            head=("reply p50", "reply p99", "turns/s, all waiting", "turns/s, with their messages"),
            rows=[(*alone, f"{backlog:,.0f}", f"{live:,.0f}")],
        )
    ]


async def _start(client: httpx.AsyncClient, running: Running, number: int) -> tuple[str, str]:
    text = _QUESTIONS[number % len(_QUESTIONS)][0]
    given = {"channel": "WEB_CHAT", "text": text}
    data = await ask(client, running, running.credentials["publishableKey"], START, input=given)
    started = data["startConversation"]
    return started["conversation"]["id"], started["visitorToken"]


async def _latency(client: httpx.AsyncClient, running: Running, conversation: str, token: str) -> tuple[str, str]:
    seconds = []
    async with subscribed(running, token, FOLLOW, id=conversation) as socket:
        for number in range(_ALONE):
            text, expected = _QUESTIONS[number % (len(_QUESTIONS) - 1)]  # FOLLOW does not select products
            frame = asyncio.create_task(frame_with(socket, expected))
            began = time.perf_counter()
            await ask(client, running, token, SEND, input={"conversationId": conversation, "text": text})
            seconds.append(await frame - began)
    return percentiles(seconds)


async def _backlog(client: httpx.AsyncClient, running: Running, talks: list[tuple[str, str]]) -> float:
    await ask(client, running, running.credentials["ownerKey"], _CHOOSE, by="OFF")
    await _send_all(client, running, talks)
    began = time.perf_counter()
    await ask(client, running, running.credentials["ownerKey"], _CHOOSE, by="BUILT_IN")
    await _until_nobody_waits(client, running)
    return len(talks) / (time.perf_counter() - began)


async def _together(client: httpx.AsyncClient, running: Running, talks: list[tuple[str, str]]) -> float:
    began = time.perf_counter()
    await _send_all(client, running, talks)
    await _until_nobody_waits(client, running)
    return len(talks) / (time.perf_counter() - began)


async def _send_all(client: httpx.AsyncClient, running: Running, talks: list[tuple[str, str]]) -> None:
    waiting = list(enumerate(talks))

    async def send() -> None:
        while waiting:
            number, (conversation, token) = waiting.pop()
            text = _QUESTIONS[number % len(_QUESTIONS)][0]
            await ask(client, running, token, SEND, input={"conversationId": conversation, "text": text})

    async with asyncio.TaskGroup() as callers:
        for _ in range(_CALLERS):
            callers.create_task(send())


async def _until_nobody_waits(client: httpx.AsyncClient, running: Running) -> None:
    async with asyncio.timeout(_PATIENCE):
        while (await ask(client, running, running.credentials["agentKey"], _WAITING))["agentTurns"]["nodes"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
