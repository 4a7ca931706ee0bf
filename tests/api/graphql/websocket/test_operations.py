"""Operations over a WebSocket: queries, mutations, subscriptions, and several at once."""

from __future__ import annotations

from typing import Any

import pytest

from api.graphql.limits import Limits, SocketLimits
from tests.api.graphql.serving import Server, serving, until

TICKS = "subscription { ticks { text number } }"


def codes(message: dict[str, Any]) -> list[str]:
    assert message["type"] == "error"
    return [error["extensions"]["code"] for error in message["payload"]]


async def test_queries_and_mutations_run_over_the_socket(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("{ hello }", "q")
        assert await client.receive() == {"id": "q", "type": "next", "payload": {"data": {"hello": "world"}}}
        assert await client.receive() == {"id": "q", "type": "complete"}
        await client.subscribe(
            "mutation M($v: String!) { record(value: $v) } query Q { hello }",
            "m",
            operationName="M",
            variables={"v": "x"},
            extensions={},
        )
        assert (await client.receive())["payload"] == {"data": {"record": "x"}}
        assert await client.receive() == {"id": "m", "type": "complete"}
    assert server.world.recorded == ["x"]


async def test_an_id_is_free_again_after_its_operation(server: Server) -> None:
    async with server.socket() as client:
        for _ in range(3):
            await client.subscribe("{ hello }", "same")
            assert [(await client.receive())["type"] for _ in range(2)] == ["next", "complete"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { ticks { text } mine { text } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { hello }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "query($d: Date!) { on(day: $d) }", "variables": {"d": "x"}}, "BAD_USER_INPUT"),
        ({"query": "subscription($t: String!) { ticks(topic: $t) { text } }"}, "BAD_USER_INPUT"),
        ({"query": "subscription { mine { text } }"}, "FORBIDDEN"),
        ({"query": 'subscription { ticks(after: "x") { text } }'}, "INVALID"),
        ({"query": "subscription { broken { text } }"}, "INTERNAL"),
        ({"query": "subscription { unfollowable { text } }"}, "INTERNAL"),
        ({"query": "{ " + "hello " * 51 + "}"}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_an_invalid_operation_is_an_error_for_its_id_only(
    server: Server, payload: dict[str, Any], code: str
) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS, "other")
        await until(lambda: server.hub.streams == 1)
        await client.send({"id": "bad", "type": "subscribe", "payload": payload})
        message = await client.receive()
        server.hub.publish("still here")
        alive = await client.receive()

    assert message["id"] == "bad"
    assert set(codes(message)) == {code}
    assert "swordfish" not in str(message)
    assert (alive["id"], alive["payload"]["data"]["ticks"]["text"]) == ("other", "still here")


async def test_a_field_error_is_part_of_a_result(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("{ boom }")
        payload = await client.next()

    assert payload["data"] == {"boom": None}
    assert [e["extensions"]["code"] for e in payload["errors"]] == ["INTERNAL"]


async def test_events_come_with_data_and_cursor(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS, "s")
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        server.hub.publish("for another topic", topic="b")
        server.hub.publish("two")

        assert [await client.receive() for _ in range(2)] == [
            {
                "id": "s",
                "type": "next",
                "payload": {
                    "data": {"ticks": {"text": text, "number": number}},
                    "extensions": {"stream": {"cursor": str(number)}},
                },
            }
            for text, number in (("one", 1), ("two", 3))
        ]


async def test_each_event_has_a_context_of_its_own(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS)
        await until(lambda: server.hub.streams == 1)
        before = server.world.contexts
        for text in ("one", "two", "three"):
            server.hub.publish(text)
            await client.next()

    assert server.world.contexts - before == 3


async def test_an_error_in_an_event_ends_only_that_event(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("subscription { ticks { text boom } }")
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        server.hub.publish("two")
        payloads = [await client.next() for _ in range(2)]

    assert [p["data"] for p in payloads] == [{"ticks": {"text": t, "boom": None}} for t in ("one", "two")]
    assert [[e["extensions"]["code"] for e in p["errors"]] for p in payloads] == [["INTERNAL"], ["INTERNAL"]]


async def test_the_end_of_a_feed_completes_the_operation(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS, "s")
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("end")
        assert await client.receive() == {"id": "s", "type": "complete"}


async def test_complete_from_the_client_stops_the_operation(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe(TICKS, "a")
        await client.subscribe(TICKS, "b")
        await until(lambda: server.hub.streams == 2)
        await client.send({"id": "a", "type": "complete"})
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        assert (await client.receive())["id"] == "b"
        await client.subscribe("{ hello }", "a")
        assert (await client.receive())["id"] == "a"


async def test_complete_cancels_what_is_being_resolved(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("{ wait }", "w")
        await until(lambda: server.world.waiting == 1)
        await client.send({"id": "w", "type": "complete"})
        await until(lambda: (server.world.waiting, server.world.stopped) == (0, 1))


async def test_complete_for_an_unknown_id_is_passed_over(server: Server) -> None:
    async with server.socket() as client:
        await client.send({"id": "unknown", "type": "complete"})
        await client.subscribe("{ hello }")
        assert (await client.next())["data"] == {"hello": "world"}


async def test_operations_run_side_by_side(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("{ wait }", "slow")
        await until(lambda: server.world.waiting == 1)
        await client.subscribe("{ hello }", "fast")
        assert [(await client.receive())["id"] for _ in range(2)] == ["fast", "fast"]
        server.world.go_on.set()
        assert (await client.receive())["payload"] == {"data": {"wait": "done"}}


async def test_operations_over_the_limit_are_refused_by_id() -> None:
    async with serving(socket_limits=SocketLimits(operations=2)) as server, server.socket() as client:
        for operation_id in ("1", "2", "3"):
            await client.subscribe("{ wait }", operation_id)
        refused = await client.receive()
        server.world.go_on.set()
        rest = [await client.receive() for _ in range(4)]

    assert (refused["id"], codes(refused)) == ("3", ["TOO_MANY_OPERATIONS"])
    assert sorted((message["id"], message["type"]) for message in rest) == [
        (operation_id, kind) for operation_id in ("1", "2") for kind in ("complete", "next")
    ]


async def test_an_operation_over_its_time_is_an_error_for_its_id() -> None:
    async with serving(limits=Limits(seconds=0.1)) as server, server.socket() as client:
        await client.subscribe("{ wait }", "w")
        message = await client.receive()

    assert (message["id"], codes(message)) == ("w", ["TIMEOUT"])
    assert server.world.stopped == 1
