"""Admission to a WebSocket: subprotocol, connection_init, credentials, origins."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.graphql.limits import Limits, SocketLimits
from tests.api.graphql.serving import Server, serving

TICKS = "subscription { ticks { text number } }"


def codes(message: dict[str, Any]) -> list[str]:
    assert message["type"] == "error"
    return [error["extensions"]["code"] for error in message["payload"]]


@pytest.mark.parametrize(
    "init",
    [
        {"type": "connection_init"},
        {"type": "connection_init", "payload": None},
        {"type": "connection_init", "payload": {}},
        {"type": "connection_init", "payload": {"anything": [1]}},
    ],
)
async def test_connection_init_is_acknowledged_with_the_time(server: Server, init: dict[str, Any]) -> None:
    async with server.socket(ack=False) as client:
        await client.send(init)
        ack = await client.receive()

    assert list(ack) == ["type", "payload"]
    assert ack["type"] == "connection_ack"
    assert datetime.fromisoformat(ack["payload"]["serverTime"]).utcoffset() is not None


async def test_the_subprotocol_is_agreed(server: Server) -> None:
    async with server.socket() as client:
        assert client.connection.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("subprotocols", [None, ["graphql-ws"], ["chat"]])
async def test_another_subprotocol_is_4406(server: Server, subprotocols: list[str] | None) -> None:
    async with server.socket(ack=False, subprotocols=subprotocols) as client:
        assert await client.closed() == (4406, "Subprotocol not acceptable")


async def test_no_connection_init_is_4408() -> None:
    async with serving(socket_limits=SocketLimits(init_seconds=0.05)) as server, server.socket(ack=False) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_a_ping_does_not_stand_for_connection_init() -> None:
    for seconds in (0.1, 2.0, 20.0):  # a busy machine may need more than the first of these for the pong
        limits = SocketLimits(init_seconds=seconds)
        with suppress(ConnectionClosed):
            async with serving(socket_limits=limits) as server, server.socket(ack=False) as client:
                await client.send({"type": "ping"})
                assert await client.receive() == {"type": "pong"}
                assert (await client.closed())[0] == 4408
                return
    pytest.fail("The ping had no pong.")


async def test_a_second_connection_init_is_4429(server: Server) -> None:
    async with server.socket() as client:
        await client.send({"type": "connection_init"})
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_two_connection_inits_at_once_are_4429(server: Server) -> None:
    async with server.socket(ack=False) as client:
        await client.send({"type": "connection_init"})
        await client.send({"type": "connection_init"})
        assert (await client.closed())[0] == 4429


async def test_subscribe_before_the_acknowledgement_is_4401(server: Server) -> None:
    async with server.socket(ack=False) as client:
        await client.subscribe("{ hello }")
        assert await client.closed() == (4401, "Unauthorized")


@pytest.mark.parametrize(
    "payload",
    [
        {"authorization": "Bearer good"},
        {"Authorization": "Bearer good"},
        {"AUTHORIZATION": "good"},
        {"token": "good"},
    ],
)
async def test_a_credential_in_connection_init(server: Server, payload: dict[str, str]) -> None:
    async with server.socket(payload) as client:
        await client.subscribe("{ me }")
        assert await client.next() == {"data": {"me": "staff"}}


async def test_a_credential_in_the_handshake(server: Server) -> None:
    async with server.socket(additional_headers={"authorization": "Bearer good"}) as client:
        await client.subscribe("{ me }")
        assert await client.next() == {"data": {"me": "staff"}}


async def test_no_credential_is_anonymous(server: Server) -> None:
    async with server.socket({"authorization": None, "token": ""}, additional_headers={}) as client:
        for document in ("{ me }", "subscription { ticks { text } }"):
            await client.subscribe(document)
            message = await client.receive()
            assert message["type"] == "error"
            assert [e["extensions"]["code"] for e in message["payload"]] == ["UNAUTHENTICATED"]
        await client.subscribe("{ __typename }")
        assert await client.next() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("payload", [{"authorization": "Bearer bad"}, {"token": "bad"}, {"authorization": {"a": 1}}])
async def test_a_credential_that_is_not_known_is_4401(server: Server, payload: dict[str, Any]) -> None:
    async with server.socket(ack=False) as client:
        await client.send({"type": "connection_init", "payload": payload})
        assert await client.closed() == (4401, "The credential is unknown.")


async def test_a_credential_that_has_ended_is_4403(server: Server) -> None:
    async with server.socket(ack=False) as client:
        await client.send({"type": "connection_init", "payload": {"token": "ended"}})
        assert await client.closed() == (4403, "The credential has expired or was revoked.")


@pytest.mark.parametrize("token", ["down", "hang"])
async def test_a_credential_that_cannot_be_checked_is_1013(token: str) -> None:
    async with serving(limits=Limits(seconds=0.1)) as server, server.socket(ack=False) as client:
        await client.send({"type": "connection_init", "payload": {"token": token}})
        assert (await client.closed())[0] == 1013


async def test_resume_reaches_every_operation_of_the_socket(server: Server) -> None:
    for text in ("one", "two", "three"):
        server.hub.publish(text)
    async with server.socket({"resume": "2"}) as client:
        await client.subscribe("subscription { ticks { text } }", "1")
        await client.subscribe('subscription { ticks(after: "1") { text } }', "2")
        received = [await client.receive() for _ in range(2)]

    assert sorted((m["id"], m["payload"]["data"]["ticks"]["text"]) for m in received) == [
        ("1", "three"),
        ("2", "three"),
    ]
    assert server.hub.resumed_from == ["2", "2"]


@pytest.mark.parametrize(
    ("allowed", "origin", "welcome"),
    [
        ((), None, True),
        ((), "http://127.0.0.1:{port}", True),
        ((), "https://127.0.0.1:{port}", True),
        ((), "http://127.0.0.1:1", False),
        ((), "https://evil.example", False),
        ((), "null", False),
        (("https://app.example",), "https://app.example", True),
        (("https://app.example",), "http://app.example", False),
        (("https://app.example",), "https://app.example.evil.example", False),
        (("*",), "https://evil.example", True),
    ],
)
async def test_origins(allowed: tuple[str, ...], origin: str | None, welcome: bool) -> None:
    async with serving(allowed_origins=allowed) as server:
        shown = origin.format(port=server.port) if origin else None
        if welcome:
            async with server.socket(origin=shown) as client:
                await client.subscribe("{ hello }")
                assert (await client.next())["data"] == {"hello": "world"}
        else:
            with pytest.raises(InvalidStatus) as refused:
                async with server.socket(origin=shown):
                    pass
            assert refused.value.response.status_code == 403
