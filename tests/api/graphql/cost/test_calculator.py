"""The arithmetic of costs, on the real schema."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from api.graphql.cost.calculator import Cost, cost_of
from api.graphql.limits import Limits
from resolvers.schema import schema

LAST_DAY = {"between": {"start": "2026-06-01", "end": "2026-06-01"}}


def cost(document: str, **variables: Any) -> Cost:
    ast = parse(document)
    operation = next(d for d in ast.definitions if isinstance(d, OperationDefinitionNode))
    return cost_of(schema._schema, ast, operation, variables)


def nodes(document: str, **variables: Any) -> int:
    return cost(document, **variables).nodes


@pytest.mark.parametrize(
    ("document", "variables", "expected"),
    [
        ("{ conversations { nodes { id } } }", {}, 25),
        ("{ conversations { totalCount pageInfo { endCursor } } }", {}, 0),
        ("{ conversations(first: 3) { nodes { id } edges { node { id } } } }", {}, 6),
        ("{ conversations(last: 4) { nodes { id } } }", {}, 4),
        ("{ conversations(first: null) { nodes { id } } }", {}, 25),
        ("{ conversations(first: 1000) { nodes { id } } }", {}, 100),
        ("{ conversations(first: -1) { nodes { id } } }", {}, 1),
        ("query($n: Int) { conversations(first: $n) { nodes { id } } }", {"n": 7}, 7),
        ("query($n: Int) { conversations(first: $n) { nodes { id } } }", {}, 25),
        ("query($n: Int) { conversations(first: $n) { nodes { id } } }", {"n": None}, 25),
        ("query($n: Int = 9) { conversations(first: $n) { nodes { id } } }", {}, 9),
        ("query($n: Int) { conversations(first: $n) { nodes { id } } }", {"n": "many"}, 100),
        ("{ conversations(first: 3) { nodes { messages(last: 5) { nodes { author { kind } } } } } }", {}, 33),
        ("{ conversations(first: 3) { nodes { lastMessage { products { title } } } } }", {}, 66),
        ("{ a: me { id } b: me { id } me @include(if: false) { id } }", {}, 3),
        ("{ ...F ... on Query { me { id } } } fragment F on Query { me { id } conversations(first: 2) { ...G } } "
         "fragment G on ConversationConnection { nodes { id profile { id } } }", {}, 6),
        ('{ nodes(ids: ["a", "b", "c"]) { id ... on Account { staff { id } } } }', {}, 3_003),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 50}, 50),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": "a"}, 1),
        ("query($id: ID!) { nodes(ids: [$id, 7]) { id } }", {"id": "a"}, 2),
        ("query($r: DateRangeInput!) { metrics(range: $r) { series(groupBy: TAG) { key } } }", {"r": LAST_DAY}, 1_001),
        ("query($r: DateRangeInput!) { metrics(range: $r) { series(groupBy: TAG, top: 8) { key } } }",
         {"r": LAST_DAY}, 9),
        ("query($r: DateRangeInput!) { metrics(range: $r) { series(groupBy: CHANNEL) { key } } }", {"r": LAST_DAY}, 5),
        ("subscription { events { ... on EventHappened { event { id conversation { id } } } } }", {}, 3),
    ],
)  # fmt: skip
def test_nodes(document: str, variables: dict[str, Any], expected: int) -> None:
    assert nodes(document, **variables) == expected


def test_lists_within_lists_multiply() -> None:
    inner = "id"
    for level in range(1, 5):
        inner = f"messages(first: 100) {{ nodes {{ id conversation {{ {inner} }} }} }}"
        document = f'{{ conversation(id: "x") {{ {inner} }} }}'
        assert nodes(document) == 1 + 2 * sum(100**n for n in range(1, level + 1))


def test_base_costs() -> None:
    rows = "{ nodes { id } }"
    plain = cost(f"{{ conversations {rows} }}").cost
    assert cost(f'{{ conversations(filter: {{search: "shoes"}}) {rows} }}').cost == plain + 500
    assert cost(f'{{ conversations(filter: {{search: ""}}) {rows} }}').cost == plain
    asked = "query($f: ConversationFilter) { conversations(filter: $f) { nodes { id } } }"
    assert cost(asked, f={"search": "shoes"}).cost == plain + 500
    did = {"did": {"event": "CONVERSATION_STARTED", "withinDays": 3}}
    segment = "query($all: [SegmentCondition!]!) { segment(input: {all: $all}) { nodes { id } } }"
    assert cost(segment, all=[did] * 6).cost - cost(segment, all=[did]).cost == 5 * 200
    assert cost("mutation { setAvailability(input: {availability: ONLINE}) { staff { id } } }").cost > 50
    assert cost("{ __schema { types { name } } }").cost == 10_000
    assert cost("{ __typename }").cost <= 1


@pytest.mark.parametrize(
    ("range_", "days"),
    [
        (LAST_DAY, 1),
        ({"between": {"start": "2026-06-01", "end": "2026-06-30"}}, 30),
        ({"between": {"start": "2026-06-30", "end": "2026-06-01"}}, 1),
        ({"between": {"start": "soon", "end": "2026-06-01"}}, 3_660),
        ({"between": None}, 3_660),
        ({"preset": "LAST_90_DAYS"}, 90),
        ({"preset": "ALWAYS"}, 3_660),
        (None, 3_660),
        ([], 3_660),
    ],
)
def test_points_of_a_report_cost_a_fiftieth(range_: object, days: int) -> None:
    series = "series(groupBy: TAG, top: 50)"
    with_points = f"query($r: DateRangeInput!) {{ metrics(range: $r) {{ {series} {{ key points {{ date }} }} }} }}"
    without = f"query($r: DateRangeInput!) {{ metrics(range: $r) {{ {series} {{ key }} }} }}"
    assert abs(cost(with_points, r=range_).cost - cost(without, r=range_).cost - days) <= 1
    assert nodes(with_points, r=range_) == nodes(without, r=range_) == 51


def test_largest_report_is_affordable_and_many_are_not() -> None:
    report = "a{n}: metrics(range: $r) {{ series(groupBy: TAG) {{ key label total points {{ date count }} }} }}"
    year = {"between": {"start": "2026-01-01", "end": "2026-09-07"}}

    def errors(count: int) -> list[str]:
        document = "query($r: DateRangeInput!) {" + " ".join(report.format(n=n) for n in range(count)) + "}"
        return [error.message for error in cost(document, r=year).errors(Limits())]

    assert errors(1) == errors(2) == []
    assert len(errors(10)) == 1


@pytest.mark.parametrize("number", ["9" * 5_000, "1e999", "true", '"x"', "[1]", "{a: 1}", "ENUM"])
def test_odd_literals_cost_the_most(number: str) -> None:
    assert nodes(f"{{ conversations(first: {number}) {{ nodes {{ id }} }} }}") in (1, 100)


def test_huge_costs_are_reported_as_numbers_of_json() -> None:
    inner = "id"
    for _ in range(15):
        inner = f"messages(first: 100) {{ nodes {{ conversation {{ {inner} }} }} }}"
    assert nodes(f'{{ conversation(id: "x") {{ {inner} }} }}') == 1_000_000_000


def test_fragments_of_fragments_are_worked_out_once() -> None:
    fragments = " ".join(
        f"fragment F{i} on Conversation {{ a: lastMessage {{ conversation {{ ...F{i + 1} }} }} "
        f"b: lastMessage {{ conversation {{ ...F{i + 1} }} }} }}"
        for i in range(60)
    )
    document = f'{{ conversation(id: "x") {{ ...F0 }} }} {fragments} fragment F60 on Conversation {{ id }}'
    assert nodes(document) == 1_000_000_000
