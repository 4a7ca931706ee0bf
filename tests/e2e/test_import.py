"""Imports by the real program happen once, whatever interrupts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from tests.e2e.clients import calling
from tests.e2e.processes import Machine
from tests.integrations.importers.conftest import dataset

__all__ = ["dataset"]

MongoClient = AsyncMongoClient[dict[str, Any]]
_RUNS = 1_500
_COUNT = "query($after: String) { conversations(first: 100, after: $after) { totalCount nodes { id status } } }"


async def test_an_import_that_is_killed_goes_on_where_it_was_and_imports_nothing_twice(
    machine: Machine, tmp_path: Path
) -> None:
    mongo = await machine.mongo()
    settings = {"BATON_MONGODB_URI": mongo.uri}
    file = tmp_path / "runs.json"
    file.write_text(json.dumps([_run(number) for number in range(_RUNS)]))
    await machine.command("account", "create", "Shop", "--owner-email", "ada@shop.example", **settings)
    async with MongoClient(mongo.uri) as client:
        await _import_and_kill(machine, file, settings, client["baton"])


async def _import_and_kill(
    machine: Machine, file: Path, settings: dict[str, str], database: AsyncDatabase[dict[str, Any]]
) -> None:
    first = await machine.run("import", "tau-bench", str(file), **settings)
    while not await database["conversations"].count_documents({}):
        assert first.running
    await first.kill()
    before = await database["conversations"].count_documents({})
    assert 0 < before < _RUNS, "it was to be killed in the middle"

    second = await machine.command("import", "tau-bench", str(file), "--json", **settings)
    assert second.json == {"imported": _RUNS - before, "known": before, "erased": 0, "leftOut": 0, "malformed": []}
    third = await machine.command("import", "tau-bench", str(file), "--json", **settings)
    assert third.json == {"imported": 0, "known": _RUNS, "erased": 0, "leftOut": 0, "malformed": []}
    assert await database["conversations"].count_documents({}) == _RUNS
    assert await database["messages"].count_documents({}) == 2 * _RUNS
    questions = await database["conversations"].distinct("first_question")
    assert sorted(questions) == sorted(f"Question {number}" for number in range(_RUNS))
    doctor = await machine.command("doctor", **settings)
    assert doctor.code == 0, doctor


async def test_the_200_published_runs_become_200_conversations(
    machine: Machine, shared_mongo: dict[str, str], dataset: Callable[[str], Path]
) -> None:
    server = await machine.serve(**shared_mongo)
    file = str(dataset("tau-bench/gpt-4o-airline.json"))
    first = await machine.command("import", "tau-bench", file, "--json", **shared_mongo)
    again = await machine.command("import", "tau-bench", file, "--json", **shared_mongo)

    assert first.json == {"imported": 200, "known": 0, "erased": 0, "leftOut": 0, "malformed": []}
    assert again.json == {"imported": 0, "known": 200, "erased": 0, "leftOut": 0, "malformed": []}
    async with calling(server.url) as caller:
        found = (await caller.ask(server.keys["ownerKey"], _COUNT))["conversations"]
    assert found["totalCount"] == 200
    assert len({node["id"] for node in found["nodes"]}) == 100


def _run(number: int) -> dict[str, Any]:
    turns = [("user", f"Question {number}"), ("assistant", f"Answer {number}")]
    return {"task_id": number, "trial": 0, "traj": [{"role": role, "content": text} for role, text in turns]}
