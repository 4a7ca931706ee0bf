"""Server-sent events across a restart: a client resumes with `Last-Event-ID` alone."""

from __future__ import annotations

import asyncio

from tests.e2e.clients import calling
from tests.e2e.followers import EventSource, Stream
from tests.e2e.processes import Machine


async def test_an_event_stream_goes_on_behind_its_last_id_after_kill_9(machine: Machine) -> None:
    server = await machine.serve()
    async with calling(server.url) as caller:
        talk = await caller.start(server.keys["publishableKey"])
        listener = EventSource(server.url, talk.token, Stream.of(talk.id, talk.cursor))
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(listener.run())
            sent = [await caller.say(talk, f"one {number}") for number in range(10)]
            await listener.stream.has(10)
            for round_ in range(3):
                await server.kill()
                await server.start()
                sent += [await caller.say(talk, f"{round_} {number}") for number in range(10)]
            await listener.stream.has(len(sent))
            listening.cancel()

    assert listener.stream.messages == sent
    assert listener.stream.resumed == 4
