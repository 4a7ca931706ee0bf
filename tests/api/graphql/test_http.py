from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest
from graphql import get_introspection_query

from api.graphql.limits import Limits
from tests.api.graphql.serving import DEADLINE, Server, serving

MODERN = "application/graphql-response+json"
LEGACY = "application/json"
GOOD = {"authorization": "Bearer good"}


def error_code(response: httpx.Response) -> str:
    body = response.json()
    assert list(body) == ["errors"]
    assert len(body["errors"]) == 1
    code: str = body["errors"][0]["extensions"]["code"]
    return code


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
async def test_what_is_no_request_is_refused(server: Server, body: bytes, says: str) -> None:
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
        writer.write(head.encode() + (b"400\r\n" + b" " * 1024 + b"\r\n") * 10)  # and the body is not over
        async with asyncio.timeout(DEADLINE):
            line = await reader.readline()
        writer.close()
        await writer.wait_closed()

    assert line.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
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


async def test_no_credential_is_anonymous_and_fields_refuse_by_themselves(server: Server) -> None:
    response = await server.query("{ me }")

    assert response.status_code == 200
    assert response.json() == {
        "data": None,
        "errors": [
            {
                "message": "Send a credential: `Authorization: Bearer <key>`, or `authorization` in connection_init.",
                "locations": [{"line": 1, "column": 3}],
                "path": ["me"],
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ],
    }


async def test_a_good_credential_is_the_principal(server: Server) -> None:
    assert (await server.query("{ me }", headers=GOOD)).json() == {"data": {"me": "staff"}}


async def test_a_bad_credential_is_401(server: Server) -> None:
    response = await server.query("{ hello }", headers={"authorization": "Bearer bad"})

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert error_code(response) == "UNAUTHENTICATED"


async def test_a_credential_that_cannot_be_checked_is_503(server: Server) -> None:
    response = await server.query("{ hello }", headers={"authorization": "Bearer down"})

    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert error_code(response) == "UNAVAILABLE"


async def test_a_credential_that_is_not_checked_in_time_is_503() -> None:
    async with serving(limits=Limits(seconds=0.1)) as server:
        response = await server.query("{ hello }", headers={"authorization": "Bearer hang"})

    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert error_code(response) == "TIMEOUT"


@pytest.mark.parametrize("accept", [MODERN, LEGACY])
async def test_the_database_away_is_503(server: Server, accept: str) -> None:
    server.world.down = True

    response = await server.query("{ stored }", headers={"accept": accept})

    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert error_code(response) == "UNAVAILABLE"


async def test_the_database_away_for_a_part_is_a_partial_answer(server: Server) -> None:
    server.world.down = True

    response = await server.query("{ stored hello }")

    assert response.status_code == 200
    assert response.json()["data"] == {"stored": None, "hello": "world"}
    assert [e["extensions"] for e in response.json()["errors"]] == [{"code": "UNAVAILABLE"}]


async def test_what_takes_too_long_is_stopped_and_503() -> None:
    async with serving(limits=Limits(seconds=0.1)) as server:
        response = await server.query("mutation { wait }")

        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert error_code(response) == "TIMEOUT"
        assert (server.world.waiting, server.world.stopped) == (0, 1)


async def test_an_exception_stays_inside(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "baton.graphql"):
        response = await server.query("{ boom hello }")

    assert response.status_code == 200
    assert "swordfish" not in response.text
    assert "RuntimeError" not in response.text
    body = response.json()
    assert body["data"] == {"boom": None, "hello": "world"}
    assert len(body["errors"]) == 1
    error_id = body["errors"][0]["extensions"]["id"]
    assert body["errors"][0]["message"] == "Internal error"
    assert body["errors"][0]["extensions"] == {"code": "INTERNAL", "id": error_id}
    assert [record.getMessage() for record in caplog.records] == [f"Internal error {error_id}"]
    assert server.services.executor.errors.failures == 1


async def test_a_value_that_cannot_be_serialized_stays_inside(server: Server) -> None:
    response = await server.query("{ number }")

    assert "swordfish" not in response.text
    assert [e["extensions"]["code"] for e in response.json()["errors"]] == ["INTERNAL"]


async def test_a_refusal_comes_with_its_code_and_path(server: Server) -> None:
    body = (await server.query("{ conflict }")).json()

    assert [(e["message"], e["extensions"]) for e in body["errors"]] == [
        ("Somebody was faster.", {"code": "CONFLICT", "path": ["input", "version"]})
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ on(day: 5) }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on Query { hello }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + "a " * 6000 + "}", "QUERY_TOO_COMPLEX"),
    ],
)
async def test_a_document_that_cannot_run_is_400_and_says_why(server: Server, document: str, code: str) -> None:
    response = await server.query(document)

    assert response.status_code == 400
    assert error_code(response) == code


