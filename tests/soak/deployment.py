"""What an operator runs: two servers and a worker on a replica set, each of this build or of the newer one."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Self

from tests.e2e.builds import ROOT, choose
from tests.e2e.processes import Ended, Machine, Process, Server
from tests.harness.program import ENCRYPTION_KEY, SECRET
from tests.integrations.replica_set.members import ReplicaSet

_UNEXPECTED = ("Traceback", "Internal error")  # in a log, whatever happens to the database
_COMMAND = 600.0  # seconds: a migration goes over all that an hour has written, two conversations a step, and rests
_DRIVERS_OWN = "pymongo.client: MongoClient background task"  # that closes cursors, for example, and tries again


class Worker(Process):
    """`baton worker`."""

    async def start(self) -> None:
        await super().start()
        assert "at work" in await self.line()


class Deployment:
    """`steady` is ended for a migration only, so that its memory can be watched; `other` and `worker` are ended again
    and again."""

    def __init__(self, machine: Machine, mongo: ReplicaSet, newer: Path) -> None:
        self.mongo = mongo
        self._machine = machine
        self._newer = newer
        self._settings = {
            "BATON_MONGODB_URI": mongo.uri,
            "BATON_SECRET": SECRET,
            "BATON_ENCRYPTION_KEY": ENCRYPTION_KEY,
            "BATON_WEBHOOK_PRIVATE_NETWORKS": "true",
            "BATON_CALL_SECONDS": "1",  # makes short leases: what a dead worker held does not wait for long
        }
        self.steady = machine.server("steady", **self._settings, BATON_WORKER="false")
        self.other = machine.server("other", **self._settings, BATON_WORKER="false")
        folder = machine.folder / "worker"
        folder.mkdir()
        environment = {**self.steady.environment, "BATON_DATA": str(folder / "data")}
        self.worker = Worker(arguments=("worker",), folder=folder, environment=environment)
        self._of_newer: set[Process] = set()

    async def __aenter__(self) -> Self:
        for process in self.processes:
            choose(process, ROOT)
        await self.steady.start()
        await asyncio.gather(self.other.start(), self.worker.start())
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self.processes:
            await process.kill()

    @property
    def processes(self) -> tuple[Server, Server, Worker]:
        return self.steady, self.other, self.worker

    @property
    def urls(self) -> list[str]:
        return [self.steady.url, self.other.url]

    def is_newer(self, process: Process) -> bool:
        return process in self._of_newer

    async def replace(self, process: Process, *, by_newer: bool) -> None:
        """End a process as an operator does, and start the one or the other build in its place."""
        process.send(signal.SIGTERM)
        ended = await process.ended()
        assert ended.code == 0, ended
        await self.start(process, by_newer=by_newer)

    async def start(self, process: Process, *, by_newer: bool) -> None:
        choose(process, self._newer if by_newer else ROOT)
        await process.start()
        (self._of_newer.add if by_newer else self._of_newer.discard)(process)

    async def command(self, *arguments: str, by_newer: bool) -> Ended:
        """Run a command of one of the builds."""
        process = self._machine.process(*arguments, **self._settings)
        choose(process, self._newer if by_newer else ROOT)
        await process.start()
        return await process.ended(_COMMAND)

    def unexpected(self) -> list[str]:
        """Return what the logs of the processes have that nothing here excuses, each with the lines around it."""
        found = []
        for process in self.processes:
            lines = process.log.read_text().splitlines()
            places = [place for place, line in enumerate(lines) if any(text in line for text in _UNEXPECTED)]
            blocks = ["\n".join(lines[max(0, place - 1) : place + 40]) for place in places]
            found += [block for block in blocks if _DRIVERS_OWN not in block.splitlines()[0]]
        return found
