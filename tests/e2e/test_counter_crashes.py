"""Kill -9 while conversations begin, get their tags and end, and the time zone changes: the counters are right all the
same, the doctor finds nothing, and who watches the report is shown the end of it."""

from __future__ import annotations

import asyncio
import json
import os
import random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import AsyncMongoClient
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

from tests.e2e.clients import CLOSE, POST, Caller, calling
from tests.e2e.processes import Json, Machine, Server, until
from tests.e2e.test_handoff_crashes import kill_again_and_again

ROUNDS = 40 if "BATON_LONG" in os.environ else 4
SHOPPERS = 4
FIELDS = (
    "totalVolume { count } open { count } closed { count } resolvedByAi { count } series(groupBy: TAG) { key total }"
)
RANGE = "range: {preset: LAST_7_DAYS}"
REPORT = f"{{ metrics({RANGE}) {{ {FIELDS} }} }}"
WATCH = f"subscription {{ metrics({RANGE}) {{ {FIELDS} }} }}"
ZONES = ("Asia/Tokyo", "Europe/Rome", "America/New_York", "Asia/Kathmandu")
ZONE = "mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { errors { code message path } } }"


async def shopper(caller: Caller, keys: dict[str, str], over: asyncio.Event) -> int:
    """Start conversations in sequence until `over` is set. Returns their number."""
    count = 0
    while not over.is_set():
        talk = await caller.start(keys["publishableKey"])
        count += 1
        given = {"conversationId": talk.id, "epoch": 1, "text": "Yes", "tags": ["all", f"of {count % 3}"]}
        await caller.command(keys["agentKey"], POST, **given)
        if count % 2:
            await caller.command(talk.token, CLOSE, conversationId=talk.id)
    return count


async def move_about(caller: Caller, owner: str, over: asyncio.Event) -> None:
    for zone in ZONES * 100:
        if over.is_set():
            return
        await caller.ask(owner, ZONE, input={"timeZone": zone})
        await asyncio.sleep(0.3)


class Watcher:
    """A dashboard that reconnects after every disconnection."""

    def __init__(self, server: Server, key: str) -> None:
        self._server = server
        self._key = key
        self.latest: Json = {}

    async def over_websocket(self) -> None:
        while True:
            try:
                address = self._server.url.replace("http", "ws", 1)
                async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
                    hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {self._key}"}}
                    await socket.send(json.dumps(hello))
                    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": WATCH}}))
                    async for frame in socket:
                        message = json.loads(frame)
                        if message["type"] == "next":
                            self.latest = message["payload"]["data"]["metrics"]
            except (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage):
                await asyncio.sleep(0.05)

    async def over_event_stream(self) -> None:
        headers = {"authorization": f"Bearer {self._key}", "accept": "text/event-stream"}
        while True:
            try:
                async with (
                    httpx.AsyncClient(timeout=httpx.Timeout(5, read=30)) as http,
                    http.stream("POST", self._server.url, json={"query": WATCH}, headers=headers) as response,
                ):
                    async for line in response.aiter_lines():
                        if line.startswith("data: {"):
                            self.latest = json.loads(line.removeprefix("data: "))["data"]["metrics"]
            except httpx.TransportError:
                await asyncio.sleep(0.05)


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_counters_are_right_whenever_the_server_dies(
    machine: Machine, shared_mongo: dict[str, str], mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", str(uuid4())))
    server = await machine.serve(**shared_mongo)
    keys, over = server.keys, asyncio.Event()
    watchers = [Watcher(server, keys["ownerKey"]) for _ in range(2)]
    async with calling(server.url, rng=rng) as caller, asyncio.TaskGroup() as tasks:
        watching = [tasks.create_task(watchers[0].over_websocket()), tasks.create_task(watchers[1].over_event_stream())]
        shopping = [tasks.create_task(shopper(caller, keys, over)) for _ in range(SHOPPERS)]
        tasks.create_task(move_about(caller, keys["ownerKey"], over))
        await kill_again_and_again(server, rng, over, rounds=ROUNDS)
        count = sum([await task for task in shopping])
        report = (await caller.ask(keys["ownerKey"], REPORT))["metrics"]
        assert report["totalVolume"]["count"] == count
        assert {one["key"]: one["total"] for one in report["series"]}["all"] == count
        await until(lambda: all(watcher.latest == report for watcher in watchers))
        for task in watching:
            task.cancel()
    counting = mongo_client[database_name]["counter_state"]
    while not (await counting.find_one({}) or {})["days_complete"]:  # noqa: ASYNC110 - another process creates them
        await asyncio.sleep(0.1)
    ended = await machine.command("doctor", "--json", **shared_mongo)
    assert (ended.code, ended.out.strip()) == (0, "[]"), ended
