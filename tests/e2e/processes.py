"""The program as processes: started, asked on the command line, killed; whatever a test leaves behind ends with it.

async with Machine(tmp_path) as machine:
    server = await machine.serve()
    server.kill()
    await server.start()                 # at the same address, on the same data
    listed = await machine.command("keys", "list", data=server.data)
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from api.settings import Settings, variable_of
from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.server.mongod import running_pid
from tests.harness.fork_server import Forked, fork_server, inherited_environment

BATON = str(Path(sys.executable).with_name("baton"))
_OF_THE_INTERPRETER = ("PYTHON", "LD_", "GLIBC_", "MALLOC_")  # variables that it and the C library read at their start
PATIENCE = 60.0  # seconds, for steps of one second on an idle machine
Json = dict[str, Any]
# Tests of crashes and of networks write as fast as the server takes it.
UNLIMITED_WRITES = {variable_of(name): str(10**9) for name in Settings.model_fields if name.endswith("_per_minute")}


async def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait for a condition that another process or task fulfils."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - the condition has no event
            await asyncio.sleep(0.01)


_given: set[int] = set()  # ports: somebody may be about to listen there


def free_port() -> int:
    """Return a free port below the kernel's ephemeral range, so that no connection takes it while nobody listens. No
    port is returned twice.

    It is above 10080, the last port that browsers refuse to open (the list is in the Fetch standard).
    """
    while True:
        port = random.randrange(10_081, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self
        return json.loads(self.out)


class Process:
    """One `baton …` process with its output, in a controlled environment."""

    def __init__(self, *, arguments: tuple[str, ...], folder: Path, environment: dict[str, str]) -> None:
        self.program: tuple[str, ...] = (BATON,)
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.executes = False  # whether it imports the program itself, instead of being a fork of who has
        self._process: asyncio.subprocess.Process | Forked | None = None

    async def start(self) -> None:
        command, environment = (*self.program, *self.arguments), {**inherited_environment(), **self.environment}
        with self.log.open("ab") as log:
            if self._may_be_forked():
                self._process = await fork_server().start(*command, log=log.fileno(), cwd=self.folder, env=environment)
                return
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
                env=environment,
                start_new_session=True,
            )

    def _may_be_forked(self) -> bool:
        """Return whether it is the program of this environment, with a Python and libraries as those of the tests."""
        own = any(name.startswith(_OF_THE_INTERPRETER) for name in self.environment)
        return self.program == (BATON,) and not own and not self.executes

    @property
    def log(self) -> Path:
        return self.folder / "stderr.log"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        assert line, f"it ended with {await self.ended()}"
        return line.decode().rstrip("\n")

    def send(self, sign: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(sign)

    async def ended(self, patience: float = PATIENCE) -> Ended:
        assert self._process is not None
        async with asyncio.timeout(patience):
            out, _ = await self._process.communicate()
        assert self._process.returncode is not None
        return Ended(code=self._process.returncode, out=out.decode(), err=self.log.read_text())

    async def kill(self) -> None:
        """Kill the process with SIGKILL."""
        if self._process is not None:
            if self.running:
                self._process.kill()
            await self._process.communicate()


class Server(Process):
    """`baton serve`, with the same port and data across restarts."""

    def __init__(self, *, folder: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.data = Path(environment["BATON_DATA"])
        super().__init__(arguments=("serve",), folder=folder, environment={**environment, "PORT": str(self.port)})
        self.announced: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def keys(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads((self.data / "credentials.json").read_text())
        return kept

    async def start(self) -> None:
        await super().start()
        self.announced = [await self.line()]
        while not self.announced[-1].startswith("  MongoDB"):
            self.announced.append(await self.line())

    def memory(self) -> int:
        """The resident memory of the process, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024


class Mongo:
    """A mongod on a folder: embedded in a server, or started here as an operator would."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.uri = ""

    @property
    def port(self) -> int:
        return int(self.uri.partition("127.0.0.1:")[2].partition("/")[0])

    @property
    def pid(self) -> int | None:
        return running_pid(self.data / "mongo")

    async def start(self) -> None:
        """Start, or start again on the same port with the same data."""
        mongo = EmbeddedMongo(data=self.data)
        mongo.spawn()
        self.uri = await mongo.ready()
        assert mongo._mongod is not None
        mongo._mongod.leave()  # detached, because only its start belongs to this process
        mongo._users.release()

    async def kill(self) -> None:
        """Kill it and wait for its end; a server that uses it starts another."""
        pid = self.pid
        self.send(signal.SIGKILL)
        await until(lambda: self.pid is None or self.pid != pid)

    def send(self, sign: signal.Signals) -> None:
        if pid := self.pid:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)


class Machine:
    """The folder of a test and all its processes. `executes`: each imports the program itself (`fork_server.py`)."""

    def __init__(self, folder: Path, *, executes: bool = False) -> None:
        self.folder = folder
        self._executes = executes
        self._processes: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for process in self._processes:
            await process.kill()
        for lock in self.folder.glob("**/mongod.lock"):
            await Mongo(lock.parent.parent).kill()
        if kind is None:
            self._check_logs()

    def _check_logs(self) -> None:
        """Check that no log of this machine contains one of its secrets."""
        keys = [json.loads(file.read_text()) for file in self.folder.glob("**/credentials.json")]
        secrets = {value for kept in keys for value in kept.values() if value.startswith(("bpk_", "bsk_"))}
        secrets |= {file.read_text().strip() for file in self.folder.glob("**/data/secret")}
        secrets |= {line for file in self.folder.glob("**/encryption-key") for line in file.read_text().split()}
        logs = "\n".join(file.read_text(errors="replace") for file in self.folder.glob("**/stderr.log"))
        assert not [secret for secret in secrets if secret in logs], "a secret is in a log"

    def server(self, name: str = "baton", **environment: str) -> Server:
        """Create a server without starting it."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        # Most tests play the agent themselves.
        settings = {"BATON_DATA": str(folder / "data"), "BATON_DEMO_AGENT": "false", **UNLIMITED_WRITES, **environment}
        server = Server(folder=folder, environment=settings)
        server.executes = self._executes
        self._processes.append(server)
        return server

    async def serve(self, name: str = "baton", **environment: str) -> Server:
        server = self.server(name, **environment)
        await server.start()
        return server

    def process(self, *arguments: str, **environment: str) -> Process:
        """Create the process of a command without starting it."""
        folder = self.folder / f"command-{len(self._processes)}"
        folder.mkdir()
        process = Process(
            arguments=arguments, folder=folder, environment={"BATON_DATA": str(folder / "data"), **environment}
        )
        process.executes = self._executes
        self._processes.append(process)
        return process

    async def run(self, *arguments: str, **environment: str) -> Process:
        """Start a command, and return its process."""
        process = self.process(*arguments, **environment)
        await process.start()
        return process

    async def command(self, *arguments: str, **environment: str) -> Ended:
        return await (await self.run(*arguments, **environment)).ended()

    async def mongo(self, name: str = "own") -> Mongo:
        """Start a MongoDB that no server manages."""
        mongo = Mongo(self.folder / name)
        await mongo.start()
        return mongo
