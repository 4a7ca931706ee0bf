"""A deployment in the long run: two servers, a worker and a replica set of three, under load, with restarts,
elections, upgrades and erasures. Nothing is lost, doubled or out of order; `baton doctor` finds nothing, and the memory
is level.

`make soak MINUTES=0` has a crash, an upgrade and an election; `make soak MINUTES=60` goes on for an hour, and `make
test-long` for ten minutes, with everything in random order, a migration and its way back in the middle, and erasures
that end.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dev.fakes.receiver import WebhookReceiver
from dev.fakes.server import serving
from tests.e2e.builds import newer_build
from tests.e2e.clients import calling
from tests.e2e.processes import Machine
from tests.e2e.test_crashes import rng
from tests.integrations.replica_set.members import PROMPT, ReplicaSet
from tests.soak.deployment import Deployment
from tests.soak.memory import MemoryWatch
from tests.soak.shoppers import Load
from tests.soak.troubles import SHORT, Trouble, all_migrated, drawn

__all__ = ["rng"]

RUNS = bool({"BATON_SOAK_MINUTES", "BATON_LONG"} & os.environ.keys())
MINUTES = float(os.environ.get("BATON_SOAK_MINUTES") or (10 if "BATON_LONG" in os.environ else 0))
SHOPPERS = 6 if MINUTES else 3
ERASES = 0.1 if MINUTES else 0.5  # in a short run, erasures begin and do not end: one takes most of a minute
CALM = (1.0, 8.0)  # seconds between two troubles of a long run
_WAITING = "INBOX"  # the check that warns of tickets which wait for a person for long, as all of a soak do
ELECTION, CATCH_UP = 1_500, 1_000  # milliseconds, so that there are many elections in an hour


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    """Processes that share no memory with others, as those of a deployment."""
    async with Machine(tmp_path, executes=True) as machine:
        yield machine


@pytest.mark.skipif(not RUNS, reason="`make soak` and `make test-long` have it: a deployment takes long to start")
@pytest.mark.timeout(120 + 1.5 * 60 * MINUTES + (600 if MINUTES else 0))
async def test_nothing_is_lost_or_doubled_in_the_long_run(machine: Machine, rng: random.Random, tmp_path: Path) -> None:
    newer = await asyncio.to_thread(newer_build, machine.folder / "newer")
    receiver = WebhookReceiver()
    async with (
        ReplicaSet(tmp_path, election=ELECTION, catch_up=CATCH_UP, options=PROMPT) as mongo,
        Deployment(machine, mongo, newer) as deployment,
        serving(receiver) as receiver.url,
        calling(*deployment.urls, rng=rng) as caller,
    ):
        keys = deployment.steady.keys
        load = Load(
            keys=keys,
            urls=deployment.urls,
            caller=caller,
            receiver=receiver,
            rng=rng,
            shoppers=SHOPPERS,
            erases=ERASES,
        )
        memory, happened = MemoryWatch(deployment.steady, deployment.worker), Counter[str]()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(memory.run())
            loading = tasks.create_task(load.run())
            await load.moves()
            await make_trouble(deployment, load, rng, happened)
            load.end()
            await loading
            watching.cancel()
        if MINUTES:
            await load.erased()
        sys.stdout.write(report(load, memory, happened))
        await is_sound(deployment, load)
        memory.check()


async def make_trouble(deployment: Deployment, load: Load, rng: random.Random, happened: Counter[str]) -> None:
    """Make trouble until the time is over; without a time, a crash, an upgrade and an election."""

    async def make(trouble: Trouble) -> None:
        began = time.monotonic()
        sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {trouble.__name__:<34}")
        await trouble(deployment, load)
        happened[trouble.__name__] += 1
        sys.stdout.write(f" {time.monotonic() - began:5.1f} s\n")

    for trouble in SHORT:
        await make(trouble)
    ends, migrates = time.monotonic() + 60 * MINUTES, time.monotonic() + 30 * MINUTES
    while time.monotonic() < ends:
        await asyncio.sleep(rng.uniform(*CALM))
        if time.monotonic() > migrates and not happened[all_migrated.__name__]:
            await make(all_migrated)
        await make(drawn(rng))


async def is_sound(deployment: Deployment, load: Load) -> None:
    assert deployment.unexpected() == []
    newer = any(deployment.is_newer(process) for process in deployment.processes)
    checks = [("doctor", "--json"), ("doctor", "--erased", "--json")] if MINUTES else [("doctor", "--json")]
    for arguments in checks:
        checked = await deployment.command(*arguments, by_newer=newer)
        found = [each for each in json.loads(checked.out) if each["check"] != _WAITING]
        assert found == [], checked
    assert load.ledger.verified == len(load.ledger.started) - 1, "the first one is nobody's visit"
    assert load.ledger.erasures


def report(load: Load, memory: MemoryWatch, happened: Counter[str]) -> str:
    ledger = load.ledger
    lines = [
        f"{len(ledger.started):,} conversations with {ledger.messages:,} messages, {len(ledger.escalated):,} tickets, "
        f"{len(ledger.erasures):,} erasures; {ledger.verified:,} conversations checked",
        *(f"{name}: {count}" for name, count in happened.most_common()),
        *(f"a process of {life:.0f} s: {before:.0f} MiB, {after:.0f} MiB" for life, before, after in memory.growth()),
    ]
    return "\n".join(["", *lines, ""])
