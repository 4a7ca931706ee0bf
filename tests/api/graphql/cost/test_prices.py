"""The price list is complete, and its names are those of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_leaf_type,
)

from api.graphql.cost import prices
from domain.values.calendar import DatePreset, day_range, preset_range
from domain.values.errors import Invalid
from resolvers.schema import schema

SCHEMA = schema._schema


def fields() -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str, GraphQLField]]:
    for kind in SCHEMA.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(kind):
            for name, field in kind.fields.items():
                yield kind, name, field


def is_list_of_objects(field: GraphQLField) -> bool:
    return isinstance(get_nullable_type(field.type), GraphQLList) and not is_leaf_type(get_named_type(field.type))


def has_size(kind: GraphQLObjectType | GraphQLInterfaceType, name: str) -> bool:
    place = f"{kind.name}.{name}"
    page = kind.name.endswith("Connection") and name in ("edges", "nodes")
    errors = kind.name.endswith("Payload") and name == "errors"
    return page or errors or place in prices.ROWS or place in prices.ROWS_BY_ARGUMENTS or place == "Series.points"


def test_each_list_of_objects_has_a_bound() -> None:
    lists = [(kind, name) for kind, name, field in fields() if is_list_of_objects(field)]
    assert [f"{kind.name}.{name}" for kind, name in lists if not has_size(kind, name)] == []
    assert len(lists) > 50


def test_each_connection_takes_a_page_size_where_it_is_returned() -> None:
    for kind, name, field in fields():
        connection = get_named_type(field.type)
        if isinstance(connection, GraphQLObjectType) and {"nodes", "pageInfo"} <= connection.fields.keys():
            assert "first" in field.args, f"{kind.name}.{name}"
            assert connection.name.endswith("Connection")


def test_each_size_in_an_argument_is_known() -> None:
    sizes = {argument for _, _, field in fields() for argument in field.args}
    known = {"first", "last", "top", "ids", "input", "filter"}
    others = {
        "after",
        "asOf",
        "before",
        "groupBy",
        "id",
        "kind",
        "locale",
        "orderBy",
        "range",
        "search",
        "source",
        "state",
        "text",
        "view",
    }
    assert sizes - known - others == set(), "Does the new argument multiply? Then price it."


def test_names_are_those_of_the_schema() -> None:
    places = {f"{kind.name}.{name}" for kind, name, _ in fields()} | {"Query.__schema", "Query.__type"}
    tables = (prices.ROWS, prices.BASE, prices.BASE_BY_ARGUMENTS, prices.ROWS_BY_ARGUMENTS)
    assert [place for table in tables for place in table if place not in places] == []


@pytest.mark.parametrize("preset", DatePreset)
def test_no_preset_is_longer_than_priced(preset: DatePreset) -> None:
    for day in range(366):
        assert preset_range(preset, date(2026, 1, 1) + timedelta(days=day)).length <= prices.LONGEST_PRESET


def test_no_report_is_longer_than_priced() -> None:
    last = date(2026, 6, 7)
    day_range(last - timedelta(days=prices.LONGEST_RANGE - 1), last, field="range")
    with pytest.raises(Invalid):
        day_range(last - timedelta(days=prices.LONGEST_RANGE), last, field="range")
