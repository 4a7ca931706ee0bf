"""Bounds of the root fields of one operation: reads of one list, searches, and conditions of segments."""

from __future__ import annotations

from typing import Any

import pytest

from api.graphql.cost.root_fields import check_roots
from api.graphql.limits import Limits
from api.graphql.request import GraphQLRequest
from resolvers.schema import schema
from tests.harness.event_consistency import _executor
from tests.resolvers.test_permissions import Program, Shop

TABLE = "conversations(first: 1) { totalCount }"
SEARCH = 'conversations(first: 1, filter: {search: "x"}) { totalCount }'
SEGMENT = "segment(input: {all: $all}) { totalCount }"
BOUGHT = {"bought": {"withinDays": 1}}


def aliased(field: str, times: int, *, within: str = "") -> str:
    fields = " ".join(f"a{number}: {field}" for number in range(times))
    return f"{{ ...F }} fragment F on Query {{ {fields} }}" if within else f"{{ {fields} }}"


def errors(document: str, **variables: Any) -> list[str]:
    parsed = _executor().documents.get(document)
    request = GraphQLRequest(query=document, variables=variables)
    node = parsed.operation(None)
    return [e.message for e in check_roots(schema._schema, parsed.ast, node, request.variables, Limits())]


@pytest.mark.parametrize("within", ["", "a fragment"])
def test_reads_of_one_list(within: str) -> None:
    assert errors(aliased(TABLE, 10, within=within)) == []
    [message] = errors(aliased(TABLE, 11, within=within))
    assert message.startswith("The operation has 11 reads of `conversations` at its root, at most 10 are allowed.")
    assert errors(aliased("me { id }", 20)) == []


def test_searches() -> None:
    assert errors(aliased(SEARCH, 3)) == []
    [message] = errors(aliased(SEARCH, 4))
    assert "4 searches" in message


def test_conditions_of_segments() -> None:
    document = f"query($all: [SegmentCondition!]!) {aliased(SEGMENT, 4)}"
    assert errors(document, all=[BOUGHT] * 5) == []
    [message] = errors(document, all=[BOUGHT] * 6)
    assert "24 conditions of segments" in message


async def test_over_http(baton: Program, shop: Shop) -> None:
    answer = await baton.ask(shop.owner, aliased(SEARCH, 4))
    assert answer.codes == ["QUERY_TOO_COMPLEX"]
    assert answer.errors[0]["extensions"] == {"code": "QUERY_TOO_COMPLEX", "limit": 3, "actual": 4}
