"""README.md, from the start to a gap in the knowledge that is seen live: what a newcomer pastes works."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from tests.docs.pages import ROOT, blocks_of
from tests.docs.shell import Reader, reading
from tests.e2e.processes import PATIENCE, Json, Machine

_FILL = ".venv/bin/baton demo"
_ANSWER = "You can send an item back within 30 days after you received it."


async def test_the_first_question_is_answered_and_the_unknown_one_offers_a_human(machine: Machine) -> None:
    run, question, reply, subscribe, unknown, gaps = blocks_of("README.md", "sh")
    assert run == "make run\n"
    reader = await reading(machine, BATON_DEMO_AGENT="true")
    assert f"`{_FILL}`" in (ROOT / "README.md").read_text()
    assert "conversations of 90 days" in await reader.output(_FILL)

    [started] = await reader.paste(question)
    assert started["data"]["startConversation"]["errors"] == []
    talk = await _until(reader, reply, lambda found: len(_texts(found)) == 2)
    assert talk["data"]["conversation"]["tags"] == ["returns"]
    said = _texts(talk)[1]
    assert said.startswith(_ANSWER)
    assert said.endswith(f"Returns and refunds: {reader.server.url.removesuffix('graphql')}help#returns")
    async with reader.pasting(subscribe) as stream:
        while (await _item(stream))["__typename"] != "StreamCaughtUp":
            pass
        [sent] = await reader.paste(unknown)
        assert sent["data"]["sendMessage"]["errors"] == []
        while (item := await _item(stream))["__typename"] != "HandoffChanged":
            pass
    assert item["handoff"] == {"state": "OFFERED", "reason": "KNOWLEDGE_GAP"}
    [listed] = await reader.paste(gaps)
    gap = listed["data"]["knowledgeGaps"]["nodes"][0]
    assert (gap["question"], gap["count"]) == ("Do you engrave knives?", 1)


def _texts(answer: Json) -> list[str]:
    return [message["text"] for message in answer["data"]["conversation"]["messages"]["nodes"]]


async def _until(reader: Reader, block: str, condition: Callable[[Json], bool]) -> Json:
    """Paste a block again until its answer is as expected: the agent takes milliseconds, and a busy machine longer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            [found] = await reader.paste(block)
            if condition(found):
                return found


async def _item(process: asyncio.subprocess.Process) -> Json:
    """The next item of the event stream that the shell shows."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while not (line := (await process.stdout.readline()).decode()).startswith("data: "):
            assert line, "the stream ended"
    item: Json = json.loads(line.removeprefix("data: "))["data"]["conversation"]
    return item
