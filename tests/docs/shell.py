"""A reader who pastes the blocks of a page into a shell, one after another, with the demo's keys at hand."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.e2e.processes import PATIENCE, Json, Machine, Server

BINARIES = Path(sys.executable).parent


class Reader:
    """In the folder of a server, as if it were the checkout. `ports` moves the ports that pages name."""

    def __init__(self, server: Server, *, environment: dict[str, str], ports: int = 0) -> None:
        self.server = server
        self.folder = server.data.parent
        self._environment = {**os.environ, **environment, "BATON_URL": server.url.removesuffix("/graphql")}
        self._ports = ports
        (self.folder / "docs").symlink_to(ROOT / "docs")
        (self.folder / ".venv").symlink_to(BINARIES.parent)

    def here(self, text: str) -> str:
        """The text with the fakes' ports as they are in this test."""
        if not self._ports:
            return text
        for number in range(10):
            text = text.replace(f"127.0.0.1:910{number}", f"127.0.0.1:{self._ports + number}")
        return text

    async def paste(self, script: str) -> list[Json]:
        """The JSON values that the block printed."""
        return json_values(await self.output(script))

    async def output(self, script: str) -> str:
        """The block's output. Every command in its pipes must succeed."""
        async with self.pasting(script) as process:
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate()
            assert process.returncode == 0, f"{out.decode()}\n{err.decode()}"
        return out.decode()

    @asynccontextmanager
    async def pasting(self, script: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """A block that goes on until it is interrupted."""
        process = await asyncio.create_subprocess_exec(
            *("bash", "-eo", "pipefail", "-c", self.here(script)),
            cwd=self.folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()


async def reading(machine: Machine, *, ports: int = 0, **environment: str) -> Reader:
    """A reader beside a server that was just started. The test is skipped if curl is missing."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed.")
    server = machine.server(**{"BATON_DATA": str(machine.folder / "baton" / ".baton"), **environment})
    reader = Reader(server, environment=environment, ports=ports)
    await server.start()
    return reader


def json_values(text: str) -> list[Json]:
    decoder, at, values = json.JSONDecoder(), 0, []
    text = text.strip()
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        values.append(value)
        at = len(text) - len(text[end:].lstrip())
    return values
