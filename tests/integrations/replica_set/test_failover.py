"""A replica set of three whose primary fails in every way, under load: what was acknowledged is there, and subscribers
get each event once and in order. `make test-long` has MongoDB's own time limit of an election, prints how long each
failure was noticed, and holds the longest against the bound of `docs/operations.md`."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from tests.e2e.clients import calling
from tests.e2e.conftest import machine
from tests.e2e.processes import Machine
from tests.e2e.test_crashes import Play, rng
from tests.integrations.replica_set.checks import has_no_differences
from tests.integrations.replica_set.faults import (
    Fault,
    cut_off,
    cut_off_from_the_others,
    empty,
    fill,
    indexed,
    killed,
    paused,
    stepped_down,
    without_a_majority,
)
from tests.integrations.replica_set.members import PROMPT, ReplicaSet
from tests.integrations.replica_set.outages import noticed

__all__ = ["machine", "rng"]

LONG = "BATON_LONG" in os.environ
ELECTION = 10_000 if LONG else 1_500  # milliseconds; MongoDB's default, and one for which nobody waits
DOCUMENTS = 100_000 if LONG else 20_000  # of a collection that gets an index, half a KB each
FAULTS: list[Fault] = [killed, paused, cut_off_from_the_others, stepped_down, indexed]
FAULTS += [cut_off, without_a_majority] if LONG else []
BACK = 5.0  # seconds after the election, for which MongoDB waits ten, or twenty where two members stand for it at once
SECRET = "the same for all, and 32 characters long"


@pytest.mark.timeout(900 if LONG else 240)
async def test_the_primary_fails_in_every_way(machine: Machine, rng: random.Random, tmp_path: Path) -> None:
    async with ReplicaSet(tmp_path, election=ELECTION, catch_up=1_000, options=PROMPT) as mongo:
        settings = {"BATON_MONGODB_URI": mongo.uri, "BATON_SECRET": SECRET}
        servers = [await machine.serve(name, **settings) for name in ("one", "two")]
        urls = [server.url for server in servers]
        async with calling(*urls, rng=rng) as caller:
            play = Play(keys=servers[0].keys, urls=urls, rng=rng, caller=caller)
            await play.cast()
            await fill(mongo, DOCUMENTS)
            rows = []
            async with play.on():
                for fault in FAULTS:
                    await play.is_followed()
                    rows.append((fault.__name__, *await noticed(mongo, fault, play)))
                    await mongo.healthy()
            await empty(mongo)
            await has_no_differences(machine, settings)
        sys.stdout.write(table(rows))
        if LONG:
            assert max(seen - elected for _, elected, _, seen in rows) < BACK


def table(rows: list[tuple[str, float, float, float]]) -> str:
    lines = [f"{name:<26}{''.join(f'{each:>10.1f} s' for each in seconds)}" for name, *seconds in rows]
    return "\n".join(["", f"{'fault':<26}{'elected':>12}{'written':>12}{'seen':>12}", *lines, ""])
