"""Executes an operation by its plan and in graphql-core, and compares the results."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode, parse

from api.graphql.plan.compiler import Plans
from api.graphql.plan.slices import Slices
from api.graphql.runs import CoreRun, PlannedRun, Runs, Startable

_ADDRESS = re.compile(" at 0x[0-9a-f]+")  # in the text of an object that has no other


async def both(
    schema: GraphQLSchema,
    text: str,
    variables: dict[str, Any] | None = None,
    *,
    context: Callable[[], object] = lambda: None,
    item: Callable[[], object] | None = None,
    slice_seconds: float = 60.0,
) -> tuple[ExecutionResult, ExecutionResult]:
    """Return the results of the plan and of graphql-core. `item` makes the event of a subscription."""
    results = []
    for compiles, kind in ((True, PlannedRun), (False, CoreRun)):
        runs = Runs(schema, hide_suggestions=False, compiles=compiles, slices=Slices(slice_seconds))
        run = runs.start(startable(parse(text), variables), context())
        if isinstance(run, list):
            results.append(ExecutionResult(None, run))
            continue
        assert isinstance(run, kind), runs.fallbacks
        result = await run.execute(context()) if item is None else run.execute_event(item(), context())
        results.append(result if isinstance(result, ExecutionResult) else await result)
    planned, core = results
    return planned, core


def startable(document: DocumentNode, variables: dict[str, Any] | None = None) -> Startable:
    node = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return Startable(document=document, node=node, plans=Plans(), name=None, variables=variables or {})


def nulled(result: ExecutionResult) -> set[tuple[str | int, ...]]:
    """Return the places that are null because of an error. This is what the specification determines: if several errors
    lead to one null, any one of them may be reported, and it depends on the order of events which others are."""
    places = set()
    for error in result.errors or []:
        value, place = cast(Any, result.data), list[str | int]()
        for key in error.path or []:
            if value is None:
                break
            value = value[key]
            place.append(key)
        places.add(tuple(place))
    return places


def shown(result: ExecutionResult) -> tuple[str, list[tuple[str, ...]]]:
    """Return the data as text, and the errors in the order of their places."""
    errors = [
        (repr(error.path), error.message, repr(error.locations), repr(type(error.original_error)))
        for error in result.errors or []
    ]
    return _ADDRESS.sub("", repr(result.data)), sorted(
        tuple(_ADDRESS.sub("", part) for part in each) for each in errors
    )
