"""docs/guides/helpdesks.md with the stand-ins: the inbox, then Zendesk, then Gorgias, as a reader pastes it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx

from tests.docs.pages import blocks_of
from tests.docs.shell import Reader, reading
from tests.e2e.processes import PATIENCE, Machine, free_port

PAGE = "docs/guides/helpdesks.md"


async def standing_in(machine: Machine) -> int:
    """Starts the stand-ins; returns the port of the first."""
    first = free_port()
    fakes = await machine.run("fakes", "--port", str(first))
    while not (await fakes.line()).startswith("Requests of a fake"):
        pass
    return first


async def test_the_guide_to_helpdesks(machine: Machine, shared_mongo: dict[str, str]) -> None:
    handoff, fakes, run, zendesk, team, gorgias, integration = blocks_of(PAGE, "sh")
    assert fakes == ".venv/bin/baton fakes\n"
    first = await standing_in(machine)
    settings = {name: f"http://127.0.0.1:{first + int(n)}" for name, n in re.findall(r"(BATON_\w+)=\S+:910(\d)", run)}
    reader = await reading(machine, ports=first, **settings, **shared_mongo)

    in_the_inbox = (await reader.paste(handoff))[-1]["data"]["inbox"]
    assert in_the_inbox["totalCount"] == 1
    assert in_the_inbox["nodes"][0]["conversation"]["handoff"] == {"summary": "Broken parcel"}
    await _goes_to_zendesk(reader, zendesk, handoff.replace("browser-2", "browser-3"), team)
    await _goes_to_gorgias(reader, gorgias, integration, handoff.replace("browser-2", "browser-4"))


async def _goes_to_zendesk(reader: Reader, connect: str, handoff: str, team: str) -> None:
    [connected] = await reader.paste(f". docs/try.sh\n{connect}")
    assert connected["data"]["connectHelpdesk"]["errors"] == []
    assert connected["data"]["updateHandoffSettings"]["errors"] == []
    await reader.paste(handoff)
    [ticket] = await received(reader, 9103, lambda state: state)
    assert "My parcel is broken" in ticket["comments"][0]["plain_body"]

    told, conversation = await reader.paste(f". docs/try.sh\n{team}")
    assert [answer["status"] for answer in told["answers"]] == [200, 200]
    assert conversation["data"]["conversation"] == {
        "ticket": {"state": "CLOSED"},
        "messages": {"nodes": [{"author": {"name": "Sam"}, "text": "It arrives today."}]},
    }


async def _goes_to_gorgias(reader: Reader, connect: str, integration: str, handoff: str) -> None:
    connected, chosen = await reader.paste(f". docs/try.sh\n{connect}")
    assert connected["data"]["connectHelpdesk"]["errors"] == []
    assert chosen["data"]["updateHandoffSettings"]["handoffSettings"] == {"helpdesk": "GORGIAS"}
    [made] = await reader.paste(f". docs/try.sh\n{integration}")
    assert made["id"]
    await reader.paste(handoff)
    [ticket] = await received(reader, 9100, lambda state: state["tickets"])
    assert ticket["status"] == "open"


async def received(reader: Reader, port: int, part: Callable[[Any], Any]) -> Any:
    """The state of a fake, once it has received something from another process."""
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as http:
        while not (found := part((await http.get(reader.here(f"http://127.0.0.1:{port}/_fake"))).json()["state"])):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found
