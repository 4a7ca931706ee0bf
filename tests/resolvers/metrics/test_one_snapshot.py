"""Reports are consistent snapshots: two processes write, while readers compare every number with the lists."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from tests.harness.program import Json, Program, Shop
from tests.resolvers.metrics.reference import OUTCOMES, REPORT

ANSWERS = 60 if "BATON_LONG" in os.environ else 8
_LIST = "{ totalCount nodes { status } }"
_OPEN = "filter: {status: [OPEN]}"
_LISTS = f"all: conversations(first: 100) {_LIST} still: conversations(first: 100, {_OPEN}) {_LIST}"
BESIDE = f"{REPORT[:-1]} {_LISTS} }}"


async def write(baton: Program, shop: Shop, name: str, stop: asyncio.Event) -> int:
    """Start conversations in sequence, each with a tagged reply; close two of three."""
    n = 0
    while not stop.is_set():
        n += 1
        visitor = {"anonymousId": f"{name}-{n}"}
        started = await baton.mutate_brief(
            shop.widget, "startConversation", channel="WEB_CHAT", text="Hi", visitor=visitor
        )
        key = started["conversation"]["id"]
        given = {"conversationId": key, "epoch": 1, "text": "Yes?", "tags": [f"t{n % 5}", "all"]}
        await baton.mutate_brief(shop.agent, "postAgentMessage", **given)
        if n % 3:
            await baton.mutate_brief(started["visitorToken"], "closeConversation", conversationId=key)
    return n


def hold(data: Json) -> int:
    metrics = data["metrics"]
    volume: int = metrics["totalVolume"]["count"]
    for name, status in OUTCOMES.items():
        outcome: Any = metrics[name]
        listed = outcome["conversations"]
        assert outcome["count"] == listed["totalCount"]
        assert len(listed["nodes"]) == min(100, outcome["count"])
        assert status is None or {node["status"] for node in listed["nodes"]} <= {status}
    assert sum(metrics[name]["count"] for name in OUTCOMES) == 2 * volume
    for group in ("channels", "statuses"):
        assert sum(one["total"] for one in metrics[group]) == volume
    assert {one["key"]: one["total"] for one in metrics["statuses"]} == {
        status: metrics[name]["count"] for name, status in OUTCOMES.items() if status
    }
    tags = {one["key"]: one["total"] for one in metrics["tags"]}
    assert tags.get("all", 0) + tags[""] == volume
    assert sum(one["count"] for one in metrics["skills"]) == volume
    assert data["all"]["totalCount"] == volume
    assert data["still"]["totalCount"] == metrics["open"]["count"]
    assert len(data["all"]["nodes"]) == min(100, volume)
    return volume


async def test_every_answer_is_of_one_instant(baton: Program, second: Program, shop: Shop) -> None:
    stop = asyncio.Event()
    processes = (baton, baton, baton, second, second)
    writers = [asyncio.create_task(write(each, shop, f"writer-{n}", stop)) for n, each in enumerate(processes)]
    volumes = []
    try:
        for n in range(ANSWERS):
            reader = (baton, second)[n % 2]
            volumes.append(hold(await reader.data(shop.owner, BESIDE, range={"preset": "TODAY"})))
    finally:
        stop.set()
        written = sum(await asyncio.gather(*writers))
    assert volumes[-1] > volumes[0], "nothing was written meanwhile"
    assert hold(await baton.data(shop.owner, BESIDE, range={"preset": "TODAY"})) == written
    assert [finding async for finding in baton.baton.ports.counters.examine(lambda _: None)] == []
