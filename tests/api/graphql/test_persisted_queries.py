"""Persisted queries are refused with the error that makes clients send the whole query."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.graphql.serving import Server

PERSISTED: dict[str, Any] = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
REFUSED = {
    "errors": [{"message": "PersistedQueryNotSupported", "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"}}]
}


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/graphql-response+json", 400),
        ("*/*", 200),
        ("text/event-stream", 200),
    ],
)
async def test_over_http(server: Server, accept: str, status: int) -> None:
    headers = {"accept": accept}
    posted = await server.http.post(server.url, json={"extensions": PERSISTED}, headers=headers)
    got = await server.http.get(server.url, params={"extensions": json.dumps(PERSISTED)}, headers=headers)

    assert (posted.status_code, posted.json()) == (status, REFUSED)
    assert (got.status_code, got.json()) == (status, REFUSED)
    assert got.headers["cache-control"] == "no-store"


async def test_over_a_websocket_the_operation_ends_and_the_socket_stays(server: Server) -> None:
    async with server.socket({"token": "good"}) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": {"extensions": PERSISTED}})
        assert await client.receive() == {"id": "1", "type": "error", "payload": REFUSED["errors"]}
        await client.subscribe("", extensions=PERSISTED)
        assert await client.receive() == {"id": "1", "type": "error", "payload": REFUSED["errors"]}
        await client.subscribe("{ me }", extensions=PERSISTED)
        assert await client.next() == {"data": {"me": "staff"}}


@pytest.mark.parametrize("body", [{}, {"extensions": {}}, {"query": 5, "extensions": PERSISTED}])
async def test_any_other_request_needs_a_query(server: Server, body: dict[str, Any]) -> None:
    response = await server.http.post(server.url, json=body)
    assert (response.status_code, response.json()["errors"][0]["message"]) == (400, "`query` must be a string.")
