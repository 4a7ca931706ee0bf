"""Records of a newer build and damaged ones, in every collection: what is sound goes on, in the same account too."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError

from domain.model.account import Account
from domain.values.ids import AccountId, new_id
from integrations.mongo.collections import COLLECTIONS, entity_document
from resolvers.relay.global_ids import parse_global_id
from tests.e2e.clients import Caller, calling
from tests.e2e.followers import Follower, Stream, following
from tests.e2e.processes import Json, Machine
from tests.integrations.mongo.test_stored import made

EACH = 12  # records of each kind
ROUNDS = 8
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STRANGE: tuple[Any, ...] = ("OF_A_NEWER_BUILD", 12_345, -0.5, None, True, [], {}, {"a": [1]}, [{"b": None}], LONG_AGO)
LISTS = """{
  conversations(first: 100) { totalCount nodes { id channel status lastMessageAt tags
    profile { id } ticket { state helpdesk } handoffs { state reason } } }
  inbox(first: 100) { nodes { id } }
  outgoing(first: 100) { totalCount nodes { id kind destination state } }
  auditLog(first: 100) { nodes { number action } }
  articles(first: 100) { nodes { id kind } }
  events(first: 100) { nodes { id type } }
  account { name staff { name role availability } }
}"""


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all values within a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in items:
        if (*path, name) not in (("_id",), ("account",)):
            yield (*path, name)
            if isinstance(value, dict | list):
                yield from places(value, (*path, name))


def damage(document: Json, rng: random.Random) -> Json:
    """Change, remove or add a few values at random places."""
    for _ in range(rng.randint(1, 3)):
        path = rng.choice([*places(document)] or [("of a newer build",)])
        parent: Any = document
        for step in path[:-1]:
            parent = parent[step]
        match rng.randint(0, 3):
            case 0 | 1:
                parent[path[-1]] = deepcopy(rng.choice(STRANGE))
            case 2 if path[-1] in parent or isinstance(parent, list):
                del parent[path[-1]]
            case _ if isinstance(parent, dict):
                parent["of a newer build"] = deepcopy(rng.choice(STRANGE))
            case _:
                parent.append(deepcopy(rng.choice(STRANGE)))
    return document


def plain(value: Any) -> Any:
    """The document as MongoDB would return it."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.value if isinstance(value, StrEnum) else value


async def insert_damaged(database: AsyncDatabase[Json], account: str, rng: random.Random) -> int:
    """Insert damaged records of every kind. Returns the number of those that the indexes admit."""
    count = 0
    for kind, collection in COLLECTIONS.items():
        if kind is Account:
            continue
        whole = [plain(entity_document(AccountId(account), made(kind, full=n % 4 > 0))) for n in range(EACH)]
        for document in whole:
            document |= {"_id": new_id()}
            if "due_at" in document:
                document["due_at"] = LONG_AGO
        damaged = [damage(document, rng) for document in whole]
        try:
            count += len((await database[collection].insert_many(damaged, ordered=False)).inserted_ids)
        except BulkWriteError as error:
            count += error.details["nInserted"]
    strange: list[Json] = [
        {"account": account},
        {"seq": 5},
        {"account": account, "seq": "x", "at": 3, "type": "y", "body": 1},
    ]
    strange.append({"account": f"another {new_id()}", "seq": 1, "topics": 7})
    with suppress(BulkWriteError):  # from the second time on, the index admits the last one only
        await database["events"].insert_many(strange, ordered=False)
    await database["signals"].insert_many([{"type": "typing", "body": 5}, {"type": 7}, {}])
    return count


@pytest.mark.timeout(300)
async def test_what_is_sound_goes_on(
    machine: Machine, shared_mongo: dict[str, str], mongo_client: AsyncMongoClient[Json], database_name: str
) -> None:
    seed = random.randrange(1 << 32)
    sys.stdout.write(f"seed {seed}\n")
    rng, database = random.Random(seed), mongo_client[database_name]
    server = await machine.serve(**shared_mongo)
    account = (await database["accounts"].find_one() or {})["_id"]
    async with calling(server.url, rng=rng) as caller:
        talk = await caller.start(server.keys["publishableKey"], "sound")
        stream = Stream.of(talk.id, talk.cursor)
        async with following(Follower([server.url], talk.token, [stream], stock=False)):
            said = 0
            for _ in range(ROUNDS):
                assert await insert_damaged(database, account, rng) > 100
                await asyncio.sleep(1)  # some rounds of every worker
                said += await _talk(caller, talk, server.keys["agentKey"], said)
                await _lists_are_served(server.url, server.keys["ownerKey"], talk.id)
                assert server.running
            await stream.has(said)
        another = await caller.start(server.keys["publishableKey"], "sound too")
        assert another.id != talk.id
    log, parsed = server.log.read_text(), parse_global_id(talk.id)
    assert parsed is not None
    sound = parsed[1]
    assert "Background work failed" not in log
    assert "cannot be read, and is left out" in log
    for options in ((), ("--repair",)):
        ended = await machine.command("doctor", "--json", *options, **server.environment)
        assert (ended.code, "Traceback" in ended.err) == (1, False), ended.err
        found = json.loads(ended.out)
        assert len([each for each in found if each["check"] == "RECORDS"]) > 20
        assert not [each for each in found if sound in each["where"]]


async def _talk(caller: Caller, talk: Any, agent: str, said: int) -> int:
    await caller.say(talk, f"question {said}")
    await caller.reply(agent, talk, f"reply {said}")
    return 2


async def _lists_are_served(url: str, key: str, sound: str) -> None:
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(timeout=30) as http:
        response = await http.post(url, json={"query": LISTS}, headers=headers)
    answer = response.json()
    assert response.status_code == 200, answer
    assert sound in [node["id"] for node in answer["data"]["conversations"]["nodes"]]
    for name, listed in answer["data"].items():
        assert listed is not None, (name, answer["errors"])
