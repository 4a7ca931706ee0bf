"""The delay from a commit to the frame of a subscription, and the memory of an idle socket."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import httpx

from benchmarks.program.documents import FOLLOW, SEND, START
from benchmarks.report import Table, percentiles
from benchmarks.server import Running, ask, frame_with, subscribed

_MESSAGES = 300
_IDLE = (1, 500)
_SOCKETS = 1_000


async def measure(running: Running) -> list[Table]:
    return [await _latency(running), await _memory(running)]


async def _latency(running: Running) -> Table:
    """Await the frame and the response of the mutation together. Returns the milliseconds of both."""
    rows = []
    async with httpx.AsyncClient() as client, AsyncExitStack() as stack:
        conversation, token = await _conversation(client, running)
        for idle in _IDLE:
            for _ in range(idle - 1):
                other, _other = await _conversation(client, running)
                await stack.enter_async_context(subscribed(running, running.credentials["agentKey"], FOLLOW, id=other))
            sent, seen = [], []
            async with subscribed(running, token, FOLLOW, id=conversation) as socket:
                for number in range(_MESSAGES):
                    text = f"message {idle} {number}."
                    frame = asyncio.create_task(frame_with(socket, text))
                    began = time.perf_counter()
                    await ask(client, running, token, SEND, input={"conversationId": conversation, "text": text})
                    sent.append(time.perf_counter() - began)
                    seen.append(await frame - began)
            rows.append((f"{idle:,}", *percentiles(sent), *percentiles(seen)))
    return Table(
        title="sendMessage to frame",
        note=f"One shopper sends {_MESSAGES} messages, one after the other, and reads its own stream; other sockets "
        "follow other conversations. Milliseconds from the request to its response, and to the frame (which is sent "
        "at the commit, and may come before the response).",
        head=("sockets", "response p50", "response p99", "frame p50", "frame p99"),
        rows=rows,
    )


async def _memory(running: Running) -> Table:
    async with httpx.AsyncClient() as client, AsyncExitStack() as stack:
        conversation, _ = await _conversation(client, running)
        key = running.credentials["agentKey"]
        await stack.enter_async_context(subscribed(running, key, FOLLOW, id=conversation))
        before = running.memory()
        for _ in range(_SOCKETS):
            await stack.enter_async_context(subscribed(running, key, FOLLOW, id=conversation))
        each = (running.memory() - before) / _SOCKETS / 1024
    return Table(
        title="Idle socket",
        note=f"Growth of the server's resident memory over {_SOCKETS:,} sockets with one subscription each.",
        head=("KiB a socket", "server before, MiB"),
        rows=[(f"{each:.0f}", f"{before / 1024**2:.0f}")],
    )


async def _conversation(client: httpx.AsyncClient, running: Running) -> tuple[str, str]:
    data = await ask(
        client, running, running.credentials["publishableKey"], START, input={"channel": "WEB_CHAT", "text": "Hi"}
    )
    started = data["startConversation"]
    return started["conversation"]["id"], started["visitorToken"]
