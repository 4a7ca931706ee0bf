"""The plan and graphql-core give the same result for random operations on random data, errors included."""

from __future__ import annotations

import os
from random import Random

import pytest
from graphql import GraphQLSchema

from resolvers.schema import schema as real
from tests.api.graphql.plan.comparison import both, nulled, shown
from tests.api.graphql.plan.schema import schema as small
from tests.harness.random_objects import random_resolvers
from tests.harness.random_operations import random_operation

ROUNDS = {"query": 280, "mutation": 60, "subscription": 60}  # of each schema and rate of faults
TIMES = 100 if os.environ.get("BATON_LONG") else 1
SCHEMAS = {"small": small._schema, "real": real._schema}


# Where an error makes a parent null, graphql-core leaves some coroutines that were never started.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("faults", [0.0, 0.03, 0.25])
@pytest.mark.parametrize("kind", ["query", "mutation"])
@pytest.mark.parametrize("name", SCHEMAS)
async def test_a_plan_gives_what_graphql_core_gives(name: str, kind: str, faults: float) -> None:
    schema: GraphQLSchema = SCHEMAS[name]
    rounds = ROUNDS[kind] * TIMES
    failed = succeeded = alike = 0
    with random_resolvers(schema, faults=faults) as resolvers:
        for seed in range(rounds):
            text, variables = random_operation(schema, Random(f"{name} {kind} {faults} {seed}"), kind=kind)
            resolvers.seed = seed
            planned, core = await both(schema, text, variables)
            data, errors = shown(planned)
            expected_data, expected_errors = shown(core)
            assert data == expected_data, (seed, text, variables)
            assert nulled(planned) == nulled(core), (seed, text, variables)
            alike += errors == expected_errors
            failed += bool(core.errors)
            succeeded += bool(core.data)
    assert alike > rounds * 0.97  # the others differ in what was reported beside the error of one null
    assert succeeded > rounds / 20
    assert failed > rounds / 20 or not faults


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("faults", [0.0, 0.05])
@pytest.mark.parametrize("name", SCHEMAS)
async def test_events_of_subscriptions(name: str, faults: float) -> None:
    schema: GraphQLSchema = SCHEMAS[name]
    succeeded = 0
    with random_resolvers(schema, faults=faults) as resolvers:
        for seed in range(ROUNDS["subscription"] * TIMES):
            text, variables = random_operation(schema, Random(f"{name} {faults} {seed}"), kind="subscription")
            resolvers.seed = seed
            root = next((each for each in schema.subscription_type.fields if f"{each}" in _root(text)), None)
            planned, core = await both(schema, text, variables, item=lambda root=root: root and resolvers.event(root))
            assert shown(planned)[0] == shown(core)[0], (seed, text, variables)
            assert nulled(planned) == nulled(core), (seed, text, variables)
            succeeded += any((core.data or {}).values())
    assert succeeded > ROUNDS["subscription"] * TIMES / 4


def _root(text: str) -> str:
    """Return the text of the root field, without its selection."""
    return text.split("{", 2)[1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("faults", [0.0, 0.05])
async def test_slices_change_nothing(faults: float) -> None:
    schema = SCHEMAS["small"]
    with random_resolvers(schema, faults=faults) as resolvers:
        for seed in range(60 * TIMES):
            text, variables = random_operation(schema, Random(f"slices {faults} {seed}"))
            resolvers.seed = seed
            planned, core = await both(schema, text, variables, slice_seconds=0.0)
            assert shown(planned)[0] == shown(core)[0], (seed, text, variables)
            assert nulled(planned) == nulled(core), (seed, text, variables)
