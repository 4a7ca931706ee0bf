"""Bounds of variables, and of callers without a credential."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import build_schema

from api.graphql.documents.store import Documents
from api.graphql.limits import Limits
from api.graphql.request import GraphQLRequest
from api.graphql.request_limits import check_variables
from api.graphql.validation.introspection import is_introspection
from tests.api.graphql.serving import AS_GUEST, error_code, serving
from tests.harness.program import Program, Shop

ECHO = "query($text: String!) { echo(text: $text) }"
SCHEMA = build_schema(
    "type Query { a(i: I, e: E, s: String): Int, q: Query } input I { i: I } enum E { X } "
    "type Mutation { a: Int } type Subscription { a: Int }"
)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, None),
        ({"a": ["x"] * 1_000}, None),
        ({"a": ["x"] * 1_001}, "A list in the variables has 1,001 values, at most 1,000 are allowed."),
        (
            {"a": {"b": [1, {"c": ["x"] * 1_001}]}},
            "A list in the variables has 1,001 values, at most 1,000 are allowed.",
        ),
        ({"a": [[0] * 3] * 499}, None),
        ({"a": [[0] * 4] * 499}, "The variables have more than 2,000 values. Send fewer in one request."),
        ({f"a{n}": n for n in range(2_000)}, None),
        ({f"a{n}": n for n in range(2_001)}, "The variables have more than 2,000 values. Send fewer in one request."),
        ({"a": {f"a{n}": {} for n in range(1_999)}}, None),
        ({"a": {f"a{n}": {} for n in range(2_000)}}, "The variables have more than 2,000 values."),
    ],
)
def test_values_are_counted(variables: dict[str, Any], says: str | None) -> None:
    error = check_variables(GraphQLRequest(query="{ a }", variables=variables), Limits())
    assert (error is None) == (says is None)
    if error is not None and says is not None:
        assert error.message.startswith(says)


LONG = "a" * 50_000  # characters of a name
TEN_TIMES = " ".join(f"x{n}: echo(text: ${LONG})" for n in range(10))


@pytest.mark.parametrize(
    "request_body",
    [
        {"query": f"query(${LONG}: Int) {{ hello }}"},
        {"query": f"{{ {TEN_TIMES} }}"},
        {"query": f"{{ {LONG} }}"},
        {"query": f"{{ ...{LONG} }}"},
        {"query": f"{{ hello @{LONG} }}"},
        {"query": f"{{ hello({LONG}: 1) }}"},
        {"query": f"query($a: {LONG}) {{ echo(text: $a) }}"},
        {"query": f"fragment f on {LONG} {{ a }} {{ ...f }}"},
        {"query": f"{{ echo(text: {LONG}) }}"},
        {"query": f"{{ number(a: {{{LONG}: 1}}) }}"},
        {"query": "query a { hello }", "operationName": LONG},
        {"query": "query($day: Date!) { on(day: $day) }", "variables": {"day": LONG}},
        {"query": "query($text: String!) { echo(text: $text) }", "variables": {"text": {LONG: 1}}},
        {"query": "query($id: ID!) { node(id: $id) }", "variables": {"id": LONG}},
    ],
    ids=lambda body: body["query"][:30] + body.get("operationName", "")[:5],
)
async def test_what_the_caller_sent_is_quoted_in_part(request_body: dict[str, Any]) -> None:
    async with serving() as server:
        response = await server.http.post(server.url, json=request_body, headers=AS_GUEST)
    assert response.json()["errors"]
    assert len(response.content) < 30_000


def nested(levels: int) -> Any:
    deep: Any = 0
    for level in range(levels):
        deep = [deep] if level % 2 else {"a": deep}
    return deep


def test_deep_variables_are_counted_without_recursion() -> None:
    limits = Limits(value_depth=2_000)
    deep = nested(1_900)
    assert check_variables(GraphQLRequest(query="{ a }", variables={"a": deep}), limits) is None
    assert check_variables(GraphQLRequest(query="{ a }", variables={"a": deep, "b": deep}), limits) is not None


def test_the_levels_of_variables_are_bounded() -> None:
    assert check_variables(GraphQLRequest(query="{ a }", variables={"a": nested(50)}), Limits()) is None
    error = check_variables(GraphQLRequest(query="{ a }", variables={"b": 1, "a": nested(51)}), Limits())
    assert error is not None
    assert error.message == "The variables are nested too deeply, at most 50 levels are allowed."


@pytest.mark.parametrize("query", ["{ __typename }", "{ hello }", "query ($deep: Int) { hello @skip(if: $deep) }"])
async def test_deep_variables_are_refused_and_are_no_failure_of_the_server(query: str) -> None:
    async with serving() as server:
        for levels in (51, 300):
            response = await server.query(query, variables={"deep": nested(levels)})
            assert error_code(response) == "QUERY_TOO_COMPLEX"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ __typename }", True),
        ("{ __schema { types { name } } ...F } fragment F on Query { ... { t: __typename } }", True),
        ("query($n: String!, $b: Boolean!) { __type(name: $n) { name @skip(if: $b) } }", True),
        (
            "query($n: I) { __typename ...F @skip(if: true) } fragment F on Query { a(i: $n) }",
            False,
        ),
        ("query($n: E) { a(e: $n) }", False),
        ("{ a }", False),
        ("{ __typename: a }", False),
        ("{ __typename ...F } fragment F on Query { ... on Query { q { __typename } } }", False),
        ("mutation { __typename }", False),
        ("subscription { a }", False),
    ],
)
def test_introspection_is_recognized(text: str, expected: bool) -> None:
    document = Documents(schema=SCHEMA, limits=Limits(), hide_suggestions=False).get(text)
    assert is_introspection(document.ast, document.operation(None)) is expected


async def test_each_transport_checks_variables_before_they_are_read() -> None:
    variables = {"text": ["x"] * 1_001}
    async with serving() as server:
        response = await server.query(ECHO, variables=variables)
        assert (response.status_code, error_code(response)) == (400, "QUERY_TOO_COMPLEX")
        async with server.socket() as client:
            await client.subscribe(ECHO, variables=variables)
            assert (await client.receive())["payload"] == response.json()["errors"]
            await client.subscribe("{ hello }")
            assert await client.next() == {"data": {"hello": "world"}}


async def test_bodies_and_documents_without_a_credential_are_short() -> None:
    long_text = json.dumps({"query": "{ __typename }", "variables": {"a": "x" * (64 << 10)}})
    long_document = "{ __typename } #" + "x" * (8 << 10)
    headers = {"content-type": "application/json"}
    async with serving(anonymous=True) as server:
        response = await server.http.post(server.url, content=long_text, headers=headers)
        assert (response.status_code, error_code(response)) == (413, "PAYLOAD_TOO_LARGE")
        response = await server.http.post(server.url, content=long_text, headers={**headers, **AS_GUEST})
        assert response.json() == {"data": {"__typename": "Query"}}
        response = await server.query(long_document)
        assert error_code(response) == "QUERY_TOO_COMPLEX"
        assert (await server.query(long_document, headers=AS_GUEST)).json() == {"data": {"__typename": "Query"}}
        assert (await server.query(long_document[: 8 << 10])).json() == {"data": {"__typename": "Query"}}


async def test_each_transport_refuses_strangers_before_it_validates() -> None:
    invalid = "{ hello { unknown } }" + " " * 1_500  # long, so that it is parsed beside the event loop
    async with serving(anonymous=True) as server:
        response = await server.query(invalid)
        assert error_code(response) == "UNAUTHENTICATED"
        stream = await server.query(invalid, headers={"accept": "text/event-stream"})
        assert "UNAUTHENTICATED" in stream.text
        assert "unknown" not in stream.text
        async with server.socket(additional_headers={}) as client:
            await client.subscribe(invalid)
            assert (await client.receive())["payload"] == response.json()["errors"]
        assert len(server.services.executor.documents) == 0
        known = await server.query(invalid, headers=AS_GUEST)
        assert error_code(known) == "GRAPHQL_VALIDATION_FAILED"


async def test_a_stranger_cannot_have_large_inputs_coerced(baton: Program, shop: Shop) -> None:
    document = "mutation($input: PostAgentMessageInput!) { postAgentMessage(input: $input) { message { id } } }"
    products = [{"productId": str(n), "title": "Shoe"} for n in range(400)]
    given = {"conversationId": "x", "epoch": 1, "text": "Hello", "products": products}
    assert (await baton.ask(None, document, input={})).codes == ["UNAUTHENTICATED"]  # and not BAD_USER_INPUT
    assert (await baton.ask(None, document, input={**given, "products": products[:5]})).codes == ["UNAUTHENTICATED"]
    assert (await baton.ask(shop.agent, document, input={**given, "products": products * 3})).codes == [
        "QUERY_TOO_COMPLEX"
    ]


async def test_unknown_fields_of_an_input_are_not_all_compared(baton: Program, shop: Shop) -> None:
    document = "mutation($input: StartConversationInput!) { startConversation(input: $input) { visitorToken } }"
    answer = await baton.ask(shop.widget, document, input={f"visitor{number}": 1 for number in range(1_900)})
    assert len(answer.codes) == 11  # ten, and one that tells that there are more
    assert set(answer.codes) == {"BAD_USER_INPUT"}
