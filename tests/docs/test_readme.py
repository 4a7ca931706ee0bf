"""README.md, from the start to a conversation that is seen live: what a newcomer pastes works."""

from __future__ import annotations

import asyncio
import json

from tests.docs.pages import blocks_of
from tests.docs.shell import reading
from tests.e2e.processes import PATIENCE, Json, Machine


async def test_the_first_steps_show_a_conversation_live(machine: Machine) -> None:
    run, first_query, subscribe, act = blocks_of("README.md", "sh")
    assert run == "make run\n"
    reader = await reading(machine)

    started, listed = await reader.paste(first_query)
    assert started["data"]["startConversation"]["errors"] == []
    assert listed["data"]["conversations"]["totalCount"] == 1
    async with reader.pasting(f". docs/try.sh\n{subscribe}") as stream:
        assert [(await _item(stream))["__typename"] for _ in range(2)] == ["StreamReady", "StreamCaughtUp"]
        posted, closed = await reader.paste(act)
        assert posted["data"] == {"postAgentMessage": {"message": {"sequence": 2}, "errors": []}}
        assert closed["data"] == {"closeConversation": {"conversation": {"status": "RESOLVED_BY_AI"}, "errors": []}}
        message, changed = [await _item(stream) for _ in range(2)]

    assert (message["message"]["sequence"], message["message"]["text"]) == (2, "It arrives today.")
    assert changed == {"__typename": "ConversationChanged", "conversation": {"status": "RESOLVED_BY_AI"}}


async def _item(process: asyncio.subprocess.Process) -> Json:
    """The next item of the event stream that the shell shows."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while not (line := (await process.stdout.readline()).decode()).startswith("data: "):
            assert line, "the stream ended"
    item: Json = json.loads(line.removeprefix("data: "))["data"]["conversation"]
    return item
