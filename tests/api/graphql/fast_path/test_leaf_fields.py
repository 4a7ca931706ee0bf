"""The fast path for leaf fields returns the same values and errors as graphql-core."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Any

import pytest
import strawberry
from graphql import parse
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.fast_path.leaf_fields import LeafFieldExecutor


@strawberry.enum
class Colour(StrEnum):
    RED = "red"


@strawberry.type
class Thing:
    text: str
    number: int
    maybe: float | None
    colours: list[Colour]
    holes: list[str | None]
    lists: list[list[int]] | None
    identity: strawberry.ID

    @strawberry.field
    def resolved(self) -> str:
        return f"{self.text}!"

    @strawberry.field
    async def awaited(self) -> str:
        await asyncio.sleep(0)
        return f"{self.text}?"


GOOD: dict[str, Any] = {
    "text": "å 😀",
    "number": 3,
    "maybe": None,
    "colours": [Colour.RED, Colour.RED],
    "holes": ["a", None],
    "lists": [[1, 2], []],
    "identity": strawberry.ID("x1"),
}
WRONG: list[dict[str, Any]] = [
    {"text": None},
    {"text": 5},
    {"text": True},
    {"number": "no number"},
    {"number": 2**40},
    {"maybe": float("nan")},
    {"colours": ["green"]},
    {"colours": None},
    {"colours": "RED"},
    {"holes": [1, b"x"]},
    {"lists": [[1, None]]},
    {"lists": [None]},
    {"lists": ({1: 2}.values(),)},
    {"maybe": ValueError("a value that is an exception")},
    {"identity": None},
]
ASKED = [
    "text number maybe colours holes lists identity",
    "awaited text resolved again: text number __typename colours",
    "resolved text @skip(if: true) ... on Thing { number } ...F",
    "text awaited",
]


@strawberry.type
class Query:
    @strawberry.field
    def things(self, info: strawberry.Info[list[Thing], None]) -> list[Thing | None]:
        return list(info.context)


SCHEMA = strawberry.Schema(query=Query)


async def executed(kind: type[StrawberryGraphQLCoreExecutionContext], asked: str, things: list[Thing]) -> Any:
    fragment = "fragment F on Thing { maybe text }" if "...F" in asked else ""
    executor: Any = kind.build(
        SCHEMA._schema, parse(f"{{ things {{ {asked} }} }} {fragment}"), context_value=things, operation_name=None
    )
    result = executor.execute_operation()
    result = await result if asyncio.iscoroutine(result) else result
    errors = [(error.message, error.path, error.locations) for error in result.errors or []]
    return result.data, repr(result.data), errors


@pytest.mark.parametrize("asked", ASKED)
async def test_an_answer_is_what_graphql_core_makes(asked: str) -> None:
    for wrong in ({}, *WRONG):
        things = [Thing(**GOOD), Thing(**{**GOOD, **wrong}), Thing(**GOOD)]
        ours = await executed(LeafFieldExecutor, asked, things)
        assert ours == await executed(StrawberryGraphQLCoreExecutionContext, asked, things), wrong
        assert bool(ours[2]) <= bool(wrong)


async def test_a_subscription_keeps_nothing_of_its_events() -> None:
    executor: Any = LeafFieldExecutor.build(SCHEMA._schema, parse("{ things { text awaited } }"), context_value=[])
    for _ in range(3):
        of_event = executor.build_per_event_executor(None)
        of_event.context_value = [Thing(**GOOD)]
        await of_event.execute_operation()
        assert of_event._parts
        assert of_event._relevant_sub_fields
        assert not executor._parts
        assert not executor._relevant_sub_fields
