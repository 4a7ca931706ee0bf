"""Backups beside traffic, and their restore beside running servers: real processes, a real MongoDB."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.faults import responding
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from tests.e2e.clients import Caller, Talk, calling
from tests.e2e.followers import FOLLOW, Follower, Stream, following
from tests.e2e.processes import Json, Machine, Server, until

MongoClient = AsyncMongoClient[dict[str, Any]]
_FOLLOW = FOLLOW.replace("... on StreamReady", "... on StreamReset { reason }\n  ... on StreamReady")
_CREATE = """mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
  endpoint { id } secret errors { code message path } } }"""
_HOLD = """mutation($input: SetLegalHoldInput!) { setLegalHold(input: $input) { errors { code message path } } }"""
_EXPORT = "mutation($input: ExportProfileInput!) { exportProfile(input: $input) { url errors { code message path } } }"
_KILLS = 10 if "BATON_LONG" in os.environ else 2


@dataclass(slots=True, kw_only=True)
class Resettable(Stream):
    """A stream that begins anew where its cursor is of another epoch."""

    resets: list[str] = field(default_factory=list)
    ready: list[bool] = field(default_factory=list)  # `resumed` of each connection

    def take(self, payload: Json) -> str:
        (item,) = payload["data"].values()
        if item["__typename"] == "StreamReady":
            self.ready.append(item["resumed"])
        if item["__typename"] != "StreamReset":
            return Stream.take(self, payload)
        self.resets.append(item["reason"])
        self.items.clear()
        cursor: str = item["cursor"]
        return cursor


@asynccontextmanager
async def traffic(caller: Caller, keys: dict[str, str]) -> AsyncIterator[list[Talk]]:
    """Conversations that start and go on within the block, by four callers."""
    talks: list[Talk] = []
    rounds = itertools.count(1)

    async def talk() -> None:
        while True:
            started = await caller.start(keys["publishableKey"], f"Where is order {next(rounds)}?")
            talks.append(started)
            for number in range(3):
                await caller.say(started, f"It is late {number}")
                await caller.reply(keys["agentKey"], started, f"It comes {number}")

    tasks = [asyncio.create_task(talk()) for _ in range(4)]
    try:
        yield talks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _doctor(machine: Machine, server: Server, **environment: str) -> Any:
    ended = await machine.command("doctor", "--json", **{**server.environment, **environment})
    return ended.json if ended.code == 0 else ended


async def test_a_backup_beside_traffic_is_a_state_at_one_instant(
    machine: Machine, shared_mongo: dict[str, str], mongo_client: MongoClient
) -> None:
    server = await machine.serve(**shared_mongo)
    copy = {"BATON_MONGODB_DATABASE": f"{shared_mongo['BATON_MONGODB_DATABASE']}_copy"}
    async with calling(server.url) as caller, traffic(caller, server.keys) as talks:
        await until(lambda: len(talks) >= 8)
        before = len(talks)
        folder = machine.folder / "backup"
        made = (await machine.command("backup", str(folder), "--json", **server.environment)).json
        assert before <= made["collections"]["conversations"] <= len(talks) + 4
        await until(lambda: len(talks) >= before + 4)
    try:
        environment = {**server.environment, **copy}
        restored = (await machine.command("restore", str(folder), "--json", **environment)).json
        assert restored["collections"] == made["collections"]
        assert restored["erasures"] == 0
        assert await _doctor(machine, server, **copy) == []
        again = await machine.command("restore", str(folder), **environment)
        assert again.code == 1
        assert "--replace" in again.err
    finally:
        await mongo_client.drop_database(copy["BATON_MONGODB_DATABASE"])


@pytest.mark.parametrize("stock", [True, False])
async def test_streams_of_a_running_server_begin_anew_after_a_restore(
    machine: Machine, shared_mongo: dict[str, str], *, stock: bool
) -> None:
    server = await machine.serve(**shared_mongo, BATON_DRAIN_SECONDS="2")
    folder, keys = machine.folder / "backup", server.keys
    async with calling(server.url) as caller:
        talks = [await caller.start(keys["publishableKey"], f"Question {number}") for number in range(3)]
        for talk in talks:
            await caller.say(talk, "before")
        streams = [Resettable(document=_FOLLOW, variables={"id": talk.id, "after": talk.cursor}) for talk in talks]
        follower = Follower([server.url], keys["ownerKey"], streams, stock=stock)
        async with following(follower):
            for stream in streams:
                await stream.has(1)
            assert (await machine.command("backup", str(folder), **server.environment)).code == 0
            for talk in talks:
                await caller.say(talk, "after the backup")
            lost = await caller.start(keys["publishableKey"], "Of the former life")
            for stream in streams:
                await stream.has(2)
            restored = await machine.command("restore", str(folder), "--replace", **server.environment)
            assert restored.code == 0, restored
            assert server.running
            await until(lambda: all(stream.resets for stream in streams))
            for talk in talks:  # the same numbers of the log, with other events
                await caller.say(talk, "after the restore")
            for stream in streams:
                await stream.has(1)
            assert [stream.resets for stream in streams] == [["UNKNOWN_CURSOR"]] * 3
            assert [stream.ready[-1] for stream in streams] == [False] * 3
            assert 1012 in follower.closed
            for talk, stream in zip(talks, streams, strict=True):
                stored = await caller.messages(keys["ownerKey"], talk.id)
                assert [message["text"] for message in stored][1:] == ["before", "after the restore"]
                assert stream.messages == stored[-1:]
        asked = "query($id: ID!) { conversation(id: $id) { id } }"
        gone = (await caller.once(keys["ownerKey"], asked, {"id": lost.id})).json()
        assert [error["extensions"]["code"] for error in gone["errors"]] == ["NOT_FOUND"]
    assert await _doctor(machine, server) == []


async def test_a_partner_gets_no_event_twice(machine: Machine, shared_mongo: dict[str, str]) -> None:
    """One event waits in the backup, and leaves before the restore."""
    receiver = WebhookReceiver()
    server = await machine.serve(**shared_mongo, BATON_WEBHOOK_PRIVATE_NETWORKS="true", BATON_DRAIN_SECONDS="2")
    folder, keys = machine.folder / "backup", server.keys
    async with serving(receiver) as url, calling(server.url) as caller:
        wish = {"url": f"{url}/hooks", "topics": ["CONVERSATION_STARTED"]}
        created = await caller.command(keys["ownerKey"], _CREATE, **wish)
        receiver.secrets.append(created["secret"])
        await caller.start(keys["publishableKey"], "Delivered before the backup")
        await until(lambda: len(receiver.messages) == 1)
        receiver.faults.plan = lambda _: responding(503)
        await caller.start(keys["publishableKey"], "Waits in the backup")
        assert (await machine.command("backup", str(folder), **server.environment)).code == 0
        receiver.faults.plan = lambda _: None
        await until(lambda: len(receiver.messages) == 2)
        assert await _is_refused(machine, server, caller, folder)
        await until(lambda: len(receiver.messages) == 3)
        assert (await machine.command("restore", str(folder), "--replace", **server.environment)).code == 0
        await caller.start(keys["publishableKey"], "After the restore")
        await until(lambda: len(receiver.messages) == 4)
        texts = [event["data"]["firstMessage"] for event in receiver.messages]
        assert texts == ["Delivered before the backup", "Waits in the backup", "Held", "After the restore"]
    assert await _doctor(machine, server) == []


async def _is_refused(machine: Machine, server: Server, caller: Caller, folder: Path) -> bool:
    """Whether a conversation that is held since the backup is in the way, and the message says what to do."""
    key, talk = server.keys["ownerKey"], await caller.start(server.keys["publishableKey"], "Held")
    asked = "query($id: ID!) { conversation(id: $id) { profile { id } } }"
    profile = (await caller.ask(key, asked, id=talk.id))["conversation"]["profile"]["id"]
    await caller.command(key, _HOLD, conversationId=talk.id, held=True, reason="Case 1")
    refused = await machine.command("restore", str(folder), "--replace", **server.environment)
    assert (refused.code, f'exportProfile(input: {{profileId: "{profile}"}})' in refused.err) == (1, True), refused
    assert (await caller.ask(key, _EXPORT, input={"profileId": profile}))["exportProfile"]["errors"] == []
    await caller.command(key, _HOLD, conversationId=talk.id, held=False)
    return f"baton restore {folder} --replace --lose-held" in refused.err


async def test_a_restore_that_is_killed_leaves_all_or_nothing(machine: Machine, shared_mongo: dict[str, str]) -> None:
    """SIGKILL at any moment; the same command again completes it. A killed backup is none."""
    rng = random.Random(os.environ.get("BATON_SEED", "restores"))
    server = await machine.serve(**shared_mongo, BATON_DRAIN_SECONDS="1")
    folder, keys = machine.folder / "backup", server.keys
    async with calling(server.url) as caller:
        talk = await caller.start(keys["publishableKey"], "Before")
        killed = await machine.run("backup", str(machine.folder / "killed"), **server.environment)
        await until((machine.folder / "killed.partial").exists)
        await killed.kill()
        assert not (machine.folder / "killed" / "baton.json").exists() or not killed.running
        assert (await machine.command("backup", str(folder), **server.environment)).code == 0
        await caller.say(talk, "After")
        for _ in range(_KILLS):
            killed = await machine.run("restore", str(folder), "--replace", **server.environment)
            await asyncio.sleep(rng.uniform(1, 8))
            await killed.kill()
        async with asyncio.timeout(60):
            while (done := await machine.command("restore", str(folder), "--replace", **server.environment)).code:
                assert "Another" in done.err, done  # the killed one holds the lease for some seconds
        texts = [message["text"] for message in await caller.messages(keys["ownerKey"], talk.id)]
        assert texts[-1] == "Before"
        await caller.say(talk, "Again")
    assert await _doctor(machine, server) == []
