"""The protocol's table: what each message, good and bad, is answered with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from api.graphql.limits import Limits, SocketLimits
from tests.api.graphql.serving import Server, serving, until

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
    async with serving(socket_limits=SocketLimits(init_seconds=0.1)) as server, server.socket(ack=False) as client:
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}
        assert (await client.closed())[0] == 4408


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
async def test_what_is_no_message_of_the_protocol_is_4400(server: Server, message: str | bytes) -> None:
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
        ({"query": "subscription { mine { text } }"}, "UNAUTHENTICATED"),
        ({"query": "subscription { broken { text } }"}, "INTERNAL"),
        ({"query": "subscription { unfollowable { text } }"}, "INTERNAL"),
        ({"query": "{ " + "hello " * 51 + "}"}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_what_cannot_run_is_an_error_for_its_id_and_harms_no_other(
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
    async with server.socket({"authorization": None, "token": ""}) as client:
        await client.subscribe("{ me }")
        payload = await client.next()

    assert [e["extensions"]["code"] for e in payload["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("payload", [{"authorization": "Bearer bad"}, {"token": "bad"}, {"authorization": {"a": 1}}])
async def test_a_bad_credential_is_4403(server: Server, payload: dict[str, Any]) -> None:
    async with server.socket(ack=False) as client:
        await client.send({"type": "connection_init", "payload": payload})
        assert await client.closed() == (4403, "Forbidden")


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
