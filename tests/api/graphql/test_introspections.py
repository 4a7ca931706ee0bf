"""Introspection is executed once for each document and its variables, and has the same response each time."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import get_introspection_query, graphql_sync

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation, OperationResult
from api.graphql.introspections import Introspections
from api.graphql.limits import Limits
from api.graphql.request import GraphQLRequest, read_request
from domain.principal import ANONYMOUS, Principal
from tests.api.graphql.schema import Context, World, schema
from tests.api.graphql.serving import STAFF
from tests.harness.memory import bytes_left_by

NAMES = "query A($d: Boolean = false) { __schema { queryType { name fields(includeDeprecated: $d) { name } } } }"


@pytest.fixture
def executor() -> GraphQLExecutor:
    return GraphQLExecutor(schema=schema, limits=Limits(), errors=ErrorFormatter())


async def ask(executor: GraphQLExecutor, principal: Principal = ANONYMOUS, **asked: Any) -> OperationResult:
    operation = await executor.prepare(read_request(asked), principal)
    if isinstance(operation, OperationResult):
        return operation
    assert isinstance(operation, Operation)
    return await executor.execute(operation, Context(principal=principal, world=World()))


@pytest.mark.parametrize("principal", [ANONYMOUS, STAFF], ids=["anonymous", "staff"])
async def test_the_schema_is_read_once(executor: GraphQLExecutor, principal: Principal) -> None:
    first = await ask(executor, principal, query=get_introspection_query())
    second = await ask(executor, principal, query=get_introspection_query())
    assert second.encode() is first.encode()
    expected = graphql_sync(schema._schema, get_introspection_query())
    assert ErrorFormatter().entries(expected.errors or []) == []
    assert read_json(first) == {"data": expected.data}


async def test_variables_names_and_a_stated_cost_are_told_apart(executor: GraphQLExecutor) -> None:
    two = f"{NAMES} query B {{ __typename }}"
    asked: list[dict[str, Any]] = [
        {"query": NAMES},
        {"query": NAMES, "variables": {"d": True}},
        {"query": two, "operationName": "A"},
        {"query": two, "operationName": "B"},
        {"query": NAMES, "extensions": {"cost": True}},
    ]
    results = [await ask(executor, **each) for each in asked * 2]
    assert len({id(result.encode()) for result in results}) == len(asked)
    assert read_json(results[3]) == {"data": {"__typename": "Query"}}
    assert "cost" in read_json(results[4])["extensions"]
    assert "extensions" not in read_json(results[0])


async def test_invalid_variables_are_refused_each_time(executor: GraphQLExecutor) -> None:
    for _ in range(2):
        refused = await ask(executor, query=NAMES, variables={"d": "yes"})
        assert (refused.executed, refused.codes) == (False, {"BAD_USER_INPUT"})


async def test_what_reads_more_than_the_schema_is_not_kept(executor: GraphQLExecutor) -> None:
    results = [await ask(executor, STAFF, query="{ __typename hello }") for _ in range(2)]
    assert [result.encoded for result in results] == [None, None]


def test_the_responses_have_a_bound_in_bytes() -> None:
    kept = Introspections()
    requests = [GraphQLRequest(query=None, operation_name=str(number)) for number in range(20)]
    for request in requests:
        kept.keep(b"", request, bytes(1_000_000))
    assert [kept.get(b"", request) is not None for request in requests] == [False] * 12 + [True] * 8
    kept.keep(b"", requests[0], bytes(9 << 20))
    assert kept.get(b"", requests[0]) is None


def test_what_a_stranger_sends_besides_is_not_kept() -> None:
    """Variables that no operation defines are ignored, and may have 64 KB in each request."""
    kept = Introspections()

    def ask_with_ballast(number: int) -> None:
        variables: dict[str, object] = {"x": f"{number}{'a' * 20_000}"}
        kept.keep(b"", GraphQLRequest(query=None, variables=variables), b'{"data":{"__typename":"Query"}}')

    assert bytes_left_by(ask_with_ballast, 100) < 2_000


def test_short_responses_count_with_what_an_entry_takes() -> None:
    kept = Introspections()
    requests = [GraphQLRequest(query=None, variables={"x": number}) for number in range(30_000)]
    for request in requests:
        kept.keep(b"", request, b"{}")
    assert sum(kept.get(b"", request) is not None for request in requests) < 28_000


def read_json(result: OperationResult) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(result.encode())
    return read
