"""Outages of a replica set of three: the time until writes are acknowledged again, and until streams deliver again.

Two servers with subscribers, and conversations that go on meanwhile. Each primary is the victim once.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.report import Table
from tests.e2e.clients import calling
from tests.e2e.processes import Machine
from tests.e2e.test_crashes import Play
from tests.integrations.replica_set.faults import Fault, cut_off, killed, paused, stepped_down
from tests.integrations.replica_set.members import PROMPT, ReplicaSet
from tests.integrations.replica_set.outages import noticed

_FAULTS: dict[str, Fault] = {
    "it is killed": killed,
    "it hangs": paused,
    "nothing reaches it": cut_off,
    "it steps down": stepped_down,
}
_SETTINGS: dict[str, dict[str, Any]] = {
    "MongoDB's own": {},
    "those of docs/operations.md": {"catch_up": 1_000, "options": PROMPT},
    "also electionTimeoutMillis 1500": {"election": 1_500, "catch_up": 1_000, "options": PROMPT},
}
_SECRET = "the same for all, and 32 characters long"


async def measure() -> list[Table]:
    rows = []
    for name, how in _SETTINGS.items():
        for what, (elected, written, seen) in (await _outages(**how)).items():
            rows.append((name, what, f"{elected:.1f}", f"{written:.1f}", f"{seen:.1f}"))
    return [
        Table(
            title="Outages of the primary",
            note="Seconds from the failure of the primary of three members to the election of another, to the response "
            "of a command that was sent after the failure, and to its event at every subscriber. Two servers, three "
            "conversations that go on meanwhile, twelve sockets. Servers, members and clients share the machine.",
            head=("settings of the replica set", "the primary", "elected", "written again", "seen again"),
            rows=rows,
        )
    ]


async def _outages(**how: Any) -> dict[str, tuple[float, float, float]]:
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Machine(Path(folder), executes=True) as machine,
            ReplicaSet(Path(folder), **how) as mongo,
        ):
            settings = {"BATON_MONGODB_URI": mongo.uri, "BATON_SECRET": _SECRET}
            servers = [await machine.serve(name, **settings) for name in ("one", "two")]
            urls = [server.url for server in servers]
            async with calling(*urls, rng=rng) as caller:
                play = Play(keys=servers[0].keys, urls=urls, rng=rng, caller=caller)
                await play.cast()
                took = {}
                async with play.on():
                    for name, fault in _FAULTS.items():
                        await play.is_followed()
                        took[name] = await noticed(mongo, fault, play)
                        await mongo.healthy()
            return took
