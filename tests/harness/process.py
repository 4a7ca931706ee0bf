"""Runs `baton` as a process, as an operator does: a fork of the fork server, or executed where a test asks for that.

async with baton("serve", data=tmp_path) as server:
    url = await server.url()
    server.signal(signal.SIGTERM)
    assert await server.end() == Ending(code=0, out=…, err="")
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from integrations.mongo.server.mongod import running_pid
from tests.harness.fork_server import RUNTIME_WARNINGS, Forked, fork_server

_TIMEOUT = 60.0  # seconds: the machine may be busy with other tests


@dataclass(frozen=True, slots=True)
class Ending:
    code: int
    out: str
    err: str


class RunningProcess:
    def __init__(self, process: asyncio.subprocess.Process | Forked, log: BinaryIO, data: Path) -> None:
        self._process = process
        self._log = log
        self._data = data
        self._output = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    async def url(self) -> str:
        """Wait for the start, and return the GraphQL URL that was printed."""
        assert self._process.stdout is not None
        async with asyncio.timeout(_TIMEOUT):
            while line := (await self._process.stdout.readline()).decode():
                self._output += line
                if line.startswith("  GraphQL"):
                    return line.split()[1]
        raise AssertionError(f"The process ended: {self._output}\n{(await self.end()).err}")

    async def wait_for(self, words: str) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(_TIMEOUT):
            while words not in self._output:
                line = (await self._process.stdout.readline()).decode()
                assert line, f"The process ended before it printed {words!r}: {self._output}"
                self._output += line

    def signal(self, sign: signal.Signals) -> None:
        self._process.send_signal(sign)

    async def end(self) -> Ending:
        async with asyncio.timeout(_TIMEOUT):
            out, _ = await self._process.communicate()
        assert self._process.returncode is not None
        self._log.seek(0)
        return Ending(self._process.returncode, self._output + out.decode(), self._log.read().decode())

    @property
    def credentials(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self._data / "credentials.json").read_text())
        return found


@asynccontextmanager
async def baton(
    *arguments: str, data: Path, executes: bool = False, **environment: str
) -> AsyncIterator[RunningProcess]:
    """Run `baton` with these arguments. It is killed at the end, together with its mongod."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    environment = {
        **kept,
        "PORT": "0",
        "BATON_DATA": str(data),
        "BATON_DEMO_AGENT": "false",
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "PYTHONWARNINGS": RUNTIME_WARNINGS,
        **environment,
    }
    with tempfile.TemporaryFile() as log:
        start = _execute if executes else _fork
        process = await start(*arguments, log=log.fileno(), environment=environment)
        try:
            yield RunningProcess(process, log, data)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def _fork(*arguments: str, log: int, environment: dict[str, str]) -> Forked:
    return await fork_server().start("baton", *arguments, log=log, cwd=Path.cwd(), env=environment)


async def _execute(*arguments: str, log: int, environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from api.cli import main; main()", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        env=environment,
    )


def kill_mongod(data: Path) -> None:
    if pid := running_pid(data / "mongo"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def ask(url: str, key: str, query: str) -> object:
    async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
        response = await client.post(url, json={"query": query}, headers={"authorization": f"Bearer {key}"})
    return response.json()
