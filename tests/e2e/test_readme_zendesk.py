"""The README's steps to Zendesk, with the stand-in, as they are printed there."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path

import httpx
import pytest

from tests.e2e.processes import PATIENCE, Json, Machine, free_port

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def values(text: str) -> list[Json]:
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    return found


async def test_a_handoff_to_the_stand_in_and_its_answer(machine: Machine) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed.")
    readme = README.read_text()
    watching = _BLOCK.findall(readme[readme.index("\n## Start") :])[1]
    functions = "\n".join(line for line in watching.splitlines() if re.match(r"\w+\(\) \{", line))
    [handoff] = _BLOCK.findall(readme[readme.index("\n## When the agent cannot") : readme.index("\n### In Zendesk")])
    section = readme[readme.index("\n### In Zendesk") + 1 :]
    fakes, run, connect, answer = _BLOCK.findall(section[: section.index("\n##")])
    assert fakes == ".venv/bin/baton fakes\n"
    settings = dict(re.findall(r"(BATON_\w+)=(\S+)", run))
    first = free_port()
    stand_ins = await machine.run("fakes", "--port", str(first))
    while not (await stand_ins.line()).startswith("What one received"):
        pass

    def here(text: str) -> str:
        return re.sub(r"127\.0\.0\.1:91(\d\d)", lambda m: f"127.0.0.1:{first + int(m[1])}", text)

    environment = {name: here(url) for name, url in settings.items()}
    server = await machine.serve(**environment)
    kept = server.folder / ".baton"
    kept.mkdir()
    (kept / "credentials.json").write_text((server.data / "credentials.json").read_text())

    async def shell(script: str) -> list[Json]:
        script = here(f"{functions}\n{script}").replace("http://127.0.0.1:8000/graphql", server.url)
        process = await asyncio.create_subprocess_exec(
            *("bash", "-ec", script), cwd=server.folder, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        return values(out.decode())

    [connected] = await shell(connect)
    assert connected["data"]["connectHelpdesk"]["errors"] == []
    assert connected["data"]["updateHandoffSettings"]["errors"] == []
    await shell(handoff)
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as http:
        while not (found := (await http.get(f"{environment['BATON_ZENDESK_URL']}/_fake")).json()["state"]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # it happens in other processes
    [ticket] = found
    assert "My parcel is broken" in ticket["comments"][0]["plain_body"]
    told, conversation = await shell(f"{handoff.splitlines()[2]}\n{answer}")
    assert [a["status"] for a in told["answers"]] == [200, 200]
    assert conversation["data"]["conversation"] == {
        "ticket": {"state": "CLOSED"},
        "messages": {"nodes": [{"author": {"name": "Sam"}, "text": "It arrives today."}]},
    }
