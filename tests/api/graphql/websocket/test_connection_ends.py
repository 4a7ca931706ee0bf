"""Connections that the server closes, and the release of their resources."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import tracemalloc
from collections.abc import Mapping
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from api.graphql.limits import SocketLimits
from api.graphql.open_connections import Closing, OpenConnections
from api.graphql.websocket.close_codes import DRAINING
from domain.principal import Principal
from tests.api.graphql.hub import ListHub
from tests.api.graphql.serving import DEADLINE, STAFF, Server, Socket, serving, until

TICKS = "subscription { ticks { text } }"
FROM_THE_START = 'subscription { ticks(after: "0") { text number } }'


async def everything_is_gone(server: Server) -> None:
    await until(lambda: (len(server.services.connections), server.hub.streams, server.hub.watches) == (0, 0, 0))


async def subscribed(server: Server, client: Socket, document: str = TICKS) -> None:
    before = server.hub.streams
    await client.subscribe(document)
    await until(lambda: server.hub.streams > before)


def narrow_socket(server: Server) -> socket.socket:
    """A connected socket with the smallest receive buffer, so that a peer that does not read is noticed soon."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", server.port))
    peer.setblocking(False)
    return peer


async def test_a_credential_that_expires_ends_the_socket_with_4403(server: Server) -> None:
    async with server.socket({"token": "short"}) as client:
        assert await client.closed() == (4403, "The credential expired.")
    await everything_is_gone(server)


async def test_a_credential_that_is_revoked_ends_the_socket_with_4403(server: Server) -> None:
    async with server.socket({"token": "good"}) as client, server.socket(additional_headers={}) as anonymous:
        await until(lambda: server.hub.watches == 1)
        server.hub.revoke(STAFF)
        assert await client.closed() == (4403, "The credential was revoked.")
        await anonymous.subscribe("{ __typename }")
        assert (await anonymous.next())["data"] == {"__typename": "Query"}
    await everything_is_gone(server)


async def test_a_socket_that_has_lived_long_enough_is_1012() -> None:
    async with serving(socket_limits=SocketLimits(lifetime_seconds=0.1)) as server, server.socket() as client:
        assert (await client.closed())[0] == 1012


async def test_a_socket_that_says_nothing_is_1013() -> None:
    limits = SocketLimits(idle_seconds=0.2, ping_seconds=0.05)
    async with serving(socket_limits=limits) as server, server.socket() as client:
        assert (await client.closed())[0] == 1013


async def test_a_socket_that_answers_pings_stays() -> None:
    for seconds in (1.0, 6.0, 36.0):  # a machine may stand still for longer than a connection may be idle
        limits = SocketLimits(idle_seconds=seconds, ping_seconds=seconds / 10)
        with suppress(ConnectionClosed):
            async with serving(socket_limits=limits) as server, server.socket() as client:
                for _ in range(15):
                    assert await client.receive() == {"type": "ping"}
                    await client.send({"type": "pong"})
                await client.subscribe("{ hello }")
                while (message := await client.receive())["type"] == "ping":
                    await client.send({"type": "pong"})
                assert message["payload"] == {"data": {"hello": "world"}}
                return
    pytest.fail("The connection was closed though it answered every ping.")


async def test_pings_carry_the_cursor() -> None:
    async with serving(socket_limits=SocketLimits(ping_seconds=0.05)) as server, server.socket() as client:
        assert await client.receive() == {"type": "ping"}
        await subscribed(server, client)
        server.hub.publish("one")
        while (await client.receive())["type"] != "next":  # pings sent before the event may still arrive
            pass
        while (message := await client.receive())["type"] != "ping":
            pass
        assert message == {"type": "ping", "payload": {"cursor": "1"}}
        await client.send({"id": "1", "type": "complete"})
        while "payload" in await client.receive():
            pass  # the position was removed with its operation


async def test_a_slow_consumer_is_1013_and_others_miss_nothing() -> None:
    limits = SocketLimits(queue_bytes=200_000, queue_frames=1_000, send_seconds=1.0, close_seconds=60)
    async with (
        serving(socket_limits=limits) as server,
        server.socket(sock=narrow_socket(server)) as slow,
        server.socket() as fast,
    ):
        await subscribed(server, slow)
        await subscribed(server, fast)
        slow.connection.transport.pause_reading()
        text, received = "x" * 10_000, 0
        tracemalloc.start()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(600):
            server.hub.publish(text)
            received += (await fast.next())["data"]["ticks"]["text"] == text
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        await until(lambda: server.hub.streams == 1)
        slow.connection.transport.resume_reading()
        assert await slow.closed() == (1013, "slow consumer")

    assert received == 600
    assert grown < 2_000_000  # six megabytes were sent; the log of the test itself keeps its events


