"""An execution may be cancelled in any round of the event loop, for example by a client that closes its connection."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator
from random import Random
from typing import Any, cast

import pytest
import strawberry
from graphql import GraphQLSchema, parse

from api.graphql.plan.slices import Slices, settled
from api.graphql.runs import PlannedRun, Runs
from resolvers.schema import schema as real
from tests.api.graphql.plan.comparison import startable
from tests.api.graphql.plan.schema import schema as small
from tests.harness.random_objects import random_resolvers
from tests.harness.random_operations import random_operation

_ROUNDS = 40  # a random operation ends within so many rounds of the event loop
SCHEMAS = {"small": small._schema, "real": real._schema}


@pytest.fixture(autouse=True)
def _nothing_of_other_tests_is_left() -> None:
    """Coroutines that graphql-core left in a test before this one are reported when they are collected."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


async def _cancelled(
    schema: GraphQLSchema, text: str, variables: dict[str, Any], *, after: int, seconds: float, again: int = 0
) -> bool:
    """Cancel an execution after so many rounds of the event loop, and once more `again` rounds later. Return whether it
    had not ended."""
    runs = Runs(schema, hide_suggestions=False, slices=Slices(seconds))
    run = runs.start(startable(parse(text), variables), None)
    if isinstance(run, list):
        return False
    assert isinstance(run, PlannedRun)
    executing = asyncio.ensure_future(run.execute(None))
    for _ in range(after):
        await asyncio.sleep(0)
    executing.cancel()
    if again:
        for _ in range(again):
            await asyncio.sleep(0)
        executing.cancel()
    return isinstance((await asyncio.gather(executing, return_exceptions=True))[0], asyncio.CancelledError)


@pytest.mark.parametrize("seconds", [60.0, 0.0], ids=["in one slice", "in many slices"])
@pytest.mark.parametrize("faults", [0.0, 0.05])
@pytest.mark.parametrize("name", SCHEMAS)
async def test_no_coroutine_is_left_unawaited(name: str, faults: float, seconds: float) -> None:
    schema, cancelled, left = SCHEMAS[name], 0, list[tuple[int, int, str]]()
    with random_resolvers(schema, faults=faults) as resolvers:
        for seed in range(12):
            text, variables = random_operation(schema, Random(f"cancelled {name} {faults} {seed}"))
            resolvers.seed = seed
            for after in range(_ROUNDS):
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    had_not_ended = await _cancelled(schema, text, variables, after=after, seconds=seconds)
                left += [(seed, after, str(each.message)) for each in caught]
                cancelled += had_not_ended
                if after and not had_not_ended:
                    break
    assert left == []
    assert cancelled > 12


@strawberry.type
class _Row:
    number: int

    @strawberry.field
    async def later(self) -> int:
        await asyncio.sleep(0)
        return self.number


@strawberry.type
class _Query:
    @strawberry.field
    async def rows(self) -> list[_Row]:
        return [_Row(number=n) for n in range(60)]

    @strawberry.field
    def streamed(self) -> list[_Row]:
        return cast(list[_Row], _stream())

    @strawberry.field
    def failing(self) -> list[_Row] | None:
        return cast(list[_Row], _failing_stream())


async def _failing_stream() -> AsyncIterator[_Row]:
    try:
        for n in range(20):
            await asyncio.sleep(0)
            yield _Row(number=n)
        yield cast(_Row, ValueError("no row"))
    finally:
        for _ in range(5):
            await asyncio.sleep(0)


async def _stream() -> AsyncIterator[_Row]:
    for n in range(60):
        await asyncio.sleep(0)
        yield _Row(number=n)


async def test_lists_that_are_completed_in_slices_or_as_they_come() -> None:
    schema = strawberry.Schema(_Query)._schema
    for text in ("{ rows { later } }", "{ streamed { later } }"):
        cancelled = 0
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for after in range(80):
                cancelled += await _cancelled(schema, text, {}, after=after, seconds=0.0)
            gc.collect()  # once: it takes long in a process that has run many tests
        assert [str(each.message) for each in caught] == [], text
        assert cancelled > 3, text


@pytest.mark.parametrize("text", ["{ rows { later } }", "{ streamed { later } }", "{ failing { later } }"])
async def test_a_second_cancellation_while_the_first_one_ends(text: str) -> None:
    schema = strawberry.Schema(_Query)._schema
    cancelled = 0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for again in range(1, 6):
            for after in range(0, 70, 5 if again > 2 else 1):
                cancelled += await _cancelled(schema, text, {}, after=after, seconds=0.0, again=again)
        gc.collect()
    assert [str(each.message) for each in caught] == []
    assert cancelled > 3


async def test_a_cancellation_waits_until_all_have_ended() -> None:
    ended: list[int] = []

    async def work(number: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append(number)

    executing = asyncio.ensure_future(settled(Slices(), [work(n) for n in range(40)], list(range(40))))
    await asyncio.sleep(0.01)
    executing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await executing
    assert sorted(ended) == list(range(40))
