"""Which documents a credential may run, on every transport: OFF, AUTO, ONLY."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest

from domain.model.credentials import DocumentIndex, TrustedDocument
from domain.values.clock import SystemClock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from tests.api.graphql.serving import GUEST, Server, serving

TRUSTED = "query($text: String!) { echo(text: $text) }"
ANOTHER = "{ hello }"
NOT_FOUND, UNSUPPORTED, NOT_TRUSTED = (
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "DOCUMENT_NOT_TRUSTED",
)
Request = dict[str, Any]


class Store:
    """The documents of the guests' account."""

    async def trusted_documents(self, account_id: AccountId) -> DocumentIndex:
        assert account_id == GUEST.account_id
        return DocumentIndex([TrustedDocument(id="echo", text=TRUSTED, registered_at=SystemClock().now())])


class NoStore:
    async def trusted_documents(self, account_id: AccountId) -> DocumentIndex:
        raise Unavailable("The database cannot be reached.")


def by_text(text: str) -> Request:
    return {"query": text}


def by_hash(text: str) -> Request:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}}


def by_id(document_id: str) -> Request:
    return {"documentId": document_id}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving(trusted=Store()) as made:
        yield made


async def over_post(server: Server, policy: str, request: Request) -> Any:
    return (await server.http.post(server.url, json=request, headers=bearer(policy))).json()


async def over_get(server: Server, policy: str, request: Request) -> Any:
    parameters = {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.items()}
    return (await server.http.get(server.url, params=parameters, headers=bearer(policy))).json()


async def over_sse(server: Server, policy: str, request: Request) -> Any:
    headers = {**bearer(policy), "accept": "text/event-stream"}
    response = await server.http.post(server.url, json=request, headers=headers)
    if response.headers["content-type"].startswith("application/json"):
        return response.json()  # a refusal of a request without a text
    [data] = [line for line in response.text.splitlines() if line.startswith("data: {")]
    return json.loads(data.removeprefix("data: "))


async def over_socket(server: Server, policy: str, request: Request) -> Any:
    async with server.socket(additional_headers=bearer(policy)) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": request})
        message = await client.receive()
        return message["payload"] if message["type"] == "next" else {"errors": message["payload"]}


def bearer(policy: str) -> dict[str, str]:
    return {"authorization": f"Bearer {policy}"}


async def outcome(transport: Any, server: Server, policy: str, request: Request) -> str:
    """Return "ran", or the code of the refusal."""
    body = await transport(server, policy, {**request, "variables": {"text": "a"}})
    if "data" in body:
        assert body["data"] in ({"echo": "a"}, {"hello": "world"})
        return "ran"
    [error] = body["errors"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("transport", [over_post, over_get, over_sse, over_socket])
async def test_the_policies(server: Server, transport: Any) -> None:
    requests = {
        "trusted text": by_text(TRUSTED),
        "trusted hash": by_hash(TRUSTED),
        "trusted id": by_id("echo"),
        "another text": by_text(ANOTHER),
        "another hash": by_hash(ANOTHER),
        "another id": by_id("hello"),
    }
    found = {
        name: [await outcome(transport, server, policy, request) for policy in ("OFF", "AUTO", "ONLY")]
        for name, request in requests.items()
    }

    assert found == {
        "trusted text": ["ran", "ran", "ran"],
        "trusted hash": [UNSUPPORTED, "ran", "ran"],
        "trusted id": [UNSUPPORTED, "ran", "ran"],
        "another text": ["ran", "ran", NOT_TRUSTED],
        "another hash": [UNSUPPORTED, "ran", NOT_TRUSTED],  # AUTO: its text came before
        "another id": [UNSUPPORTED, NOT_FOUND, NOT_TRUSTED],
    }


async def test_a_document_that_others_ran_is_not_trusted(server: Server) -> None:
    assert await outcome(over_post, server, "AUTO", by_text(ANOTHER)) == "ran"
    assert await outcome(over_post, server, "ONLY", by_hash(ANOTHER)) == NOT_TRUSTED


async def test_a_text_with_the_hash_of_a_trusted_document(server: Server) -> None:
    request = {**by_hash(TRUSTED), **by_text(ANOTHER)}
    assert await outcome(over_post, server, "ONLY", request) == NOT_TRUSTED
    assert await outcome(over_post, server, "AUTO", request) == "PERSISTED_QUERY_MISMATCH"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"query": ANOTHER, "documentId": "echo"}, "Send either `query` or `documentId`."),
        ({"documentId": 7}, "`documentId` must be a non-empty string."),
        ({"documentId": ""}, "`documentId` must be a non-empty string."),
    ],
)
async def test_a_request_that_is_malformed(server: Server, request_: Request, message: str) -> None:
    body = await over_post(server, "AUTO", request_)
    assert body == {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}


async def test_while_the_database_cannot_be_reached() -> None:
    async with serving(trusted=NoStore()) as server:
        response = await server.http.post(server.url, json=by_id("echo"), headers=bearer("ONLY"))
        assert response.status_code == 503
        assert await outcome(over_post, server, "AUTO", by_text(ANOTHER)) == "ran"
        async with server.socket(additional_headers=bearer("ONLY")) as client:
            await client.send({"id": "1", "type": "subscribe", "payload": by_id("echo")})
            assert (await client.closed())[0] == 1013
