"""How long clients notice that the primary has failed."""

from __future__ import annotations

import asyncio
import time

from tests.e2e.processes import until
from tests.e2e.test_crashes import Play
from tests.integrations.replica_set.faults import Fault
from tests.integrations.replica_set.members import ReplicaSet


async def noticed(mongo: ReplicaSet, fault: Fault, play: Play) -> tuple[float, float, float]:
    """Return the seconds from the fault to the election of a primary, to the response of a write that was sent after
    the fault, and to its events at every subscriber."""
    script, before = play.scripts[0], await mongo.election()
    began, elected, over = time.monotonic(), 0.0, asyncio.Event()  # some need no election

    async def elects() -> None:
        nonlocal elected
        await mongo.elects(before, over)
        elected = 0.0 if over.is_set() else time.monotonic() - began

    electing = asyncio.create_task(elects())
    try:
        async with fault(mongo):
            text = f"during {fault.__name__} {began}"
            script.said.append(text)
            script.answered.append(await play.caller.say(script.talk, text))
            written = time.monotonic() - began
            streams = [stream for stream in play.streams if stream.variables.get("id") == script.talk.id]
            await until(lambda: all(any(m["text"] == text for m in stream.messages[-50:]) for stream in streams))
            seen = time.monotonic() - began
    finally:
        over.set()
        await electing
    return elected, written, seen
