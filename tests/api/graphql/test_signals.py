"""Signals are sent after waiting frames, and never delay them."""

from __future__ import annotations

from api.graphql.limits import SocketLimits
from tests.api.graphql.serving import Server, serving, until
from tests.api.graphql.websocket.test_connection_ends import narrow_socket, subscribed


async def test_a_signal_is_a_next_with_the_stream_s_cursor(server: Server) -> None:
    async with server.socket() as client:
        await subscribed(server, client)
        server.hub.publish("one")
        assert (await client.next())["extensions"] == {"stream": {"cursor": "1"}}
        server.hub.signal("ann", "Ann types")
        assert await client.receive() == {"id": "1", "type": "next", "payload": {"data": {"signal": "Ann types"}}}


async def test_an_event_stream_sends_it_with_the_stream_s_cursor_as_its_id(server: Server) -> None:
    document = {"query": "subscription { ticks { text } }"}
    headers = {"accept": "text/event-stream"}
    async with server.http.stream("POST", server.url, json=document, headers=headers) as response:
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        server.hub.signal("ann", "Ann types")
        lines = response.aiter_lines()
        received = [await anext(lines) for _ in range(8)]
    assert received[4:] == ["event: next", "id: 1", 'data: {"data": {"signal": "Ann types"}}', ""]


async def test_after_complete_nothing_of_it_leaves(server: Server) -> None:
    async with server.socket() as client:
        await subscribed(server, client)
        await client.send({"id": "1", "type": "complete"})
        await until(lambda: server.hub.streams == 0)
        server.hub.signal("ann", "Ann types")
        await client.subscribe("{ hello }", "1")
        assert (await client.next())["data"] == {"hello": "world"}


async def test_a_slow_consumer_is_not_closed_for_signals_and_misses_no_event() -> None:
    limits = SocketLimits(queue_frames=20)
    async with serving(socket_limits=limits) as server, server.socket(sock=narrow_socket(server)) as client:
        await subscribed(server, client)
        client.connection.transport.pause_reading()
        published = 0
        while all(transport.writable.is_set() for transport in server.transports):
            server.hub.publish("x" * 100_000)
            published += 1
            await until(lambda published=published: server.hub.delivered == published)
        for number in range(1_000):
            server.hub.signal(f"of {number}", f"{number} types")
        for _ in range(18):  # together with two that may remain, the whole capacity
            server.hub.publish("x" * 1_000)
        published += 18
        await until(lambda: server.hub.delivered == published)
        client.connection.transport.resume_reading()
        signals = []
        while published:
            data = (await client.next())["data"]
            published -= "ticks" in data
            signals += [data["signal"]] if "signal" in data else []
        assert signals in ([], ["0 types"])  # one may have been sent before the queue filled up
        server.hub.signal("bo", "Bo types")
        assert (await client.next())["data"] == {"signal": "Bo types"}
