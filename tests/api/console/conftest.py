"""The page's modules under Node.js, without a page."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
import pytest

STATIC = Path(__file__).parents[3] / "api" / "console" / "static"
Printed = list[list[object]]
Node = Callable[..., Awaitable[Printed]]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Runs a script beside the page's modules; returns the JSON lines that it printed."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node.js is not installed: the page's modules are not run")
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "static" / "package.json").write_text('{"type": "module"}')

    async def run(script: str, *arguments: str) -> Printed:
        path = tmp_path / "static" / "script.js"
        path.write_text(script)
        process = await asyncio.create_subprocess_exec(
            program, "--experimental-websocket", str(path), *arguments, stdout=-1, stderr=-1
        )
        try:
            out, complaint = await asyncio.wait_for(process.communicate(), timeout=30)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, complaint.decode()
        return [orjson.loads(line) for line in out.splitlines()]

    return run
