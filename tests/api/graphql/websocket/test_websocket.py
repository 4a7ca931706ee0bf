"""The messages of the WebSocket protocol, valid and invalid, and the responses to them."""

from __future__ import annotations

from typing import Any

import pytest

from api.graphql.limits import SocketLimits
from tests.api.graphql.serving import Server, serving, until

TICKS = "subscription { ticks { text number } }"


def codes(message: dict[str, Any]) -> list[str]:
    assert message["type"] == "error"
    return [error["extensions"]["code"] for error in message["payload"]]


async def test_an_id_in_use_is_4409(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS, "long")
        await until(lambda: server.hub.streams == 1)
        await client.subscribe("{ hello }", "long")
        assert await client.closed() == (4409, "Subscriber for long already exists")
    await until(lambda: server.hub.streams == 0)


async def test_a_very_long_id_in_use_is_4409_too(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS, "é" * 1000)
        await client.subscribe(TICKS, "é" * 1000)
        code, reason = await client.closed()

    assert code == 4409
    assert reason.startswith("Subscriber for éé")


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "",
        "[]",
        "null",
        '"text"',
        '[{"type": "ping"}]',
        b'{"type": "ping"}',
        "{}",
        '{"type": "no such type"}',
        '{"type": 5}',
        '{"type": "connection_ack"}',
        '{"type": "next", "id": "1", "payload": {}}',
        '{"type": "ping", "payload": "text"}',
        '{"type": "pong", "payload": [1]}',
        '{"type": "connection_init", "payload": []}',
        '{"type": "connection_init", "payload": {"resume": 5}}',
        '{"type": "subscribe", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": 5, "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "operationName": 5}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "extensions": "x"}}',
        '{"type": "complete"}',
        '{"type": "complete", "id": 5}',
    ],
)
async def test_an_invalid_protocol_message_closes_with_4400(server: Server, message: str | bytes) -> None:
    async with server.socket() as client:
        await client.send(message)
        assert (await client.closed())[0] == 4400


async def test_a_message_over_the_frame_limit_is_1009() -> None:
    async with serving(socket_limits=SocketLimits(frame_bytes=1000)) as server, server.socket() as client:
        await client.send('{"type": "ping", "payload": {"x": "' + "é" * 480 + '"}}')
        assert (await client.receive())["type"] == "pong"
        await client.send('{"type": "ping", "payload": {"x": "' + "é" * 500 + '"}}')
        assert (await client.closed())[0] == 1009


@pytest.mark.parametrize("payload", [{"payload": {"x": [1, "é"]}}, {"payload": {}}, {}])
async def test_a_ping_is_answered_with_its_payload(server: Server, payload: dict[str, Any]) -> None:
    async with server.socket(ack=False) as client:
        await client.send({"type": "ping", **payload})
        assert await client.receive() == {"type": "pong", **payload}


async def test_a_pong_is_welcome_at_any_time(server: Server) -> None:
    async with server.socket(ack=False) as client:
        await client.send({"type": "pong", "payload": {"x": 1}})
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}


async def test_a_client_that_talks_too_fast_is_read_slowly_and_loses_nothing() -> None:
    limits = SocketLimits(messages_per_second=100, messages_burst=5)
    async with serving(socket_limits=limits) as server, server.socket() as client:
        begin = client.connection.loop.time()
        for number in range(25):
            await client.send({"type": "ping", "payload": {"n": number}})
        pongs = [(await client.receive())["payload"]["n"] for _ in range(25)]
        took = client.connection.loop.time() - begin

    assert pongs == list(range(25))
    assert took > 0.15  # 20 over the burst, at 100 a second, less what is regained meanwhile
