"""Fields that are an attribute of their object and no more, written without what graphql-core does around a resolver.

Nearly all leaves of an answer are: of a page of 25 conversations with nine fields each, graphql-core spends 2.5 ms on
paths, infos, and types to be looked at, and this a tenth of it. What does not come out as its type promises is left to
graphql-core, which then fails as it always does.
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

Write: TypeAlias = Callable[[Any], object]
Plain: TypeAlias = tuple[str, str, Write]  # name in the answer, attribute, and how its value is written


class PlainFields(StrawberryGraphQLCoreExecutionContext):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts: dict[int, tuple[Any, list[Plain], dict[str, Any]]] = {}

    def build_per_event_executor(self, payload: Any) -> Self:
        """With memories of its own: what is shared with the subscription's executor would grow with every event."""
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
        if path is None:  # the operation itself: its fields are resolvers
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        plain, others = self._parted(parent_type, grouped_field_set)
        written: dict[str, object] = {}
        for name, attribute, write in plain:
            try:
                written[name] = write(getattr(source_value, attribute))
            except Exception:  # noqa: BLE001 - whatever it is, graphql-core will meet it, and knows where to say so
                others = {**others, name: grouped_field_set[name]}
        if not others:
            return written
        executed = super().execute_fields(parent_type, source_value, path, others, position_context)
        if not written:
            return executed
        if isawaitable(executed):
            return _joined(grouped_field_set, written, executed)
        return _in_order(grouped_field_set, written, executed)

    def _parted(self, parent_type: GraphQLObjectType, grouped_field_set: Any) -> tuple[list[Plain], dict[str, Any]]:
        """Once for all objects of a list: graphql-core collects their fields once, and keeps them like this."""
        found = self._parts.get(id(grouped_field_set))
        if found is None:
            plain, others = [], {}
            for name, details in grouped_field_set.items():
                how = plain_field(parent_type, details[0].node.name.value)
                if how is None:
                    others[name] = details
                else:
                    plain.append((name, *how))
            found = self._parts[id(grouped_field_set)] = grouped_field_set, plain, others
        return found[1], found[2]


@lru_cache(None)  # of the fields of a schema
def plain_field(parent_type: GraphQLObjectType, name: str) -> tuple[str, Write] | None:
    """The attribute, and how it is written; None of a field with a resolver, or of objects."""
    field = parent_type.fields.get(name)
    if field is None:
        return None
    definition = (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or not definition.is_basic_field:
        return None
    write = _writer(field.type)
    return None if write is None else (definition.python_name, write)


def _writer(of_type: GraphQLOutputType) -> Write | None:
    if isinstance(of_type, GraphQLNonNull):
        return _not_null(of_type.of_type)
    write = _not_null(of_type)
    return None if write is None else lambda value: None if value is None else write(value)


def _not_null(of_type: Any) -> Write | None:
    """How a value is written; null raises."""
    if isinstance(of_type, GraphQLList):
        item = _writer(of_type.of_type)
        return None if item is None else lambda values: [item(value) for value in _listed(values)]
    if not is_leaf_type(of_type):
        return None
    coerce: Write = of_type.coerce_output_value
    if of_type in (GraphQLString, GraphQLID):
        return lambda value: value if type(value) is str else _given(coerce(value))
    if isinstance(of_type, GraphQLEnumType):
        coerce = lru_cache(None)(coerce)  # an enum has few values
    return lambda value: _given(coerce(_given(value)))


def _listed(values: object) -> list[object] | tuple[object, ...]:
    if not isinstance(values, list | tuple):
        raise TypeError("no list")
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
