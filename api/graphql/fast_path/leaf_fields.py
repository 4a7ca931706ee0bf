"""Writes leaf fields that are an attribute of their object, without the work that graphql-core does around a resolver.

Nearly all leaves of a response are such fields. For a page of 25 conversations with nine fields each, graphql-core
spends 2.5 ms on paths, resolve infos and type checks; this takes a tenth of it. A value that does not fit its type is
left to graphql-core, which reports the error.

A field with a resolver may name an attribute in its metadata (`ATTRIBUTE`) that nearly always holds its value already.
Where the attribute is None, the resolver runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from inspect import isawaitable
from typing import Any, Self, TypeAlias, cast

from graphql import (
    GraphQLEnumType,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    Undefined,
    is_leaf_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from resolvers.selection import ATTRIBUTE

Write: TypeAlias = Callable[[Any], object]
Leaf: TypeAlias = tuple[str, str, Write]  # response name, attribute, and the function that serializes its value


class LeafFieldExecutor(StrawberryGraphQLCoreExecutionContext):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts: dict[int, tuple[Any, list[Leaf], dict[str, Any]]] = {}

    def build_per_event_executor(self, payload: Any) -> Self:
        """Return the executor of one event, with caches of its own: shared ones would grow with every event."""
        executor = cast("Self", super().build_per_event_executor(payload))
        executor._parts, executor._relevant_sub_fields = {}, {}
        return executor

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        if path is None:  # the root of the operation: its fields are resolvers
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        leaves, others = self._parted(parent_type, grouped_field_set)
        written: dict[str, object] = {}
        for name, attribute, write in leaves:
            try:
                written[name] = write(getattr(source_value, attribute))
            except Exception:  # noqa: BLE001 - graphql-core meets the same error and reports it with its path
                others = {**others, name: grouped_field_set[name]}
        if not others:
            return written
        executed = super().execute_fields(parent_type, source_value, path, others, position_context)
        if not written:
            return executed
        if isawaitable(executed):
            return _joined(grouped_field_set, written, executed)
        return _in_order(grouped_field_set, written, executed)

    def _parted(self, parent_type: GraphQLObjectType, grouped_field_set: Any) -> tuple[list[Leaf], dict[str, Any]]:
        """Return the leaf fields and the other fields. This is done once for all objects of a list, as graphql-core
        collects them."""
        found = self._parts.get(id(grouped_field_set))
        if found is None:
            leaves, others = [], {}
            for name, details in grouped_field_set.items():
                how = leaf_field(parent_type, details[0].node.name.value)
                if how is None:
                    others[name] = details
                else:
                    leaves.append((name, *how))
            found = self._parts[id(grouped_field_set)] = grouped_field_set, leaves, others
        return found[1], found[2]


@lru_cache(None)  # bounded by the fields of the schema
def leaf_field(parent_type: GraphQLObjectType, name: str) -> tuple[str, Write] | None:
    """Return the attribute and its serializer; None for a field with a resolver, or of an object type."""
    field = parent_type.fields.get(name)
    if field is None:
        return None
    definition = (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField):
        return None
    attribute = definition.python_name if definition.is_basic_field else definition.metadata.get(ATTRIBUTE)
    write = _writer(field.type)
    return None if write is None or attribute is None else (attribute, write)


def _writer(of_type: GraphQLOutputType) -> Write | None:
    if isinstance(of_type, GraphQLNonNull):
        return _not_null(of_type.of_type)
    write = _not_null(of_type)
    return None if write is None else lambda value: None if value is None else write(value)


def _not_null(of_type: Any) -> Write | None:
    """Return the serializer of a non-null type, which raises for null; None for an object type."""
    if isinstance(of_type, GraphQLList):
        item = _writer(of_type.of_type)
        return None if item is None else lambda values: [item(value) for value in _listed(values)]
    if not is_leaf_type(of_type):
        return None
    coerce: Write = of_type.coerce_output_value
    if of_type in (GraphQLString, GraphQLID):
        return lambda value: value if type(value) is str else _given(coerce(value))
    if isinstance(of_type, GraphQLEnumType):
        coerce = lru_cache(None)(coerce)  # bounded by the values of the enum
    return lambda value: _given(coerce(_given(value)))


def _listed(values: object) -> list[object] | tuple[object, ...]:
    if not isinstance(values, list | tuple):
        raise TypeError("not a list")
    return values


def _given(value: object) -> object:
    if value is None or value is Undefined:
        raise TypeError("null")
    return value


async def _joined(order: Mapping[str, object], one: dict[str, object], other: Awaitable[Any]) -> dict[str, object]:
    return _in_order(order, one, await other)


def _in_order(order: Mapping[str, object], one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    both = one | other
    return {name: both[name] for name in order if name in both}
