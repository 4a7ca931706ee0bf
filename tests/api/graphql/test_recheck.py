"""A credential that ends between its authentication and the first notice: the connection ends all the same."""

from __future__ import annotations

import asyncio

from domain.principal import Principal
from domain.values.errors import Unavailable
from tests.api.graphql.serving import DEADLINE, serving

TICKS = "subscription { ticks { text } }"


async def ended(_: Principal) -> bool:
    return False


async def unavailable(_: Principal) -> bool:
    raise Unavailable("The database cannot be reached.")


async def test_a_socket() -> None:
    async with serving(is_current=ended) as server, server.socket() as socket:
        assert await socket.closed() == (4403, "The credential was revoked.")
    async with serving(is_current=unavailable) as server, server.socket() as socket:
        assert await socket.closed() == (1013, "Try again later.")


async def test_an_event_stream() -> None:
    async with serving(is_current=ended) as server:
        headers = {"accept": "text/event-stream"}
        async with asyncio.timeout(DEADLINE):
            response = await server.http.post(server.url, json={"query": TICKS}, headers=headers)
        assert response.status_code == 200
        assert "complete" not in response.text  # a client resumes a stream that ends without it
