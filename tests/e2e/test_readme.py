"""The README's first steps, as they are printed there: what a newcomer copies works."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.processes import PATIENCE, Json, Machine, Server

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"^\w+\(\) \{.*\}$", re.MULTILINE)


async def test_the_first_steps_show_a_conversation_live(machine: Machine) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed.")
    readme = (ROOT / "README.md").read_text()
    run, watch, act, *_ = _BLOCK.findall(readme[readme.index("\n## Start") :])
    assert run == "make run\n"
    server = machine.server(BATON_DATA=str(machine.folder / ".baton"))
    await server.start()

    async with _shell(server, machine.folder, watch) as watching:
        answer, _ = json.JSONDecoder().raw_decode(await _line(watching))  # curl ends no line
        assert answer["data"]["startConversation"]["errors"] == []
        assert [(await _item(watching))["__typename"] for _ in range(2)] == ["StreamReady", "StreamCaughtUp"]

        functions = "\n".join(_FUNCTION.findall(watch))
        async with _shell(server, machine.folder, f"{functions}\n{act}") as acting:
            out, _ = await asyncio.wait_for(acting.communicate(), PATIENCE)
        answers = [part["data"] for part in _json_values(out.decode())]
        assert answers == [
            {"postAgentMessage": {"message": {"sequence": 2}, "errors": []}},
            {"closeConversation": {"conversation": {"status": "RESOLVED_BY_AI"}, "errors": []}},
        ]
        message, closed = [await _item(watching) for _ in range(2)]

    assert (message["message"]["sequence"], message["message"]["text"]) == (2, "It arrives today.")
    assert closed == {"__typename": "ConversationChanged", "conversation": {"status": "RESOLVED_BY_AI"}}


@asynccontextmanager
async def _shell(server: Server, folder: Path, script: str) -> AsyncIterator[asyncio.subprocess.Process]:
    script = script.replace("http://127.0.0.1:8000/graphql", server.url)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-ec", script), cwd=folder, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        line = await process.stdout.readline()
    assert line, "the shell ended"
    return line.decode()


async def _item(process: asyncio.subprocess.Process) -> Json:
    """The next item of the event stream that the shell shows."""
    while not (line := await _line(process)).startswith("data: "):
        pass
    item: Json = json.loads(line.removeprefix("data: "))["data"]["conversation"]
    return item


def _json_values(text: str) -> list[Json]:
    decoder, at, values = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        values.append(value)
    return values
