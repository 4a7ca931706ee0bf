"""The graph as it is promised: described, committed, and nowhere stricter than the public contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)
from graphql.utilities import BreakingChangeType, find_breaking_changes

from resolvers.schema import sdl

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT.parent / "shared" / "contract.graphql"

# What the contract has and the code has not yet. It shrinks to nothing; an entry that is built must be taken out.
NOT_YET: set[str] = set()


@pytest.fixture(scope="module")
def committed() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text())


def test_committed_schema_is_that_of_the_code() -> None:
    assert (ROOT / "schema.graphql").read_text() == sdl(), "run `make schema`"


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, given in kind.values.items() if not given.description)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    yield f"{name}.{field_name}"
                for argument_name, argument in getattr(field, "args", {}).items():
                    if not argument.description:
                        yield f"{name}.{field_name}({argument_name})"


def test_everything_has_a_description(committed: GraphQLSchema) -> None:
    assert list(undescribed(committed)) == []


def contract() -> GraphQLSchema:
    if not CONTRACT.exists():
        pytest.skip("the public contract stands outside of the repository, and not here")
    return build_schema(CONTRACT.read_text())


def elements(schema: GraphQLSchema) -> set[str]:
    """Names of types, of their fields, arguments and values."""
    found = set()
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        found.add(name)
        found |= {f"{name}.{value}" for value in getattr(kind, "values", {})}
        for field_name, field in getattr(kind, "fields", {}).items():
            found.add(f"{name}.{field_name}")
            found |= {f"{name}.{field_name}({argument})" for argument in getattr(field, "args", {})}
    return found


def test_contract_is_kept_but_for_what_is_not_built_yet(committed: GraphQLSchema) -> None:
    missing = elements(contract()) - elements(committed)
    unbuilt = {e for e in missing if {e, e.split("(")[0], e.split(".")[0]} & NOT_YET}
    assert missing - unbuilt == set()


def test_list_of_what_is_not_built_yet_is_no_longer_than_it_must_be(committed: GraphQLSchema) -> None:
    missing = elements(contract()) - elements(committed)
    assert missing >= NOT_YET


def test_nothing_became_stricter_than_the_contract(committed: GraphQLSchema) -> None:
    """What the code has of the contract takes and answers what the contract says. What it has not is told by name
    above; a union lacks the members that are not built."""
    by_name = {
        BreakingChangeType.TYPE_REMOVED,
        BreakingChangeType.FIELD_REMOVED,
        BreakingChangeType.ARG_REMOVED,
        BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
    }
    broken = [change for change in find_breaking_changes(contract(), committed) if change.type not in by_name]
    assert [
        change.description
        for change in broken
        if not (change.type is BreakingChangeType.TYPE_REMOVED_FROM_UNION and change.description.split()[0] in NOT_YET)
    ] == []
