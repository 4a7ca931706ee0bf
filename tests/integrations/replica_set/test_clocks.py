"""A replica set whose members disagree by minutes about the time, each of them the primary in turn.

Debian's package `libfaketime` sets the clock of a process. Without it the test is skipped; by hand, the same is
`date --set='+5 minutes'` on the machine of a member whose NTP is stopped."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.e2e.clients import calling
from tests.e2e.conftest import machine
from tests.e2e.processes import Machine, until
from tests.e2e.test_crashes import Play, rng
from tests.integrations.replica_set.checks import has_no_differences
from tests.integrations.replica_set.members import Member, ReplicaSet

__all__ = ["machine", "rng"]

_LIBRARIES = [
    *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
    *Path("/usr/lib").glob("faketime/libfaketimeMT.so.1"),
]


def clock(off: str) -> dict[str, str]:
    return {"LD_PRELOAD": str(_LIBRARIES[0]), "FAKETIME": off, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@pytest.mark.skipif("BATON_LONG" not in os.environ, reason="`make test-long` has it: it takes half a minute")
@pytest.mark.skipif(not _LIBRARIES, reason="libfaketime is not installed: clocks cannot be set")
@pytest.mark.timeout(240)
async def test_clocks_that_are_off_by_minutes(machine: Machine, rng: random.Random, tmp_path: Path) -> None:
    clocks = {1: clock("+5m"), 2: clock("-5m")}
    async with ReplicaSet(tmp_path, election=1_500, environments=clocks) as mongo:
        settings = {"BATON_MONGODB_URI": mongo.uri}
        server = await machine.serve(**settings)
        async with calling(server.url, rng=rng) as caller:
            play = Play(keys=server.keys, urls=[server.url], rng=rng, caller=caller)
            await play.cast()
            async with play.on():
                for number in (1, 2, 0):
                    before = sum(len(script.answered) for script in play.scripts)
                    await lead(mongo, mongo.members[number])
                    await until(lambda: sum(len(script.answered) for script in play.scripts) > before + 10)  # noqa: B023
                    await play.is_followed()
        await has_no_differences(machine, settings)
        await server.kill()


async def lead(mongo: ReplicaSet, member: Member) -> None:
    """Make the member the primary."""
    while await mongo.primary() is not member:
        async with member.client() as client:
            await client.admin.command({"replSetStepUp": 1}, check=False)
        await mongo.healthy()
