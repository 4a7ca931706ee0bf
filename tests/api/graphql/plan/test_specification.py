"""Corner cases of the GraphQL specification, by name: the plan gives what graphql-core gives, and this is right."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar, Union, cast

import pytest
import strawberry
from graphql import ExecutionResult, parse
from strawberry.types import Info

from api.graphql.plan.slices import Slices, settled
from api.graphql.runs import CoreRun, Runs
from tests.api.graphql.plan.comparison import both, shown, startable

T = TypeVar("T")


@strawberry.interface
class Animal:
    name: str


@strawberry.type
class Cat(Animal):
    lives: int

    @strawberry.field
    def boom(self) -> int:
        raise ValueError("a sync error")

    @strawberry.field
    async def later_boom(self) -> int:
        await asyncio.sleep(0)
        raise ValueError("an async error")


@strawberry.type
class Dog(Animal):
    loud: bool


@strawberry.type
class Part:
    text: str
    maybe: str | None
    none_where_none_may_be: str
    inner: Part | None

    @strawberry.field
    def fails(self) -> str:
        raise ValueError("fails")

    @strawberry.field
    async def fails_later(self) -> str | None:
        await asyncio.sleep(0)
        raise ValueError("fails later")

    @strawberry.field
    def may_fail(self) -> str | None:
        raise ValueError("may fail")

    @strawberry.field
    async def echo(self, text: str = "default") -> str:
        await asyncio.sleep(0)
        return text

    @strawberry.field
    def path(self, info: Info) -> list[str]:
        return [str(key) for key in info.path.as_list()]

    @strawberry.field
    def parts(self) -> list[Part]:
        return [part(), part()]


def part(depth: int = 1) -> Part:
    inner = part(depth - 1) if depth else None
    return Part(text="t", maybe=None, none_where_none_may_be=cast(str, None), inner=inner)


@strawberry.type
class Query:
    @strawberry.field
    def part(self) -> Part | None:
        return part()

    @strawberry.field
    def needed(self) -> Part:
        return part()

    @strawberry.field
    def strict(self) -> list[Part]:
        return [part(), part()]

    @strawberry.field
    def lax(self) -> list[Part | None] | None:
        return [part(), None, part()]

    @strawberry.field
    def hole(self) -> list[Part] | None:
        return [part(), cast(Part, None)]

    @strawberry.field
    async def futures(self) -> list[int]:
        async def one(number: int) -> int:
            await asyncio.sleep(0)
            return number

        return cast("list[int]", [one(1), 2, one(3)])

    @strawberry.field
    async def generated(self) -> list[int]:
        async def each() -> AsyncIterator[int]:
            for number in range(3):
                await asyncio.sleep(0)
                yield number

        return cast("list[int]", each())

    @strawberry.field
    def no_list(self) -> list[int] | None:
        return cast("list[int]", 5)

    @strawberry.field
    def nested(self) -> list[list[int | None]]:
        return [[1, None], [], [2]]

    @strawberry.field
    def nested_errors(self) -> list[list[int] | None]:
        return [[1], cast("list[int]", [1, "x", None])]

    @strawberry.field
    def animals(self) -> list[Animal]:
        return [Cat(name="Tom", lives=9), Dog(name="Rex", loud=True)]

    @strawberry.field
    def pets(self) -> list[Union[Cat, Dog]]:  # noqa: UP007 - Strawberry makes a union of it
        return [Dog(name="Rex", loud=True), Cat(name="Tom", lives=9)]

    @strawberry.field
    def strange(self) -> Animal | None:
        return cast(Animal, object())

    @strawberry.field
    def an_exception(self) -> Part | None:
        return cast(Part, ValueError("a value that is an exception"))

    @strawberry.field
    def text(self, text: str | None = "default", count: int = 1) -> str | None:
        return None if text is None else text * count


_order: list[str] = []


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def slow(self, name: str) -> str:
        _order.append(f"{name} begins")
        for _ in range(3):
            await asyncio.sleep(0)
        _order.append(f"{name} ends")
        return name

    @strawberry.mutation
    def fast(self, name: str) -> str:
        _order.append(name)
        return name

    @strawberry.mutation
    def fails(self) -> str | None:
        _order.append("fails")
        raise ValueError("fails")


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, types=[Cat, Dog])._schema

CASES: dict[str, tuple[str, dict[str, Any] | None, object, list[list[str | int]]]] = {
    # name: document, variables, data (... where only the equality counts), paths of the errors
    "a nullable field that fails is null": (
        "{ part { mayFail text } }",
        None,
        {"part": {"mayFail": None, "text": "t"}},
        [["part", "mayFail"]],
    ),
    "a non-null field that fails makes its parent null": (
        "{ part { text fails } }",
        None,
        {"part": None},
        [["part", "fails"]],
    ),
    "null goes up to the data": ("{ needed { fails } }", None, None, [["needed", "fails"]]),
    "null for a non-null attribute": (
        "{ part { noneWhereNoneMayBe } }",
        None,
        {"part": None},
        [["part", "noneWhereNoneMayBe"]],
    ),
    "null goes up through a non-null list": (
        "{ part { text } strict { fails } }",
        None,
        None,
        [["strict", 0, "fails"]],
    ),
    "a nullable item stops null": (
        "{ lax { fails } }",
        None,
        {"lax": [None, None, None]},
        [["lax", 0, "fails"], ["lax", 2, "fails"]],
    ),
    "null in a list of non-null items": ("{ hole { text } }", None, {"hole": None}, [["hole", 1]]),
    "errors in two siblings": (
        "{ part { mayFail failsLater text } }",
        None,
        {"part": {"mayFail": None, "failsLater": None, "text": "t"}},
        [["part", "failsLater"], ["part", "mayFail"]],
    ),
    "one error for one null": ("{ part { fails again: fails } }", None, {"part": None}, [["part", "fails"]]),
    "aliases of one field": (
        "{ a: part { text } b: part { x: text y: text } }",
        None,
        {"a": {"text": "t"}, "b": {"x": "t", "y": "t"}},
        [],
    ),
    "selections of one response name are merged": (
        "{ part { inner { text } } part { inner { maybe } text } }",
        None,
        {"part": {"inner": {"text": "t", "maybe": None}, "text": "t"}},
        [],
    ),
    "a fragment and a field are merged": (
        "{ part { ...F inner { maybe } } } fragment F on Part { inner { text } }",
        None,
        {"part": {"inner": {"text": "t", "maybe": None}}},
        [],
    ),
    "a fragment twice counts once": (
        "{ part { ...F ...F } } fragment F on Part { text }",
        None,
        {"part": {"text": "t"}},
        [],
    ),
    "the order is that of the document": (
        "{ part { maybe ...F text } } fragment F on Part { text path }",
        None,
        {"part": {"maybe": None, "text": "t", "path": ["part", "path"]}},
        [],
    ),
    "skip wins over include": (
        "query($y: Boolean!, $n: Boolean!) { part { text @skip(if: $y) @include(if: $y) "
        "maybe @skip(if: $n) @include(if: $y) } }",
        {"y": True, "n": False},
        {"part": {"maybe": None}},
        [],
    ),
    "include on a fragment": (
        "query($n: Boolean!) { part { text ... @include(if: $n) { maybe } ...F @skip(if: $n) } } "
        "fragment F on Part { again: text }",
        {"n": False},
        {"part": {"text": "t", "again": "t"}},
        [],
    ),
    "everything is skipped": ("{ part { text @skip(if: true) } }", None, {"part": {}}, []),
    "typename in fragments on an interface": (
        "{ animals { __typename ...C ... on Dog { loud kind: __typename } } } fragment C on Cat { lives }",
        None,
        {"animals": [{"__typename": "Cat", "lives": 9}, {"__typename": "Dog", "loud": True, "kind": "Dog"}]},
        [],
    ),
    "a union": (
        "{ pets { ... on Animal { name } ... on Cat { lives } } }",
        None,
        {"pets": [{"name": "Rex"}, {"name": "Tom", "lives": 9}]},
        [],
    ),
    "an error within an interface": ("{ animals { name ... on Cat { boom } } }", None, None, [["animals", 0, "boom"]]),
    "an async error within a union": (
        "{ pets { name: __typename ... on Cat { laterBoom } } }",
        None,
        None,
        [["pets", 1, "laterBoom"]],
    ),
    "an object of no type": ("{ strange { name } }", None, {"strange": None}, [["strange"]]),
    "a resolver that returns an exception": (
        "{ anException { __typename } }",
        None,
        {"anException": None},
        [["anException"]],
    ),
    "nested lists": ("{ nested }", None, {"nested": [[1, None], [], [2]]}, []),
    "errors in nested lists": ("{ nestedErrors }", None, {"nestedErrors": [[1], None]}, [["nestedErrors", 1, 1]]),
    "items that are awaited": ("{ futures }", None, {"futures": [1, 2, 3]}, []),
    "an async generator is a list": ("{ generated }", None, {"generated": [0, 1, 2]}, []),
    "no list where a list should be": ("{ noList }", None, {"noList": None}, [["noList"]]),
    "arguments and defaults": (
        "query($t: String, $c: Int! = 2) { a: text b: text(text: null) c: text(text: $t) "
        "d: text(text: $t, count: $c) }",
        None,
        {"a": "default", "b": None, "c": "default", "d": "defaultdefault"},
        [],
    ),
    "a variable that is null": ("query($t: String) { text(text: $t) }", {"t": None}, {"text": None}, []),
    "a variable of the wrong type": ("query($c: Int!) { text(count: $c) }", {"c": "x"}, None, [[]]),
    "arguments in a list": (
        "query($t: String!) { strict { echo(text: $t) other: echo } }",
        {"t": "é"},
        {"strict": [{"echo": "é", "other": "default"}] * 2},
        [],
    ),
    "the path of a resolver in lists": (
        "{ strict { inner { x: path } } }",
        None,
        {"strict": [{"inner": {"x": ["strict", str(n), "inner", "x"]}} for n in (0, 1)]},
        [],
    ),
    "introspection": (
        '{ __typename __type(name: "Cat") { kind name interfaces { name } '
        "fields { name type { name ofType { name } } } } }",
        None,
        ...,
        [],
    ),
    "the schema": (
        "{ __schema { queryType { name } types { name kind } directives { name args { name defaultValue } } } }",
        None,
        ...,
        [],
    ),
}


def paths(result: ExecutionResult) -> list[list[str | int]]:
    return sorted((error.path or [] for error in result.errors or []), key=repr)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CASES)
async def test_case(name: str) -> None:
    document, variables, data, errors = CASES[name]

    planned, core = await both(SCHEMA, document, variables)

    assert shown(planned) == shown(core)
    assert paths(planned) == errors
    if data is not ...:
        assert planned.data == data
        assert repr(planned.data) == repr(data)  # in this order


@pytest.mark.parametrize("compiles", [True, False])
async def test_mutations_run_one_after_the_other(compiles: bool) -> None:
    _order.clear()
    run = Runs(SCHEMA, hide_suggestions=False, compiles=compiles).start(
        startable(parse('mutation { a: slow(name: "a") b: fast(name: "b") fails c: slow(name: "c") }')), None
    )
    assert not isinstance(run, list)
    result = await run.execute(None)

    assert result.data == {"a": "a", "b": "b", "fails": None, "c": "c"}
    assert _order == ["a begins", "a ends", "b", "fails", "c begins", "c ends"]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("query @nothing { text }", {}),
        ("{ text @nothing }", {}),
        ("query($c: Boolean = true) { text @skip(if: $c) }", {"c": None}),
    ],
)
async def test_what_has_no_plan_runs_in_graphql_core(document: str, variables: dict[str, Any]) -> None:
    runs = Runs(SCHEMA, hide_suggestions=False)

    run = runs.start(startable(parse(document), variables), None)

    assert isinstance(run, CoreRun)
    assert runs.fallbacks.total() == 1


async def test_a_document_has_a_plan_for_each_combination_of_its_conditions() -> None:
    runs = Runs(SCHEMA, hide_suggestions=False)
    document = startable(
        parse("query($a: Boolean!, $b: Boolean!) { text @skip(if: $a) part { text @include(if: $b) } }")
    )
    for a, b in [(True, True), (False, True), (True, False), (False, False)] * 3:
        document.variables.update(a=a, b=b)
        run = runs.start(document, None)
        assert not isinstance(run, list)
        text = {} if a else {"text": "default"}
        assert (await run.execute(None)).data == {**text, "part": {"text": "t"} if b else {}}
    assert len(document.plans._plans) == 4


async def _rounds(run: Awaitable[T]) -> tuple[T, int]:
    """Return the result, and the number of rounds of the event loop that it took."""
    rounds, running = 0, asyncio.ensure_future(run)
    while not running.done():
        rounds += 1
        await asyncio.sleep(0)
    return running.result(), rounds


async def test_a_long_list_is_completed_in_slices() -> None:
    @strawberry.type
    class Long:
        @strawberry.field
        def parts(self) -> list[Part]:
            return [part() for _ in range(1_000)]

    schema = strawberry.Schema(query=Long)._schema
    runs = Runs(schema, hide_suggestions=False, slices=Slices(0.0))
    run = runs.start(startable(parse("{ parts { text inner { text } } }")), None)
    assert not isinstance(run, list)
    result, rounds = await _rounds(run.execute(None))

    assert result.data == {"parts": [{"text": "t", "inner": {"text": "t"}}] * 1_000}
    assert rounds > 50


async def test_coroutines_begin_in_slices_and_all_end_with_the_first_error() -> None:
    begun, ended = 0, 0

    async def value(number: int) -> int:
        nonlocal begun, ended
        begun += 1
        try:
            await asyncio.sleep(0)
            if number == 700:
                raise ValueError(number)
            return number
        finally:
            ended += 1

    keys = list(range(1_000))
    good, rounds = await _rounds(settled(Slices(0.0), [value(number) for number in range(500)], keys[:500]))
    assert (good, begun, ended) == (keys[:500], 500, 500)
    assert rounds > 25
    with pytest.raises(ValueError, match="700"):
        await settled(Slices(0.0), [value(number) for number in keys], keys)
    assert begun == ended


async def test_a_run_that_is_cancelled_while_its_coroutines_begin_leaves_none() -> None:
    keys = list(range(1_000))
    coroutines = [asyncio.sleep(3_600, number) for number in keys]
    running = asyncio.create_task(settled(Slices(0.0), coroutines, keys))
    for _ in range(5):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert {inspect.getcoroutinestate(coroutine) for coroutine in coroutines} == {inspect.CORO_CLOSED}


def test_an_event_loop_that_ends_leaves_no_slice_behind() -> None:
    slices = Slices(0.0)

    async def ask() -> bool:
        return slices.is_over()

    async def wait() -> None:
        async with asyncio.timeout(60):
            await Slices.wait(slices)

    for _ in range(3):
        asyncio.run(ask())
    slices._seconds = 60.0
    asyncio.run(wait())
