"""Serializers of leaf types (scalars and enums), for values that are expected to be right.

They give what `coerce_output_value` of the type gives, and raise an error for everything else: null, awaitables and
exceptions. The completion step by step (`values.py`) then works out the result or the error for the response.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import GeneratorType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLString,
    Undefined,
    is_leaf_type,
)
from graphql.pyutils import is_awaitable

from domain.values.record import Record

Write = Callable[[Any], object]


class NotPlain(Exception):
    """The value is not what a plain field has."""


class Leaf(Record):
    """`test` is a Python expression: whether the value `v` is serialized as it is. It saves a call for most values."""

    test: str | None
    write: Write


# Names of built-in scalars, since a schema may have its own instances of them.
_TESTS = {
    GraphQLString.name: "type(v) is str",
    GraphQLID.name: "type(v) is str",
    GraphQLBoolean.name: "type(v) is bool",
    GraphQLInt.name: "type(v) is int and -2147483648 <= v <= 2147483647",
}


@lru_cache(None)  # bounded by the types of the schema
def leaf_of(leaf_type: GraphQLLeafType) -> Leaf:
    if isinstance(leaf_type, GraphQLEnumType):
        return Leaf(test=None, write=_EnumNames(leaf_type).__getitem__)
    coerce = leaf_type.coerce_output_value

    def write(value: Any) -> object:
        if type(value) not in _harmless:
            check_harmless(type(value))
        written = coerce(value)
        if written is None or written is Undefined:
            raise NotPlain
        return written

    return Leaf(test=_TESTS.get(leaf_type.name), write=write)


def writer_of(output_type: GraphQLOutputType) -> Write | None:
    """Return the serializer of a leaf type or of lists of it, where null may be allowed; None for other types."""
    if not isinstance(output_type, GraphQLNonNull):
        write = writer_of(GraphQLNonNull(output_type))
        return None if write is None else lambda value: None if value is None else write(value)
    inner = output_type.of_type
    if isinstance(inner, GraphQLList):
        item = writer_of(inner.of_type)
        return None if item is None else lambda values: [item(value) for value in listed(values)]
    return leaf_of(inner).write if is_leaf_type(inner) else None


def listed(values: object) -> list[Any] | tuple[Any, ...]:
    if type(values) is list or type(values) is tuple:
        return values
    raise NotPlain


class _EnumNames(dict[object, object]):
    """The name of each value of an enum, looked up once."""

    def __init__(self, enum: GraphQLEnumType) -> None:
        super().__init__()
        self._enum = enum

    def __missing__(self, value: object) -> object:
        if value is None or value is Undefined:
            raise NotPlain
        check_harmless(type(value))
        name = self[value] = self._enum.coerce_output_value(value)
        return name


_harmless: set[type] = {str, int, float, bool}


def check_harmless(kind: type) -> None:
    """Raises `NotPlain` for classes whose values are no data: null, exceptions, and what has to be awaited."""
    if kind in _harmless:
        return
    if kind is type(None) or kind is type(Undefined) or issubclass(kind, Exception | GeneratorType):
        raise NotPlain
    if hasattr(kind, "__await__"):
        raise NotPlain
    _harmless.add(kind)


def must_be_awaited(value: object) -> bool:
    """Return what graphql-core's `is_awaitable` returns, in less time for values of classes that were seen before."""
    return type(value) not in _harmless and is_awaitable(value)
