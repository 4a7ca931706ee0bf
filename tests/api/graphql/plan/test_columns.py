"""Lists of columns come out as graphql-core writes their rows, whatever is selected of them."""

from __future__ import annotations

import tracemalloc
from typing import Any, Self, cast

import pytest
import strawberry

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation
from api.graphql.limits import Limits
from api.graphql.plan import columns
from api.graphql.request import GraphQLRequest
from domain.principal import ANONYMOUS, Principal
from resolvers.column_list import Column, Columns, Lists
from tests.api.graphql.serving import STAFF

DAYS = ["2026-06-07", "2026-06-08", "100 %s"]
COUNTS = [[1, 2, 3], [0, -4, 2**30 - 1], [1, 2, 3]]


@strawberry.type
class Point:
    day: str
    value: int

    @strawberry.field
    def double(self) -> int:
        return 2 * self.value


@strawberry.type
class Row:
    key: str
    share: float | None
    total: int
    known: bool
    points: list[Point]


@strawberry.type
class Plain:
    text: str


def rows(keys: list[str]) -> list[Row]:
    number = len(keys)
    shares = [None, 0.1, 1e22][:number]
    point: Any = lambda day, value: Point(day=day, value=value)  # noqa: E731
    points: Lists[Point] = Lists(point, {"day": Column(DAYS, DAYS)}, "value", COUNTS[:number])
    written: dict[str, Any] = {
        "key": keys,
        "share": shares,
        "total": [7] * number,
        "known": [True, False, True][:number],
        "points": points,
    }
    row: Any = lambda key, share, total, known, points: Row(  # noqa: E731
        key=key, share=share, total=total, known=known, points=points
    )
    return cast("list[Row]", Columns(row, {name: Column(column, column) for name, column in written.items()}))


@strawberry.type
class Query:
    @strawberry.field
    def rows(self, keys: list[str]) -> list[Row]:
        return rows(keys)

    @strawberry.field
    def plain(self) -> list[Plain]:
        return [Plain(text="a"), Plain(text="b")]


class Context:
    principal: Principal = ANONYMOUS

    def fresh(self, seq: int | None = None) -> Self:
        return self


SCHEMA = strawberry.Schema(query=Query)
SELECTED = [
    "key share total known",
    "again: key key total twice: total known",
    "points { value day } key",
    "points { v: value w: value day }",
    "points { day } total",
    "points { value double }",
    "key __typename points { __typename value }",
    "... on Row { key points { ...P } }",
    "key @skip(if: true) total @include(if: true) points { day @skip(if: true) value }",
    "points { value } points { day }",
]


async def result(selected: str, keys: list[str], *, compiles: bool) -> bytes:
    fragment = "fragment P on Point { value day }" if "...P" in selected else ""
    query = f"query($keys: [String!]!) {{ plain {{ text }} rows(keys: $keys) {{ {selected} }} }} {fragment}"
    executor = GraphQLExecutor(schema=SCHEMA, limits=Limits(), errors=ErrorFormatter(), compiles=compiles)
    operation = await executor.prepare(GraphQLRequest(query=query, variables={"keys": keys}), STAFF)
    assert isinstance(operation, Operation)
    return (await executor.execute(operation, Context())).encode()


@pytest.mark.parametrize("selected", SELECTED)
@pytest.mark.parametrize("keys", [[], ["a"], ['å "😀" %s %', "\\n\u2028", ""]])
async def test_a_list_of_columns_is_what_graphql_core_makes(selected: str, keys: list[str]) -> None:
    fast = await result(selected, keys, compiles=True)

    assert fast == await result(selected, keys, compiles=False)
    assert b'"errors"' not in fast


async def test_large_texts_are_not_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Aliases make a list as long as the caller likes."""
    monkeypatch.setattr(columns, "_LARGEST", 0)
    sizes = columns._LISTS.currsize, columns._made_template.cache_info().currsize
    selected = "points { quite_a_long_alias: value day }"

    fast = await result(selected, ["a", "b"], compiles=True)

    assert fast == await result(selected, ["a", "b"], compiles=False)
    assert (columns._LISTS.currsize, columns._made_template.cache_info().currsize) == sizes


def test_cached_lists_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a long alias, a list of 90 days has 25 KB instead of 4."""
    most = 2**20
    lists = columns.LRUCache(most, getsizeof=columns._size)
    monkeypatch.setattr(columns, "_LISTS", lists)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(200):
            template = "[" + ",".join([f'{{"{"a" * 270}{number}":%s}}'] * 90) + "]"
            integers = tuple(range(10**6 * (number + 1), 10**6 * (number + 1) + 90))
            text = columns._filled(template, integers, 1)
            assert text == template % integers == columns._filled(template, integers, 1)
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert 1 < len(lists) < 200
    assert held < 1.2 * most