async def test_an_unknown_operation_name_is_refused(server: Server) -> None:
    body = {"query": "query A { hello }", "operationName": "B"}

    response = await server.http.post(server.url, json=body, headers={"accept": MODERN})

    assert response.status_code == 400
    assert error_code(response) == "OPERATION_RESOLUTION_FAILURE"


@pytest.mark.parametrize("value", ["tomorrow", 5, None, {"a": 1}, "2026-13-45"])
async def test_a_variable_of_a_wrong_type_is_bad_input(server: Server, value: object) -> None:
    response = await server.query("query($d: Date!) { on(day: $d) }", variables={"d": value})

    assert response.status_code == 400
    assert error_code(response) == "BAD_USER_INPUT"


async def test_a_global_id_of_nothing_is_bad_input(server: Server) -> None:
    body = (await server.query('{ node(id: "nonsense") }')).json()

    assert [(e["message"], e["extensions"]) for e in body["errors"]] == [
        ('Value cannot represent a GlobalID: "nonsense".', {"code": "BAD_USER_INPUT"})
    ]


async def test_a_browser_gets_the_page(server: Server) -> None:
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"

    page = await server.http.get(server.url, headers={"accept": accept})
    answer = await server.http.get(server.url, params={"query": "{ hello }"}, headers={"accept": accept})

    assert page.text == "<title>IDE</title>"
    assert answer.json() == {"data": {"hello": "world"}}


@pytest.mark.parametrize(("accept", "status"), [("text/html", 406), ("text/html,*/*;q=0.8", 404)])
async def test_without_a_page_a_browser_is_told_so(accept: str, status: int) -> None:
    async with serving(page=None) as server:
        response = await server.http.get(server.url, headers={"accept": accept})

    assert response.status_code == status


async def test_a_subscription_needs_a_stream(server: Server) -> None:
    response = await server.query("subscription { ticks { text } }")

    assert response.status_code == 406
    assert error_code(response) == "NOT_ACCEPTABLE"


async def test_introspection_of_the_usual_ides_is_within_the_limits(server: Server) -> None:
    document = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    response = await server.query(document)

    assert response.status_code == 200
    assert list(response.json()) == ["data"]


async def test_documents_are_parsed_once(server: Server) -> None:
    for number in range(5):
        await server.query("query($t: String!) { echo(text: $t) }", variables={"t": str(number)})
    await server.query("{ nothing }")

    assert len(server.services.executor.documents) == 1


async def test_one_connection_serves_many_requests_after_a_refused_body(server: Server) -> None:
    sizes = [10, 1 << 20, 10]

    statuses = [(await server.query("{ hello } #" + "x" * size)).status_code for size in sizes]

    assert statuses == [200, 413, 200]


async def test_the_body_is_the_same_for_both_media_types(server: Server) -> None:
    answers = [(await server.query("{ nothing }", headers={"accept": accept})).json() for accept in (MODERN, LEGACY)]

    assert json.dumps(answers[0]) == json.dumps(answers[1])
