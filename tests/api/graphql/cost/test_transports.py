"""The limit and `extensions.cost` on each transport, with a small schema."""

from __future__ import annotations

import json

import pytest

from api.graphql.limits import Limits
from tests.api.graphql.serving import DEADLINE, Server, serving, until

ASKED = {"cost": True}
HELLO = {"nodes": 0, "maxNodes": 20_000, "cost": 0, "maxCost": 30_000}


async def test_cost_is_returned_only_on_request(server: Server) -> None:
    for extensions, expected in ((ASKED, {"cost": HELLO}), ({"cost": 1}, None), ({}, None), (None, None)):
        response = await server.http.post(server.url, json={"query": "{ hello }", "extensions": extensions})
        assert response.json() == {"data": {"hello": "world"}, **({"extensions": expected} if expected else {})}
    async with server.socket() as client:
        await client.subscribe("{ hello }", extensions=ASKED)
        assert (await client.next())["extensions"] == {"cost": HELLO}


async def test_frames_of_a_subscription_have_the_cost_beside_the_cursor(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("subscription { ticks { number } }", extensions=ASKED)
        await until(lambda: server.hub.streams)
        server.hub.publish("one")
        cost = {**HELLO, "nodes": 1, "cost": 1}
        assert (await client.next())["extensions"] == {"cost": cost, "stream": {"cursor": "1"}}


@pytest.mark.parametrize("limits", [Limits(nodes=1), Limits(cost=1)])
async def test_each_transport_refuses_what_is_over_a_limit(limits: Limits) -> None:
    document = "{ nested { nested { hello } } }"
    async with serving(limits=limits) as server:
        response = await server.query(document)
        assert response.status_code == 400
        (error,) = response.json()["errors"]
        assert error["extensions"] == {"code": "QUERY_TOO_COMPLEX", "limit": 1, "actual": 2}
        assert server.world.contexts == 0
        stream = await server.http.post(
            server.url, json={"query": document}, headers={"accept": "text/event-stream"}, timeout=DEADLINE
        )
        data = next(line for line in stream.text.splitlines() if line.startswith("data: {"))
        assert json.loads(data.removeprefix("data: ")) == {"errors": [error]}
        async with server.socket() as client:
            await client.subscribe(document)
            assert (await client.receive())["payload"] == [error]
