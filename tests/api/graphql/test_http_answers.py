"""Responses over HTTP: credentials, refusals, errors, outages, time limits."""

from __future__ import annotations

import logging

import pytest
from graphql import get_introspection_query

from api.graphql.limits import Limits
from tests.api.graphql.serving import Server, error_code, serving

MODERN = "application/graphql-response+json"
LEGACY = "application/json"
GOOD = {"authorization": "Bearer good"}


@pytest.mark.parametrize("document", ["{ me }", 'mutation { record(value: "x") }', "{ __typename me }"])
async def test_without_a_credential_only_introspection_runs(document: str) -> None:
    error = {
        "message": "Send a credential: `Authorization: Bearer <key>`, or `authorization` in connection_init.",
        "extensions": {"code": "UNAUTHENTICATED"},
    }
    async with serving(anonymous=True) as server:
        response = await server.query(document)
        legacy = await server.query(document, headers={"accept": LEGACY})
        schema = await server.query("{ __schema { queryType { name } } }")

        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        assert (legacy.status_code, response.json(), legacy.json()) == (200, {"errors": [error]}, {"errors": [error]})
        assert schema.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
        assert server.world.recorded == []


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


async def test_slow_operations_are_cancelled_with_503() -> None:
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
