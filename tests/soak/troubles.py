"""What happens to a deployment in an hour: each trouble is over when it returns."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from domain.versions.model import SCHEMA_VERSION
from tests.integrations.replica_set import faults
from tests.integrations.replica_set.faults import Fault
from tests.soak.deployment import Deployment
from tests.soak.shoppers import Load

Trouble = Callable[[Deployment, Load], Awaitable[None]]


async def server_killed(deployment: Deployment, load: Load) -> None:
    """It is killed, and the other build takes its place."""
    await deployment.other.kill()
    await deployment.start(deployment.other, by_newer=not deployment.is_newer(deployment.other))
    await load.moves()


async def server_restarted(deployment: Deployment, load: Load) -> None:
    await deployment.replace(deployment.other, by_newer=deployment.is_newer(deployment.other))
    await load.moves()


async def server_upgraded(deployment: Deployment, load: Load) -> None:
    """The other build takes its place: the newer one, and the next time this one again."""
    await deployment.replace(deployment.other, by_newer=not deployment.is_newer(deployment.other))
    await load.moves()


async def worker_killed(deployment: Deployment, load: Load) -> None:
    await deployment.worker.kill()
    await load.moves()
    await deployment.worker.start()


async def worker_upgraded(deployment: Deployment, load: Load) -> None:
    await deployment.replace(deployment.worker, by_newer=not deployment.is_newer(deployment.worker))
    await load.moves()


async def all_migrated(deployment: Deployment, load: Load) -> None:
    """Everything is upgraded, the database too; and all of it goes back."""
    for process in deployment.processes:
        await deployment.replace(process, by_newer=True)
    migrated = await deployment.command("migrate", by_newer=True)
    assert migrated.code == 0, migrated
    await load.moves()
    back = await deployment.command("migrate", "--to", str(SCHEMA_VERSION), by_newer=True)
    assert back.code == 0, back
    for process in deployment.processes:
        await deployment.replace(process, by_newer=False)
        await load.moves()


def _of_primary(fault: Fault) -> Trouble:
    async def trouble(deployment: Deployment, load: Load) -> None:
        async with fault(deployment.mongo):
            await load.moves()
        await deployment.mongo.healthy()

    trouble.__name__ = f"primary_{fault.__name__}"
    return trouble


primary_stepped_down = _of_primary(faults.stepped_down)
SHORT: list[Trouble] = [server_killed, primary_stepped_down]
LONG: list[Trouble] = [
    *(*SHORT, server_restarted, server_upgraded, worker_killed, worker_upgraded),
    *map(_of_primary, (faults.killed, faults.paused, faults.cut_off, faults.cut_off_from_the_others)),
]


def drawn(rng: random.Random) -> Trouble:
    """Return any of the troubles of a long run, but for the migration."""
    return rng.choice(LONG)
