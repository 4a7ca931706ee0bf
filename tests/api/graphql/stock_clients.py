"""Runs npm clients and suites under Node.js against the server. Skipped if Node.js or its packages are missing."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.api.graphql.serving import DEADLINE

FOLDER = Path(__file__).parent / "node"
INSTALLED = Path("node_modules", ".package-lock.json")  # npm writes this file last


@pytest.fixture(scope="session")
def node_scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts, with the packages of the lock file installed."""
    return install_packages(FOLDER, tmp_path_factory)


def install_packages(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder, with the packages of its lock file installed; skip the test if that is not possible."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js is not installed.")
    with (tmp_path_factory.getbasetemp().parent / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one pytest process installs, the others wait
        if not _is_installed(folder):
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=90, check=False)
            if done.returncode != 0:
                pytest.skip("npm cannot install the packages (no registry?).")
    return folder


def _is_installed(folder: Path) -> bool:
    installed = folder / INSTALLED
    if not installed.exists():
        return False
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    packages = json.loads(installed.read_text())["packages"]
    return all(packages.get(f"node_modules/{name}", {}).get("version") == v for name, v in wanted.items())


class Script:
    """A running script that prints JSON lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> Any:
        assert self._process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            line = await self._process.stdout.readline()
        assert line, "the script ended"
        return json.loads(line)


@asynccontextmanager
async def running(folder: Path, script: str, *arguments: str) -> AsyncIterator[Script]:
    process = await asyncio.create_subprocess_exec(
        "node", str(folder / script), *arguments, stdout=subprocess.PIPE, limit=1 << 20
    )
    try:
        yield Script(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
