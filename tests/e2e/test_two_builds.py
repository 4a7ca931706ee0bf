"""Two successive builds side by side on one database, under traffic: upgrade, migration, rollback.

The newer build is that of `builds.py`.
"""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from domain.versions.model import SCHEMA_VERSION
from tests.e2e.builds import NEWER, ROOT, choose, newer_build
from tests.e2e.clients import calling
from tests.e2e.processes import Ended, Json, Machine, Server, until
from tests.e2e.test_crashes import Play, rng

__all__ = ["rng"]

PAST = 60  # conversations from before the upgrade, so that the migration takes a while
KINDS = "query($id: ID!) { conversation(id: $id) { messages(last: 100) { nodes { kind } } } }"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the newer build."""
    return newer_build(tmp_path_factory.mktemp("newer"))


class Site:
    """Two servers that are replaced one after the other, and the commands of an operator."""

    def __init__(self, machine: Machine, newer: Path, settings: dict[str, str], database: AsyncDatabase[Json]) -> None:
        self.machine = machine
        self.newer = newer
        self.settings = settings
        self.database = database
        self.servers: list[Server] = []

    async def open(self) -> None:
        for name in ("one", "two"):
            self.servers.append(await self.machine.serve(name, **self.settings))

    async def replace(self, place: int, *, by_newer: bool) -> None:
        """End a server as an operator does, and start the other build at its address."""
        server = self.servers[place]
        server.send(signal.SIGTERM)
        await server.ended()
        self._choose(server, by_newer=by_newer)
        await server.start()

    async def command(self, *arguments: str, by_newer: bool) -> Ended:
        process = self.machine.server(f"command {len(list(self.machine.folder.iterdir()))}", **self.settings)
        process.arguments = arguments
        self._choose(process, by_newer=by_newer)
        await super(Server, process).start()
        return await process.ended()

    async def kill_in_the_middle(self) -> None:
        """Start the migration, and kill it once it has changed something."""
        process = self.machine.server("killed", **self.settings)
        process.arguments = ("migrate",)
        self._choose(process, by_newer=True)
        await super(Server, process).start()
        async with asyncio.timeout(60):
            while not await self.database["schema"].count_documents({"places.0": {"$exists": True}}):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await process.kill()

    def _choose(self, process: Server, *, by_newer: bool) -> None:
        choose(process, self.newer if by_newer else ROOT)

    async def schema(self) -> Json:
        found = await self.database["schema"].find_one()
        assert found is not None
        return found


@pytest.fixture
def site(
    machine: Machine,
    newer: Path,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[Json],
    database_name: str,
) -> Site:
    settings = {**shared_mongo, "BATON_SECRET": "the same for all, and 32 characters long"}
    return Site(machine, newer, settings, mongo_client[database_name])


@pytest.mark.timeout(400)
async def test_upgrade_and_rollback_beside_traffic(site: Site, rng: random.Random) -> None:
    await site.open()
    urls = [server.url for server in site.servers]
    async with calling(*urls, rng=rng) as caller:
        keys = site.servers[0].keys
        for number in range(PAST):
            await caller.start(keys["publishableKey"], f"before {number}")
        play = Play(keys=keys, urls=urls, rng=rng, caller=caller)
        await play.cast()
        async with play.on():
            await site.replace(1, by_newer=True)
            await _older_serves_what_newer_wrote(site, play)
            refused = await site.command("migrate", by_newer=True)
            assert refused.code == 1
            assert "`baton serve` on" in refused.err, refused
            assert await site.schema() == {"_id": "schema", "version": SCHEMA_VERSION}
            await site.replace(0, by_newer=True)
            await site.kill_in_the_middle()
            assert (await site.schema())["target"] == NEWER
            refused = await site.command("serve", by_newer=False)
            assert (refused.code, "baton migrate --to" in refused.err) == (1, True), refused
            migrated = await site.command("migrate", by_newer=True)
            assert migrated.code == 0, migrated
            assert await site.schema() == {"_id": "schema", "version": NEWER}
            assert await site.database["conversations"].count_documents({"mood": None}) == 0
            refused = await site.command("serve", by_newer=False)
            assert (refused.code, f"schema version {NEWER}" in refused.err) == (1, True), refused
            await play.is_followed()
            back = await site.command("migrate", "--to", str(SCHEMA_VERSION), by_newer=True)
            assert back.code == 0, back
            await site.replace(0, by_newer=False)
            await asyncio.sleep(1)
            await site.replace(1, by_newer=False)
            await play.is_followed()
    healthy = await site.command("doctor", by_newer=False)
    assert healthy.code == 0, healthy


async def _older_serves_what_newer_wrote(site: Site, play: Play) -> None:
    """Both build write to the same conversations: the older one serves what it does not know, and keeps it."""
    talk, key = play.scripts[0].talk, play.keys["ownerKey"]
    older, newer = (server.url for server in site.servers)
    for url, kind in ((older, "UNKNOWN"), (newer, "WHISPER")):
        async with asyncio.timeout(60):
            while kind not in await _kinds(url, key, talk.id):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    written = len(play.scripts[0].answered)
    await until(lambda: len(play.scripts[0].answered) > written + 20)  # by both builds
    moods = await site.database["conversations"].distinct("mood", {"sequence": {"$gt": 5}})
    assert moods == ["calm"]


async def _kinds(url: str, key: str, conversation_id: str) -> set[str]:
    """Return the kinds of the latest messages, as a server sees them."""
    body = {"query": KINDS, "variables": {"id": conversation_id}}
    async with httpx.AsyncClient() as http:
        response = await http.post(url, json=body, headers={"authorization": f"Bearer {key}"})
    answer: Any = response.json()
    assert "errors" not in answer, answer
    return {node["kind"] for node in answer["data"]["conversation"]["messages"]["nodes"]}
