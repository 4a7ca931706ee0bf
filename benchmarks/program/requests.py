"""sendMessage over HTTP to the program, on one account."""

from __future__ import annotations

import asyncio
import statistics
import time

import httpx

from benchmarks.program.documents import SEND, START
from benchmarks.report import Table, percentiles
from benchmarks.server import Running, ask

_CONNECTIONS = (1, 50)
_SECONDS = 3.0
_ROUNDS = 3


async def measure(running: Running) -> Table:
    limits = httpx.Limits(max_connections=max(_CONNECTIONS))
    async with httpx.AsyncClient(limits=limits) as client:
        shoppers = [await _shopper(client, running) for _ in range(max(_CONNECTIONS))]
        results: dict[int, list[list[float]]] = {count: [] for count in _CONNECTIONS}
        for _ in range(_ROUNDS):
            for count, rounds in results.items():
                rounds.append(await _round(client, running, shoppers[:count]))
    return Table(
        title="sendMessage over HTTP",
        note=f"Each connection has a conversation of its own, all on one account; {_ROUNDS} rounds of "
        f"{_SECONDS:.0f} s, medians. The client, in Python too, runs on the same machine.",
        head=("connections", "a second", "p50 ms", "p99 ms"),
        rows=[
            (
                f"{count}",
                f"{statistics.median(map(len, rounds)) / _SECONDS:,.0f}",
                *percentiles([latency for each in rounds for latency in each]),
            )
            for count, rounds in results.items()
        ],
    )


async def _shopper(client: httpx.AsyncClient, running: Running) -> tuple[str, str]:
    widget = running.credentials["publishableKey"]
    data = await ask(client, running, widget, START, input={"channel": "WEB_CHAT", "text": "Hi"})
    started = data["startConversation"]
    return started["conversation"]["id"], started["visitorToken"]


async def _round(client: httpx.AsyncClient, running: Running, shoppers: list[tuple[str, str]]) -> list[float]:
    latencies: list[float] = []
    ends = time.perf_counter() + _SECONDS

    async def call(conversation: str, token: str) -> None:
        while (began := time.perf_counter()) < ends:
            await ask(client, running, token, SEND, input={"conversationId": conversation, "text": "And?"})
            latencies.append(time.perf_counter() - began)

    await asyncio.gather(*(call(*shopper) for shopper in shoppers))
    return latencies
