"""The commands of docs/operations.md and docs/reference/auth.md, on the demo's data."""

from __future__ import annotations

import json

import pytest

from tests.docs.pages import blocks_of
from tests.docs.shell import json_values, reading
from tests.e2e.processes import Machine

_PAST = [
    {"task_id": 0, "trial": 0, "traj": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]}
]


@pytest.mark.timeout(400)  # more than ten processes start one after the other
async def test_the_commands_of_an_operator(machine: Machine, shared_mongo: dict[str, str]) -> None:
    upgrade, back, check, erase, erased, failed, audit, rotate, past, *_ = blocks_of("docs/operations.md", "sh")
    [accounts] = blocks_of("docs/reference/auth.md", "sh")
    reader = await reading(machine, **shared_mongo)
    planned, migrated, healthy = (await reader.output(upgrade)).strip().splitlines()
    assert planned == "The database has schema version 1. There is nothing to do."
    assert migrated == "The database has schema version 1 already."
    assert healthy == "No findings."
    assert (await reader.output(back)).splitlines() == [
        "The database has schema version 0 now.",
        "The database has schema version 1 now.",
    ]
    assert "problem" not in (await reader.output(check)).lower()
    _, begun, record = [answer["data"] for answer in await reader.paste(erase)]
    assert begun["eraseProfile"]["errors"] == []
    assert (record["node"]["heldConversations"], record["node"]["vendors"]) == ([], [])
    assert "No findings." in await reader.output(erased)  # it is under way, or done
    kept = (reader.folder / "erasures.jsonl").read_text()
    assert (len(json_values(kept)[0]["profile_hashes"]), "lea@example.com" in kept) == (1, False)
    [outgoing] = json_values((await reader.output(failed)).partition("\n")[0])
    assert outgoing["data"]["outgoing"]["totalCount"] == 0
    [logged] = json_values((await reader.output(audit)).partition("\n")[0])
    assert {entry["action"] for entry in logged["data"]["auditLog"]["nodes"]} == {"KEY_CREATED"}
    assert "KEY_CREATED" in (reader.folder / ".baton" / "audit.csv").read_text()
    await reader.output(rotate)
    (reader.folder / "past.json").write_text(json.dumps(_PAST))
    assert "1" in await reader.output(past.replace("path/to/gpt-4o-airline.json", "past.json"))
    assert "My shop" in await reader.output(accounts)


@pytest.mark.timeout(300)  # the server lets go of the database, and begins anew
async def test_a_backup_and_its_restore(machine: Machine, shared_mongo: dict[str, str]) -> None:
    *_, backup, restore = blocks_of("docs/operations.md", "sh")
    reader = await reading(machine, **shared_mongo, BATON_DRAIN_SECONDS="2")
    assert "collections" in await reader.output(backup)
    assert (reader.folder / "backups" / "monday" / "baton.json").exists()
    restored = await reader.output(restore)
    assert "Restored" in restored
    assert "No findings." in restored
