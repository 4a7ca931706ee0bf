from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import httpx
import orjson
import pytest

from api.graphql.limits import SocketLimits
from domain.principal import Principal
from tests.api.graphql.hub import ListHub
from tests.api.graphql.serving import DEADLINE, STAFF, Server, serving, until

TICKS = "subscription { ticks { text } }"
STREAM = {"accept": "text/event-stream"}


@dataclass(frozen=True)
class Event:
    name: str
    data: Any = None
    id: str | None = None


class Events:
    """Reads an event stream as browsers do."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def lines(self) -> list[str]:
        """Read lines up to the next empty line. Returns [] at the end of the stream."""
        lines: list[str] = []
        async with asyncio.timeout(DEADLINE):
            async for line in self._lines:
                if not line:
                    return lines
                lines.append(line)
        return lines

    async def next(self) -> Event | None:
        while lines := await self.lines():
            fields = dict(line.split(":", 1) for line in lines)
            if "event" in fields:
                data = fields["data"].strip()
                event_id = fields["id"].strip() if "id" in fields else None
                return Event(fields["event"].strip(), orjson.loads(data) if data else None, event_id)
        return None


@asynccontextmanager
async def stream(server: Server, document: str, **options: Any) -> AsyncIterator[Events]:
    headers = {**STREAM, **options.pop("headers", {})}
    async with server.http.stream("POST", server.url, json={"query": document}, headers=headers, **options) as response:
        assert response.status_code == 200
        yield Events(response)


COMPLETE = Event("complete")


async def test_events_come_with_ids_and_then_complete(server: Server) -> None:
    async with stream(server, TICKS) as events:
        await until(lambda: server.hub.streams == 1)
        for text in ("one", "two", "end"):
            server.hub.publish(text)
        received = [await events.next() for _ in range(4)]

    assert events.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert events.response.headers["cache-control"] == "no-store"
    assert received == [
        Event("next", {"data": {"ticks": {"text": "one"}}, "extensions": {"stream": {"cursor": "1"}}}, "1"),
        Event("next", {"data": {"ticks": {"text": "two"}}, "extensions": {"stream": {"cursor": "2"}}}, "2"),
        COMPLETE,
        None,
    ]


async def test_last_event_id_resumes(server: Server) -> None:
    for text in ("one", "two", "end"):
        server.hub.publish(text)
    async with stream(server, TICKS, headers={"last-event-id": "1"}) as events:
        received = [await events.next() for _ in range(2)]

    assert [event and event.id for event in received] == ["2", None]
    assert received[1] == COMPLETE
    assert server.hub.resumed_from == ["1"]


async def test_get_works_as_event_source_uses_it(server: Server) -> None:
    async with server.http.stream("GET", server.url, params={"query": TICKS}, headers=STREAM) as response:
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        event = await Events(response).next()

    assert event is not None
    assert event.data["data"] == {"ticks": {"text": "one"}}


async def test_queries_and_mutations_are_one_next_and_complete(server: Server) -> None:
    async with stream(server, 'mutation { record(value: "x") }') as events:
        received = [await events.next() for _ in range(3)]

    assert received == [Event("next", {"data": {"record": "x"}}), COMPLETE, None]
    assert server.world.recorded == ["x"]


async def test_clients_that_accept_both_get_json_for_queries_and_a_stream_for_subscriptions(server: Server) -> None:
    headers = {"accept": "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"}

    answer = await server.query("{ hello }", headers=headers)
    async with stream(server, TICKS, headers=headers) as events:
        media_type = events.response.headers["content-type"]

    assert answer.json() == {"data": {"hello": "world"}}
    assert media_type == "text/event-stream; charset=utf-8"


async def test_an_invalid_document_is_an_error_in_the_stream(server: Server) -> None:
    async with stream(server, "{ nothing }") as events:
        received = [await events.next() for _ in range(3)]

    assert received[0] is not None
    assert list(received[0].data) == ["errors"]
    assert [e["extensions"]["code"] for e in received[0].data["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert received[1:] == [COMPLETE, None]


async def test_a_refused_subscription_is_an_error_in_the_stream(server: Server) -> None:
    async with stream(server, "subscription { mine { text } }") as events:
        received = [await events.next() for _ in range(2)]

    assert received[0] is not None
    assert [e["extensions"]["code"] for e in received[0].data["errors"]] == ["FORBIDDEN"]
    assert received[1] == COMPLETE


async def test_an_invalid_cursor_is_an_error_in_the_stream(server: Server) -> None:
    async with stream(server, 'subscription { ticks(after: "x") { text } }') as events:
        received = [await events.next() for _ in range(2)]

    assert received == [
        Event(
            "next",
            {
                "errors": [
                    {
                        "message": "`after` is no cursor of this server.",
                        "extensions": {"code": "INVALID", "path": ["after"]},
                    }
                ]
            },
        ),
        COMPLETE,
    ]


async def test_an_unexpected_error_ends_the_stream_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class BrokenHub(ListHub):
        def watch(self, principal: Principal, *_: object) -> NoReturn:
            raise RuntimeError("the password is swordfish")

    with caplog.at_level(logging.ERROR, "baton.graphql"):
        async with serving(hub=BrokenHub()) as server:
            with pytest.raises(httpx.RemoteProtocolError):
                await server.http.post(
                    server.url, json={"query": TICKS}, headers={**STREAM, "authorization": "Bearer good"}
                )
            assert server.services.executor.errors.failures == 1
    assert [record.name for record in caplog.records].count("baton.graphql") == 1


async def test_an_invalid_request_keeps_its_status(server: Server) -> None:
    missing = await server.http.post(server.url, json={}, headers=STREAM)
    mutation = await server.http.get(server.url, params={"query": 'mutation { record(value: "x") }'}, headers=STREAM)
    unknown = await server.http.post(server.url, json={"query": TICKS}, headers={**STREAM, "authorization": "bad"})

    assert [response.status_code for response in (missing, mutation, unknown)] == [400, 405, 401]
    assert server.world.recorded == []


async def test_silence_is_filled_with_comments() -> None:
    limits = SocketLimits(heartbeat_seconds=0.05)
    async with serving(socket_limits=limits) as server, stream(server, TICKS) as events:
        assert [await events.lines() for _ in range(2)] == [[":"], [":"]]


async def test_a_stream_that_the_server_ends_is_not_complete(server: Server) -> None:
    async with stream(server, TICKS) as one, stream(server, TICKS, headers={"authorization": "Bearer good"}) as two:
        await until(lambda: (server.hub.streams, server.hub.watches) == (2, 2))
        server.hub.revoke(STAFF)
        assert await two.next() is None
        await server.services.connections.drain(grace=DEADLINE)
        assert await one.next() is None
        async with stream(server, TICKS) as late:
            assert await late.next() is None

    await until(lambda: (len(server.services.connections), server.hub.streams, server.hub.watches) == (0, 0, 0))


async def test_an_outage_ends_the_stream_without_complete(server: Server) -> None:
    async with stream(server, "subscription { down { text } }") as events:
        assert await events.next() is None


async def test_a_reader_that_goes_leaves_nothing(server: Server) -> None:
    async with stream(server, TICKS, headers={"authorization": "Bearer good"}):
        await until(lambda: server.hub.streams == 1)

    await until(lambda: (len(server.services.connections), server.hub.streams, server.hub.watches) == (0, 0, 0))


async def test_a_reader_that_stops_reading_is_dropped_with_all_it_holds() -> None:
    limits = SocketLimits(send_seconds=0.2, close_seconds=0.2)
    async with serving(socket_limits=limits) as server:
        for _ in range(1_000):
            server.hub.publish("x" * 10_000)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
        query = "query=subscription%7Bticks(after:%220%22)%7Btext%7D%7D"
        writer.write(f"GET /graphql?{query} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n".encode())
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert len(server.transports) == 1
        await until(lambda: server.hub.streams == 0 and not server.transports)
        writer.transport.abort()
