"""The order of the schema's elements: by name, so that introspection and `schema.graphql` list them alike, in every
version of the code.

graphql-core's `lexicographic_sort_schema` returns a copy whose enum types are plain ones, which Strawberry cannot
execute with (strawberry-graphql 0.341). The elements are therefore sorted in place, before the first operation.
"""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
)
from graphql.pyutils import natural_comparison_key

V = TypeVar("V")


class Named(Protocol):
    name: str


N = TypeVar("N", bound=Named)


def sort_elements(schema: GraphQLSchema) -> None:
    schema.type_map = _by_key(schema.type_map)
    schema.directives = _by_name(schema.directives)
    for kind in schema.type_map.values():
        if is_introspection_type(kind):
            continue
        if isinstance(kind, GraphQLInputObjectType):
            kind.fields = _by_key(kind.fields)
        elif isinstance(kind, GraphQLEnumType):
            kind.values = _by_key(kind.values)
        elif isinstance(kind, GraphQLUnionType):
            kind.types = _by_name(kind.types)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            _sort_fields(kind)
            if isinstance(kind, GraphQLInterfaceType):
                schema.get_implementations(kind).objects.sort(key=_key)


def _sort_fields(kind: GraphQLObjectType | GraphQLInterfaceType) -> None:
    kind.fields = _by_key(kind.fields)
    kind.interfaces = _by_name(kind.interfaces)
    for field in kind.fields.values():
        field.args = _by_key(field.args)


def _by_key(elements: dict[str, V]) -> dict[str, V]:
    return dict(sorted(elements.items(), key=lambda item: natural_comparison_key(item[0])))


def _by_name(elements: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(elements, key=_key))


def _key(element: Named) -> Any:
    return natural_comparison_key(element.name)
