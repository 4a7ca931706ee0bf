"""Automatic persisted queries: a hash finds a document that any transport has stored; otherwise the client sends it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.api.graphql.serving import Server

TEXT = "query($text: String!) { echo(text: $text) }"


def persisted(text: str, **changed: object) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest(), **changed}}


def refused(message: str, code: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


NOT_FOUND = refused("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
UNSUPPORTED = refused("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
MISMATCH = refused("`extensions.persistedQuery.sha256Hash` is not the hash of `query`.", "PERSISTED_QUERY_MISMATCH")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/graphql-response+json", 400),
        ("*/*", 200),
        ("text/event-stream", 200),
    ],
)
async def test_an_unknown_hash_over_http(server: Server, accept: str, status: int) -> None:
    extensions = persisted(TEXT)
    headers = {"accept": accept}
    posted = await server.http.post(server.url, json={"extensions": extensions}, headers=headers)
    got = await server.http.get(server.url, params={"extensions": json.dumps(extensions)}, headers=headers)

    assert (posted.status_code, posted.json()) == (status, NOT_FOUND)
    assert (got.status_code, got.json()) == (status, NOT_FOUND)
    assert got.headers["cache-control"] == "no-store"


async def test_a_document_that_was_sent_once_is_found_on_every_transport(server: Server) -> None:
    extensions = persisted(TEXT)
    stored = {"query": TEXT, "extensions": extensions, "variables": {"text": "a"}}
    assert (await server.http.post(server.url, json=stored)).json() == {"data": {"echo": "a"}}

    hashed = {"extensions": extensions, "variables": {"text": "b"}}
    parameters = {name: json.dumps(value) for name, value in hashed.items()}
    assert (await server.http.post(server.url, json=hashed)).json() == {"data": {"echo": "b"}}
    browser = {"accept": "text/html, */*"}
    assert (await server.http.get(server.url, params=parameters, headers=browser)).json() == {"data": {"echo": "b"}}
    streamed = await server.http.post(server.url, json=hashed, headers={"accept": "text/event-stream"})
    assert 'data: {"data":{"echo":"b"}}' in streamed.text
    async with server.socket() as client:
        await client.subscribe("", **hashed)
        assert await client.next() == {"data": {"echo": "b"}}
    assert len(server.services.executor.documents) == 1


async def test_a_socket_stores_a_document_for_http(server: Server) -> None:
    async with server.socket() as client:
        await client.subscribe("{ hello }")
        assert await client.next() == {"data": {"hello": "world"}}

    found = await server.http.post(server.url, json={"extensions": persisted("{ hello }")})
    assert found.json() == {"data": {"hello": "world"}}


@pytest.mark.parametrize("text", ["{ nothing }", "{ hello"])
async def test_a_document_that_cannot_run_is_not_stored(server: Server, text: str) -> None:
    await server.http.post(server.url, json={"query": text, "extensions": persisted(text)})
    assert (await server.http.post(server.url, json={"extensions": persisted(text)})).json() == NOT_FOUND


async def test_a_text_with_the_hash_of_another_is_refused_and_not_stored(server: Server) -> None:
    extensions = persisted("{ hello }")
    sent = await server.http.post(server.url, json={"query": "{ me }", "extensions": extensions})

    assert sent.json() == MISMATCH
    assert (await server.http.post(server.url, json={"extensions": extensions})).json() == NOT_FOUND
    assert len(server.services.executor.documents) == 0


@pytest.mark.parametrize("changed", [{"version": 2}, {"sha256Hash": "x"}, {"sha256Hash": None}, {"sha256Hash": 7}])
async def test_another_version_or_form_is_not_supported(server: Server, changed: dict[str, Any]) -> None:
    extensions = persisted("{ hello }", **changed)
    assert (await server.http.post(server.url, json={"extensions": extensions})).json() == UNSUPPORTED
    whole = await server.http.post(server.url, json={"query": "{ hello }", "extensions": extensions})
    assert whole.json() == {"data": {"hello": "world"}}


async def test_over_a_websocket_the_operation_ends_and_the_socket_stays(server: Server) -> None:
    extensions = persisted("{ me }")
    async with server.socket({"token": "good"}) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": {"extensions": extensions}})
        assert await client.receive() == {"id": "1", "type": "error", "payload": NOT_FOUND["errors"]}
        await client.subscribe("", extensions=extensions)
        assert await client.receive() == {"id": "1", "type": "error", "payload": NOT_FOUND["errors"]}
        await client.subscribe("{ me }", extensions=extensions)
        assert await client.next() == {"data": {"me": "staff"}}


async def test_strangers_store_documents_apart(server: Server) -> None:
    stored = "query Stored { hello }"
    await server.http.post(server.url, json={"query": stored})
    async with httpx.AsyncClient() as stranger:
        for number in range(60):
            answer = await stranger.post(server.url, json={"query": f"query Q{number} {{ __typename }}"})
            assert answer.json() == {"data": {"__typename": "Query"}}
        first, last = [
            await stranger.post(server.url, json={"extensions": persisted(f"query Q{number} {{ __typename }}")})
            for number in (0, 59)
        ]

    assert first.json() == NOT_FOUND
    assert last.json() == {"data": {"__typename": "Query"}}
    assert len(server.services.executor.documents) == 1
    found = await server.http.post(server.url, json={"extensions": persisted(stored)})
    assert found.json() == {"data": {"hello": "world"}}


async def test_a_hash_gives_a_stranger_no_data(server: Server) -> None:
    await server.http.post(server.url, json={"query": "{ hello }"})
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.post(server.url, json={"extensions": persisted("{ hello }")})
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("body", [{}, {"extensions": {}}, {"query": 5, "extensions": persisted("")}])
async def test_any_other_request_needs_a_query(server: Server, body: dict[str, Any]) -> None:
    response = await server.http.post(server.url, json=body)
    assert (response.status_code, response.json()["errors"][0]["message"]) == (400, "`query` must be a string.")
