"""npm clients and test suites work with the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.graphql.limits import SocketLimits
from tests.api.graphql.serving import STAFF, Server, serving, until
from tests.api.graphql.stock_clients import Script, node_scripts, running

__all__ = ["node_scripts"]

pytestmark = pytest.mark.node
TICKS = "subscription { ticks { text stored } }"
FROM_THE_START = 'subscription { ticks(after: "0") { text } }'


async def test_all_61_audits_of_graphql_http_pass(node_scripts: Path, server: Server) -> None:
    async with running(node_scripts, "audit.mjs", server.url) as script:
        results = await script.line()

    assert [result for result in results if result["status"] != "ok"] == []
    assert len({result["id"] for result in results}) == 61


async def told(script: Script, key: str, skipping: tuple[str, ...] = ()) -> Any:
    while key not in (line := await script.line()):
        assert set(line) <= set(skipping), line
    return line[key]


async def test_graphql_ws_stops_with_a_credential_that_never_was_good(node_scripts: Path, server: Server) -> None:
    async with running(node_scripts, "refused-ws.mjs", server.url, TICKS, "Bearer bad") as script:
        lines = [await script.line(), await script.line()]

    assert {"closed": 4401} in lines
    assert {"error": 4401, "reason": "The credential is unknown."} in lines


async def test_graphql_ws_comes_back_with_a_new_credential_for_one_that_ended(
    node_scripts: Path, server: Server
) -> None:
    credentials = ("Bearer ended", "Bearer ended", "Bearer good")
    async with running(node_scripts, "refused-ws.mjs", server.url, TICKS, *credentials) as script:
        assert [await script.line(), await script.line()] == [{"closed": 4403}, {"closed": 4403}]
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        assert await told(script, "next") == {"ticks": {"text": "one", "stored": "kept"}}


@pytest.mark.parametrize("code", [1013, 4403])
async def test_graphql_ws_comes_back_and_resumes(node_scripts: Path, server: Server, code: int) -> None:
    async with running(node_scripts, "follow-ws.mjs", server.url.replace("http", "ws"), TICKS) as script:
        assert await told(script, "connected") is None
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        assert await told(script, "next") == "one"
        if code == 4403:
            server.hub.revoke(STAFF)
        server.world.down = code == 1013
        server.hub.publish("two")
        assert await told(script, "closed") == code
        server.world.down = False
        assert await told(script, "next", skipping=("connected", "closed")) == "two"
        server.hub.publish("three")
        assert await told(script, "next") == "three"

    assert server.hub.resumed_from[0] is None
    assert set(server.hub.resumed_from[1:]) == {"1"}


async def test_graphql_ws_misses_nothing_while_its_sockets_end_again_and_again(node_scripts: Path) -> None:
    texts = [str(number) for number in range(60)]
    lines: list[Any] = []

    async def read_until(key: str) -> None:
        lines.append(await script.line())
        while key not in lines[-1]:
            lines.append(await script.line())

    async with (
        serving(socket_limits=SocketLimits(lifetime_seconds=0.1)) as server,
        running(node_scripts, "follow-ws.mjs", server.url.replace("http", "ws"), FROM_THE_START) as script,
    ):
        for number, text in enumerate(texts):
            server.hub.publish(text)
            if number % 10 == 0:
                await read_until("closed")
        while lines[-1].get("next") != texts[-1]:
            await read_until("next")

    assert [line["next"] for line in lines if "next" in line] == texts
    assert {line["closed"] for line in lines if "closed" in line} == {1012}


async def test_graphql_sse_receives_events_and_errors(node_scripts: Path, server: Server) -> None:
    async with running(node_scripts, "follow-sse.mjs", server.url, TICKS) as script:
        await until(lambda: server.hub.streams == 1)
        server.hub.publish("one")
        assert (await told(script, "next", skipping=("event", "data"))) == "one"
        server.hub.publish("end")
        assert (await told(script, "complete", skipping=("event", "data"))) is True
    async with running(node_scripts, "follow-sse.mjs", server.url, "{ nothing }") as script:
        line = await script.line()

    assert line["event"] == "next"
    assert [error["extensions"]["code"] for error in line["data"]["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_apollo_sends_a_query_once_and_then_its_hash(node_scripts: Path, server: Server, method: str) -> None:
    queries = ("{ hello }", "{ me }", "{ hello }")
    async with running(node_scripts, "persisted-apollo.mjs", server.url, method, *queries) as script:
        told = await script.line()

    assert told["results"] == [{"hello": "world"}, {"me": "staff"}, {"hello": "world"}]
    assert told["requests"] == [[method, False], ["POST", True], [method, False], ["POST", True], [method, False]]


@pytest.mark.parametrize("transport", ["POST", "GET", "WebSocket"])
async def test_urql_sends_a_persisted_query(node_scripts: Path, server: Server, transport: str) -> None:
    async with running(node_scripts, "persisted-urql.mjs", server.url, transport, "{ me }") as script:
        assert await script.line() == {"data": {"me": "staff"}}


@pytest.mark.parametrize("transport", ["SSE", "WebSocket"])
async def test_urql_sends_a_persisted_subscription(node_scripts: Path, server: Server, transport: str) -> None:
    server.hub.publish("one")
    async with running(node_scripts, "persisted-urql.mjs", server.url, transport, FROM_THE_START) as script:
        assert await script.line() == {"data": {"ticks": {"text": "one"}}}


async def test_a_page_of_another_origin_may_send_headers_for_tracing(node_scripts: Path) -> None:
    async with (
        serving(allowed_origins=("http://shop.example",)) as server,
        running(node_scripts, "cors-apollo.mjs", server.url, "{ me }") as script,
    ):
        assert await script.line() == {"data": {"me": "staff"}}


async def test_a_page_of_an_origin_that_is_not_allowed_gets_nothing(node_scripts: Path) -> None:
    async with (
        serving(allowed_origins=("http://other.example",)) as server,
        running(node_scripts, "cors-apollo.mjs", server.url, "{ me }") as script,
    ):
        assert "Cross-Origin Request Blocked" in (await script.line())["error"]
