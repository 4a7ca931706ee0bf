"""SIGKILL while settings and endpoints change: each change that was saved has its entry in the audit log."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from tests.e2e.clients import Caller, calling
from tests.e2e.processes import Json, Machine
from tests.e2e.test_handoff_crashes import kill_again_and_again

ROUNDS = 60 if "BATON_LONG" in os.environ else 4
ENDPOINTS = 15  # an account has at most 20

_ERRORS = "errors { code message path }"
ACCOUNT = f"mutation($input: UpdateAccountInput!) {{ updateAccount(input: $input) {{ {_ERRORS} }} }}"
HANDOFF = f"mutation($input: UpdateHandoffSettingsInput!) {{ updateHandoffSettings(input: $input) {{ {_ERRORS} }} }}"
CREATE = f"""mutation($input: CreateWebhookEndpointInput!) {{ createWebhookEndpoint(input: $input) {{
  endpoint {{ id }} {_ERRORS} }} }}"""


async def change_settings(caller: Caller, key: str, over: asyncio.Event, document: str, field: str) -> None:
    """A change without a response is sent again, and then saved twice."""
    number = 0
    while not over.is_set():
        number += 1
        (payload,) = (await caller.ask(key, document, input={field: f"Text {number}"})).values()
        assert payload["errors"] == []


async def versions(database: AsyncDatabase[Json]) -> tuple[int, int]:
    """Return the versions of both settings, which each change increments."""
    [account] = await database["accounts"].find().to_list()
    handoff = await database["handoff_settings"].find_one() or {"version": 1}
    return account["version"], handoff["version"]


async def create_endpoints(caller: Caller, key: str) -> list[str]:
    """Each is created once, however often it is sent."""
    made = []
    for number in range(ENDPOINTS):
        given: Json = {
            "url": "https://partner.example/",
            "topics": ["CONVERSATION_STARTED"],
            "description": f"{number}",
        }
        made.append((await caller.command(key, CREATE, **given))["endpoint"]["id"])
        await asyncio.sleep(0.05)
    return made


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_each_change_has_its_entry_whenever_the_server_dies(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    database_name: str,
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "audit"))
    server = await machine.serve(**shared_mongo)
    over, owner = asyncio.Event(), server.keys["ownerKey"]
    database = mongo_client[database_name]
    first = await versions(database)
    async with calling(server.url, rng=rng) as caller, asyncio.TaskGroup() as tasks:
        tasks.create_task(change_settings(caller, owner, over, ACCOUNT, "greeting"))
        tasks.create_task(change_settings(caller, owner, over, HANDOFF, "offerText"))
        creating = tasks.create_task(create_endpoints(caller, owner))
        tasks.create_task(kill_again_and_again(server, rng, over, ROUNDS))
    found = await database["audit_entries"].find(sort=[("number", 1)]).to_list()
    [account] = await database["accounts"].find().to_list()
    endpoints = await database["webhook_endpoints"].find().to_list()
    actions = Counter(entry["action"] for entry in found)
    settings = actions["SETTINGS_UPDATED"], actions["HANDOFF_SETTINGS_UPDATED"]
    assert settings == tuple(now - before for now, before in zip(await versions(database), first, strict=True))
    assert len(creating.result()) == len(endpoints) == ENDPOINTS
    created = [entry["target"]["id"] for entry in found if entry["action"] == "WEBHOOK_CREATED"]
    assert sorted(created) == sorted(endpoint["_id"] for endpoint in endpoints)
    # The second save of a change that was sent again changed nothing.
    changes = [entry["changes"] for entry in found if entry["action"] == "SETTINGS_UPDATED" and "changes" in entry]
    assert changes[-1][0]["after"] == account["greeting"]
    ended = await machine.command("doctor", "--json", **shared_mongo, BATON_DATA=str(server.data))
    assert (ended.code, ended.out.strip()) == (0, "[]"), ended
