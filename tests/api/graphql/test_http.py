"""GraphQL over HTTP: methods, media types, bodies, and the page for browsers."""

from __future__ import annotations

import asyncio
import json

import pytest

from api.graphql.limits import Limits
from tests.api.graphql.serving import DEADLINE, Server, error_code, serving

MODERN = "application/graphql-response+json"
LEGACY = "application/json"
GOOD = {"authorization": "Bearer good"}


async def test_answers_in_the_newer_media_type_where_it_is_asked_for(server: Server) -> None:
    response = await server.query("{ hello }")

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{MODERN}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept"
    assert response.json() == {"data": {"hello": "world"}}


async def test_keeps_every_character(server: Server) -> None:
    text = 'שלום 🏃\u200d♀️ "\\\u0007' + "w" * 10_000

    response = await server.query("query($t: String!) { echo(text: $t) }", variables={"t": text})

    assert response.json() == {"data": {"echo": text}}


async def test_a_mutation_over_get_is_refused_and_does_nothing(server: Server) -> None:
    response = await server.http.get(server.url, params={"query": 'mutation { record(value: "x") }'})

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert error_code(response) == "METHOD_NOT_ALLOWED"
    assert server.world.recorded == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(server: Server, method: str) -> None:
    response = await server.http.request(method, server.url)

    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    assert error_code(response) == "METHOD_NOT_ALLOWED"


async def test_an_unknown_media_type_is_not_acceptable(server: Server) -> None:
    response = await server.query("{ hello }", headers={"accept": "image/png"})

    assert response.status_code == 406
    assert error_code(response) == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
async def test_forms_and_other_charsets_are_not_supported(server: Server, content_type: str) -> None:
    response = await server.http.post(
        server.url, content=b'{"query": "{ hello }"}', headers={"content-type": content_type}
    )

    assert response.status_code == 415
    assert error_code(response) == "UNSUPPORTED_MEDIA_TYPE"


async def test_a_compressed_body_is_not_supported(server: Server) -> None:
    response = await server.query("{ hello }", headers={"content-encoding": "gzip"})

    assert response.status_code == 415
    assert error_code(response) == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"[]", "Batches of operations are not supported: send one operation a request."),
        (b'[{"query": "{ hello }"}]', "Batches of operations are not supported: send one operation a request."),
        (b'"text"', "The request must be a JSON object with a `query`."),
        (b"\xff\xfe", "The body is not valid JSON."),
        (b"[" * 100_000, "The body is not valid JSON."),
        (b'{"query": "{ hello }", "query": null}', "`query` must be a string."),
        (b'{"query": "\\ud800"}', "The body is not valid JSON."),
    ],
)
async def test_an_invalid_request_is_refused(server: Server, body: bytes, says: str) -> None:
    response = await server.http.post(server.url, content=body, headers={"content-type": LEGACY})

    assert response.status_code == 400
    assert error_code(response) == "BAD_REQUEST"
    assert response.json()["errors"][0]["message"] == says


async def test_get_parameters_that_are_not_json_are_refused(server: Server) -> None:
    response = await server.http.get(server.url, params={"query": "{ hello }", "variables": "{"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "`variables` is not valid JSON."


async def test_a_body_that_says_it_is_too_large_is_refused_unread(server: Server) -> None:
    response = await server.query("#" * (1 << 20))

    assert response.status_code == 413
    assert error_code(response) == "PAYLOAD_TOO_LARGE"


async def test_a_body_without_a_length_is_counted_while_it_comes() -> None:
    async with serving(limits=Limits(body_bytes=10_000)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {LEGACY}\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(head.encode() + (b"400\r\n" + b" " * 1024 + b"\r\n") * 10)  # the body is incomplete
        async with asyncio.timeout(DEADLINE):
            line = await reader.readline()
        writer.close()
        await writer.wait_closed()

    assert line.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_does_not_arrive_times_out() -> None:
    async with serving(limits=Limits(seconds=0.1)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {LEGACY}\r\ncontent-length: 10\r\n\r\n".encode()
        )
        async with asyncio.timeout(DEADLINE):
            line = await reader.readline()
        writer.close()
        await writer.wait_closed()

    assert line.startswith(b"HTTP/1.1 408 ")


async def test_a_browser_gets_the_page(server: Server) -> None:
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"

    page = await server.http.get(server.url, headers={"accept": accept})
    answer = await server.http.get(server.url, params={"query": "{ hello }"}, headers={"accept": accept})

    assert page.text == "<title>IDE</title>"
    assert answer.json() == {"data": {"hello": "world"}}


@pytest.mark.parametrize(("accept", "status"), [("text/html", 406), ("text/html,*/*;q=0.8", 404)])
async def test_a_browser_gets_a_hint_if_there_is_no_page(accept: str, status: int) -> None:
    async with serving(page=None) as server:
        response = await server.http.get(server.url, headers={"accept": accept})

    assert response.status_code == status


async def test_a_subscription_needs_a_stream(server: Server) -> None:
    response = await server.query("subscription { ticks { text } }")

    assert response.status_code == 406
    assert error_code(response) == "NOT_ACCEPTABLE"


async def test_one_connection_serves_many_requests_after_a_refused_body(server: Server) -> None:
    sizes = [10, 1 << 20, 10]

    statuses = [(await server.query("{ hello } #" + "x" * size)).status_code for size in sizes]

    assert statuses == [200, 413, 200]


async def test_the_body_is_the_same_for_both_media_types(server: Server) -> None:
    answers = [(await server.query("{ nothing }", headers={"accept": accept})).json() for accept in (MODERN, LEGACY)]

    assert json.dumps(answers[0]) == json.dumps(answers[1])


async def test_bodies_share_the_budget_of_the_process(server: Server) -> None:
    bodies = server.services.bodies
    bodies.held = 128 << 20
    response = await server.query("{ hello }")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert error_code(response) == "UNAVAILABLE"
    bodies.held = 0
    assert (await server.query("{ hello }")).status_code == 200
    assert bodies.held == 0
