"""The start for newcomers and operators: the demo's keys, wrong MongoDB URIs, expired keys, a worker process."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from integrations.mongo.server.mongod import binary
from resolvers.relay.global_ids import key_of
from tests.e2e.clients import MESSAGES, Caller, calling
from tests.e2e.followers import EVENTS, Follower, Stream, following
from tests.e2e.processes import Machine, free_port, until

MongoClient = AsyncMongoClient[dict[str, Any]]
_ME = "{ account { name } me { name role } }"
_IMPORTED = "{ conversations { nodes { id status streamCursor firstQuestion } } }"


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    """Processes that execute `baton` from its first import on."""
    async with Machine(tmp_path, executes=True) as machine:
        yield machine


async def test_a_first_start_hands_out_keys_that_work_and_a_second_finds_everything(machine: Machine) -> None:
    server = await machine.serve()
    file = server.data / "credentials.json"
    keys = server.keys
    assert set(keys) == {"accountId", "ownerKey", "agentKey", "publishableKey", "url"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert any(server.url in line for line in server.announced)
    assert keys["url"] == server.url
    async with calling(keys["url"]) as caller:
        assert await caller.ask(keys["ownerKey"], _ME) == {
            "account": {"name": "Demo shop"},
            "me": {"name": "Olivia Owner", "role": "OWNER"},
        }
        talk = await caller.start(keys["publishableKey"], "Where is my order?")
        answer = await caller.reply(keys["agentKey"], talk, "It arrives today.")
        assert answer["sequence"] == 2
        assert (await caller.ask(keys["agentKey"], "{ account { id } }"))["account"]["id"] == keys["accountId"]

        await server.kill()
        await server.start()
        assert server.keys == keys
        texts = [message["text"] for message in await caller.messages(keys["ownerKey"], talk.id)]
        assert texts == ["Where is my order?", "It arrives today."]


async def test_with_everything_of_ones_own_the_data_folder_need_not_be_there(
    machine: Machine, shared_mongo: dict[str, str]
) -> None:
    secret = "of one's own, 32 characters at least"
    server = await machine.serve(**shared_mongo, BATON_SECRET=secret)
    async with calling(server.url) as caller:
        assert (await caller.ask(server.keys["ownerKey"], _ME))["me"]["role"] == "OWNER"


async def test_without_the_demo_a_start_makes_no_account(machine: Machine, shared_mongo: dict[str, str]) -> None:
    server = await machine.serve(**shared_mongo, BATON_DEMO="false")
    async with httpx.AsyncClient(base_url=server.url.removesuffix("/graphql")) as http:
        for page in ("/", "/inbox", "/sign-in/demo"):
            assert (await http.get(page)).status_code == 404, page
        assert (await http.get("/readyz")).status_code == 200
    assert not (server.data / "credentials.json").exists()
    assert (await machine.command("account", "list", "--json", **shared_mongo)).json == []
    assert not any("sign in" in line for line in server.announced)


async def test_a_mongodb_that_is_no_replica_set_is_refused_with_what_to_do(machine: Machine) -> None:
    port, folder = free_port(), machine.folder / "standalone"
    folder.mkdir()
    mongod = await asyncio.create_subprocess_exec(
        *(binary(), "--dbpath", folder, "--port", str(port)), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        ended = await machine.command("serve", BATON_MONGODB_URI=f"mongodb://127.0.0.1:{port}/", PORT="0")
    finally:
        mongod.kill()
        await mongod.wait()

    assert (ended.code, ended.out) == (1, "")
    assert "is not a replica set" in ended.err
    assert "--replSet rs0" in ended.err
    assert "rs.initiate()" in ended.err
    assert "Traceback" not in ended.err


async def test_a_key_that_is_revoked_elsewhere_ends_its_open_sockets_and_no_others(
    machine: Machine, shared_mongo: dict[str, str]
) -> None:
    server = await machine.serve(**shared_mongo)
    key = (await machine.command("keys", "create", "--scope", "agent", "--json", **shared_mongo)).json
    async with calling(server.url) as caller:
        talk = await caller.start(server.keys["publishableKey"])
        holder, other = (
            Follower([server.url], token, [Stream.of(talk.id, talk.cursor)], stock=False)
            for token in (key["key"], server.keys["agentKey"])
        )
        async with following(holder, other):
            await caller.say(talk, "Before.")
            await holder.streams[0].has(1)
            await machine.command("keys", "revoke", key["id"], **shared_mongo)
            await until(lambda: holder.over)
            await caller.say(talk, "After.")
            await other.streams[0].has(2)

    assert holder.closed == {4403: 2}  # the open stream, and its next attempt
    assert [message["text"] for message in holder.streams[0].messages] == ["Before."]
    assert not other.closed


async def test_a_key_that_expires_ends_its_open_sockets(
    machine: Machine, shared_mongo: dict[str, str], mongo_client: MongoClient
) -> None:
    server = await machine.serve(**shared_mongo)
    create = ("keys", "create", "--scope", "agent", "--days", "1", "--json")
    credentials = mongo_client[shared_mongo["BATON_MONGODB_DATABASE"]]["credentials"]
    for seconds in (5, 50):  # the test cannot wait for a day, and a busy machine may need more than the first of these
        key = (await machine.command(*create, **shared_mongo)).json
        soon = datetime.now(UTC) + timedelta(seconds=seconds)
        changed = await credentials.update_one(
            {"_id": key_of(key["id"], "ApiKey", field="id")}, {"$set": {"expires_at": soon}}
        )
        assert changed.modified_count == 1
        follower = Follower([server.url], key["key"], [Stream(document=EVENTS, variables={})], stock=False)
        async with following(follower):
            await until(lambda follower=follower: follower.over or follower.streams[0].caught_up)
            if datetime.now(UTC) >= soon:
                continue
            assert not follower.closed
            await until(lambda follower=follower: follower.over)
        break

    assert datetime.now(UTC) >= soon
    assert follower.closed == {4403: 2}


async def test_a_lone_worker_fires_the_timers_of_servers_that_do_not(
    machine: Machine, shared_mongo: dict[str, str], tmp_path: Path
) -> None:
    server = await machine.serve(**shared_mongo, BATON_WORKER="false")
    owner = server.keys["ownerKey"]
    for seconds in (12, 50):  # a busy machine may import the conversation after it was due
        last = (datetime.now(UTC) - timedelta(hours=48) + timedelta(seconds=seconds)).replace(microsecond=0)
        turns = [("user", f"Where is it? {seconds}", last - timedelta(minutes=1)), ("assistant", "On its way.", last)]
        run = {"task_id": seconds, "traj": [{"role": r, "content": c, "sent_at": at.isoformat()} for r, c, at in turns]}
        (tmp_path / "runs.json").write_text(json.dumps([run]))
        imported = await machine.command("import", "tau-bench", str(tmp_path / "runs.json"), "--json", **shared_mongo)
        assert imported.json["imported"] == 1
        if datetime.now(UTC) < last + timedelta(hours=48):
            break
    async with calling(server.url) as caller:
        found = (await caller.ask(owner, _IMPORTED))["conversations"]
        [node] = [node for node in found["nodes"] if node["firstQuestion"] == f"Where is it? {seconds}"]
        due = last + timedelta(hours=48)
        assert node["status"] == "OPEN"
        await until(lambda: datetime.now(UTC) > due + timedelta(seconds=2))
        assert await _state(caller, owner, node["id"]) == ("OPEN", None)  # no worker closes it

        follower = Follower([server.url], owner, [Stream.of(node["id"], node["streamCursor"])], stock=False)
        async with following(follower):
            worker = await machine.run("worker", **shared_mongo)
            assert await worker.line() == "The worker is at work. Ctrl-C ends it."
            await until(lambda: follower.streams[0].items)
        closed_at = due.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert await _state(caller, owner, node["id"]) == ("RESOLVED_BY_AI", closed_at)

    (item,) = follower.streams[0].items
    assert (item["conversation"]["status"], item["conversation"]["closedAt"]) == ("RESOLVED_BY_AI", closed_at)


async def _state(caller: Caller, key: str, conversation_id: str) -> tuple[str, str | None]:
    found = (await caller.ask(key, MESSAGES, id=conversation_id))["conversation"]
    return found["status"], found["closedAt"]
