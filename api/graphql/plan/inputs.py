"""Converts the values of arguments to what resolvers get, as Strawberry does.

Strawberry finds out at every value again what its type is and how its fields are named. Here the conversion of an input
object is worked out once, when its field is compiled. Lists, `Maybe`, global IDs, types that contain themselves and
whatever else is not known here are left to Strawberry.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInputType, get_nullable_type, is_leaf_type
from strawberry import UNSET
from strawberry.relay.types import GlobalID
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional, has_object_definition

Convert = Callable[[Any, Any], Any]  # of a coerced value and Strawberry's `info`
Path = tuple[str, ...]


class InputConverters:
    """Makes the conversions of a schema. `scalars`: its registry."""

    def __init__(self, *, scalars: Mapping[Any, Any], config: StrawberryConfig) -> None:
        self._scalars = scalars
        self._config = config

    def of(self, coerced: GraphQLInputType, type_: Any, path: Path, above: tuple[object, ...] = ()) -> Convert | None:
        """Return the conversion of a value of the type at a path; None if the coerced value stays as it is. `above`:
        the types that contain it."""
        of_type: Any = type_.of_type if isinstance(type_, StrawberryOptional) else type_
        nullable = get_nullable_type(coerced)
        if isinstance(type_, StrawberryMaybe) or of_type is GlobalID:
            return self._by_strawberry(type_, path)
        if is_leaf_type(nullable):
            return None
        if isinstance(nullable, GraphQLInputObjectType) and self._is_plain(of_type) and of_type not in above:
            return self._object(nullable, of_type, path, (*above, of_type))
        return self._by_strawberry(type_, path)

    def _is_plain(self, of_type: Any) -> bool:
        return has_object_definition(of_type) and of_type.__strawberry_definition__.from_input is None

    def _by_strawberry(self, type_: Any, path: Path) -> Convert:
        scalars, config = self._scalars, self._config
        return lambda value, info: convert_argument(value, type_, scalars, config, info, path=path)

    def _object(self, coerced: GraphQLInputObjectType, class_: Any, path: Path, above: tuple[object, ...]) -> Convert:
        definition, name_of = class_.__strawberry_definition__, self._config.name_converter.from_field
        named = {name_of(each): each for each in definition.fields}
        types = {name: each.resolve_type(type_definition=definition) for name, each in named.items()}
        fields = [
            (name, each.python_name, self.of(coerced.fields[name].type, types[name], (*path, name), above))
            for name, each in named.items()
        ]
        unsaid = {
            each.python_name: None
            for each in definition.fields
            if each.default_value is each.default_factory is dataclasses.MISSING
        }

        def convert(value: Any, info: Any) -> Any:
            if value is None or value is UNSET:
                return value
            given = dict(unsaid)
            for name, python_name, inner in fields:
                if name in value:
                    given[python_name] = value[name] if inner is None else inner(value[name], info)
            return class_(**given)

        return convert
