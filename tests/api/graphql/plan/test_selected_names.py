"""Resolvers read from the plan what is selected, and get what Strawberry would tell them."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from graphql import parse

from api.graphql.runs import Runs
from resolvers.context import Info
from resolvers.selection import selected_fields
from tests.api.graphql.plan.comparison import startable


@strawberry.type
class Leaf:
    text: str = "t"
    other: str = "o"


@strawberry.type
class Edge:
    node: Leaf


@strawberry.type
class Page:
    nodes: list[Leaf]
    edges: list[Edge]
    total: int = 1


@strawberry.type
class Query:
    @strawberry.field
    def page(self, info: Info) -> Page | None:
        paths = ((), ("nodes",), ("edges", "node"), ("edges",), ("total", "nothing"))
        info.context.seen = [sorted(selected_fields(info, *path)) for path in paths]  # type: ignore[attr-defined]
        return None


class Seen:
    seen: Any = None


SCHEMA = strawberry.Schema(query=Query)._schema


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        ("total", [["total"], [], [], [], []]),
        ("nodes { text }", [["nodes"], ["text"], [], [], []]),
        ("a: nodes { t: text } b: nodes { other }", [["nodes"], ["other", "text"], [], [], []]),
        ("...F edges { node { other } }", [["edges", "nodes"], ["text"], ["other"], ["node"], []]),
        ("nodes @skip(if: true) { text } edges { __typename }", [["edges"], [], [], ["__typename"], []]),
        ("nodes { ... @include(if: $no) { text } other }", [["nodes"], ["other"], [], [], []]),
    ],
)
@pytest.mark.parametrize("compiles", [True, False])
async def test_selected_fields(selected: str, expected: list[list[str]], compiles: bool) -> None:
    fragment = "fragment F on Page { nodes { text } }" if "...F" in selected else ""
    text = f"query($no: Boolean = false) {{ page {{ {selected} }} x: __typename @skip(if: $no) }} {fragment}"
    context = Seen()

    run = Runs(SCHEMA, hide_suggestions=False, compiles=compiles).start(startable(parse(text)), context)
    assert not isinstance(run, list)
    assert not (await run.execute(context)).errors
    assert context.seen == expected