async def test_a_replay_waits_for_its_reader() -> None:
    limits = SocketLimits(queue_frames=5)
    async with serving(socket_limits=limits) as server, server.socket(sock=narrow_socket(server)) as client:
        for _ in range(1_000):
            server.hub.publish("x" * 10_000)
        client.connection.transport.pause_reading()
        await subscribed(server, client, FROM_THE_START)
        await until(lambda: not all(transport.writable.is_set() for transport in server.transports))
        assert server.hub.delivered < 1_000
        client.connection.transport.resume_reading()
        numbers = [(await client.next())["data"]["ticks"]["number"] for _ in range(1_000)]

    assert numbers == list(range(1, 1_001))


async def test_a_write_that_is_blocked_too_long_is_1013() -> None:
    limits = SocketLimits(send_seconds=0.2, close_seconds=60)
    async with serving(socket_limits=limits) as server, server.socket(sock=narrow_socket(server)) as client:
        for _ in range(1_000):
            server.hub.publish("x" * 10_000)
        client.connection.transport.pause_reading()
        await subscribed(server, client, FROM_THE_START)
        await until(lambda: server.hub.streams == 0)
        client.connection.transport.resume_reading()
        assert await client.closed() == (1013, "slow consumer")


async def test_a_peer_that_never_reads_again_is_dropped_with_all_it_holds() -> None:
    limits = SocketLimits(send_seconds=0.2, close_seconds=0.2)
    async with serving(socket_limits=limits) as server, server.socket(sock=narrow_socket(server)) as client:
        for _ in range(1_000):
            server.hub.publish("x" * 10_000)
        client.connection.transport.pause_reading()
        await subscribed(server, client, FROM_THE_START)
        await until(lambda: server.hub.streams == 0 and not server.transports)
        client.connection.transport.resume_reading()
        assert (await client.closed())[0] == 1006


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_a_client_that_goes_leaves_nothing(server: Server, how: str) -> None:
    async with server.socket({"token": "good"}) as client:
        await subscribed(server, client)
        await client.subscribe("{ wait }", "w")
        await until(lambda: server.world.waiting == 1)
        if how == "abort":
            client.connection.transport.abort()
        else:
            await client.connection.close()
        await everything_is_gone(server)
    assert server.world.stopped == 1


async def test_a_subscription_that_meets_an_outage_is_1013(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("subscription { down { text } }")
        assert (await client.closed())[0] == 1013


async def test_an_event_that_meets_an_outage_is_delivered_after_it(server: Server) -> None:
    document = "subscription { ticks { text stored } }"
    async with server.socket() as client:
        await subscribed(server, client, document)
        server.hub.publish("before")
        cursor = (await client.next())["extensions"]["stream"]["cursor"]
        server.world.down = True
        server.hub.publish("during")
        assert (await client.closed())[0] == 1013
    server.world.down = False
    async with server.socket({"resume": cursor}) as client:
        await client.subscribe(document)
        assert (await client.next())["data"] == {"ticks": {"text": "during", "stored": "kept"}}


async def test_draining_ends_everything_with_1012_and_turns_new_ones_away(server: Server) -> None:
    async with server.socket() as one, server.socket({"token": "good"}) as two, server.socket(ack=False) as three:
        await subscribed(server, one)
        await server.services.connections.drain(grace=DEADLINE)

        assert len(server.services.connections) == 0
        assert [(await client.closed()) for client in (one, two, three)] == [(1012, "The server restarts.")] * 3
        async with server.socket(ack=False) as late:
            assert (await late.closed())[0] == 1012
    await everything_is_gone(server)


async def test_draining_many_goes_in_waves() -> None:
    connections, loop = OpenConnections(), asyncio.get_running_loop()
    ends: list[float] = []

    async def hold() -> None:
        closing = Closing()
        with connections.registered(closing):
            assert await closing.requested() == DRAINING
            ends.append(loop.time())

    async with asyncio.TaskGroup() as tasks:
        for _ in range(1_000):
            tasks.create_task(hold())
        await until(lambda: len(connections) == 1_000)
        await connections.drain(grace=1.0)

    assert len(ends) == 1_000
    assert ends[-1] - ends[0] > 0.3  # ten waves, half a second


async def test_draining_has_a_time_limit() -> None:
    connections = OpenConnections()
    with connections.registered(Closing()):
        async with asyncio.timeout(DEADLINE):
            await connections.drain(grace=0.05)
        assert len(connections) == 1


class BrokenHub(ListHub):
    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        raise RuntimeError("the password is swordfish")


async def test_an_unexpected_error_is_logged_and_closes_with_1013(caplog: pytest.LogCaptureFixture) -> None:
    limits = SocketLimits(ping_seconds=0.05)
    with caplog.at_level(logging.ERROR, "baton.graphql"):
        async with serving(socket_limits=limits, hub=BrokenHub()) as server, server.socket() as client:
            assert await client.closed() == (1013, "Try again later.")
            assert server.services.executor.errors.failures == 1
    assert len(caplog.records) == 1
