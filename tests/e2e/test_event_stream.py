"""Server-sent events across a restart: a client resumes with `Last-Event-ID` alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx

from tests.e2e.clients import calling
from tests.e2e.followers import FOLLOW, Stream
from tests.e2e.processes import Json, Machine, Server


async def test_an_event_stream_goes_on_behind_its_last_id_after_kill_9(machine: Machine) -> None:
    server = await machine.serve()
    async with calling(server.url) as caller:
        talk = await caller.start(server.keys["publishableKey"])
        listener = _EventSource(server, talk.token, Stream.of(talk.id, talk.cursor))
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


class _EventSource:
    """Reconnects as browsers do: the same request again, with the last id."""

    def __init__(self, server: Server, key: str, stream: Stream) -> None:
        self.stream = stream
        self._server = server
        self._key = key
        self._last: str | None = None

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=httpx.Timeout(5, read=30)) as http:
            while True:
                try:
                    await self._listen(http)
                except httpx.TransportError:
                    await asyncio.sleep(0.05)

    async def _listen(self, http: httpx.AsyncClient) -> None:
        headers = {"authorization": f"Bearer {self._key}", "accept": "text/event-stream"}
        if self._last:
            headers["last-event-id"] = self._last
        body = {"query": FOLLOW, "variables": self.stream.variables}
        async with http.stream("POST", self._server.url, json=body, headers=headers) as response:
            assert response.status_code == 200
            async for event, identity, payload in _events(response):
                assert event == "next"
                self.stream.take(payload)
                self._last = identity


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, str, Json]]:
    """Yield an event when the empty line after it has arrived."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        if line:
            fields[name] = value.removeprefix(" ")
        elif "event" in fields:
            yield fields["event"], fields["id"], json.loads(fields["data"])
            fields = {}
