"""Inputs in JSON values, read as GraphQL reads a variable of their type: for requests that are no GraphQL."""

from typing import TypeVar, cast

from graphql.utilities import coerce_input_value, validate_input_value
from strawberry.types.arguments import convert_argument

from domain.values.errors import Invalid
from resolvers.schema import schema

T = TypeVar("T")


def read_input(kind: type[T], value: object, *, field: str) -> T:
    """Return the input in a JSON value. Raises `Invalid` with the field of the wrong value."""
    expected = schema._schema.type_map[kind.__name__]
    wrong: list[tuple[str, tuple[str, ...]]] = []
    validate_input_value(
        value,
        expected,  # type: ignore[arg-type]
        lambda error, path: wrong.append((error.message, tuple(map(str, path)))),
    )
    if wrong:
        message, path = wrong[0]
        raise Invalid(message, field=(field, *path))
    coerced = coerce_input_value(value, expected)  # type: ignore[arg-type]
    return cast("T", convert_argument(coerced, kind, schema.schema_converter.scalar_registry, schema.config))
