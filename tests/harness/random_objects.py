"""Random objects for the types of a Strawberry schema, and resolvers that return, await or raise at random.

    with random_resolvers(schema, faults=0.1) as resolvers:
        resolvers.seed = 5                      # the same seed, operation and place give the same value
        ... execute an operation, with any executor

The fields without a resolver are attributes of the objects, as ever; all resolvers are replaced.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    is_abstract_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from domain.values.errors import Conflict, NotFound
from resolvers.selection import ATTRIBUTE

_DEEPEST = 3  # objects within objects, as attributes
_TEXTS = ("", "a", 'å "😀" %s \\n\u2028', "x" * 300)
_LEAVES: dict[str, Callable[[Random], object]] = {
    "Int": lambda random: random.choice((0, 1, -5, 2**31 - 1, -(2**31))),
    "Float": lambda random: random.choice((0.0, 1.5, -2.25, 1e22, 3)),
    "Boolean": lambda random: random.random() < 0.5,
    "DateTime": lambda random: datetime(2026, 6, 7, 12, 30, random.randrange(60), 123_000, tzinfo=UTC),
    "Date": lambda random: date(2026, 6, random.randint(1, 30)),
    "Decimal": lambda random: Decimal(random.randint(0, 999)) / 100,
    "Duration": lambda random: timedelta(seconds=random.randint(0, 9_999)),
}
_WRONG: tuple[object, ...] = (5, "text", True, 2**40, float("nan"), b"bytes", [1], (), {"a": 1}, object, Undefined)


class RandomResolvers:
    def __init__(self, schema: GraphQLSchema, faults: float) -> None:
        self.seed = 0
        self._schema = schema
        self._faults = faults

    def resolver(self, field: GraphQLField) -> Callable[..., Any]:
        attribute = _definition(field).metadata.get(ATTRIBUTE)

        def resolve(source: object, info: Any, **arguments: Any) -> Any:
            if attribute and (value := getattr(source, attribute)) is not None:
                return value
            place = f"{self.seed} {info.path.as_list()} {info.parent_type} {sorted(arguments.items())!r}"
            random = Random(zlib.crc32(place.encode()))
            chance = random.random()
            if chance < self._faults:
                return _fail(random, later=chance < self._faults / 2)
            value = self._value(field.type, random, 0)
            return _later(value, random.randint(0, 2)) if random.random() < 0.4 else value

        return resolve

    def event(self, name: str) -> Any:
        """Return an item of a subscription's stream."""
        assert self._schema.subscription_type is not None
        field = self._schema.subscription_type.fields[name]
        return self._value(field.type, Random(f"{self.seed} {name}"), 0)

    def _value(self, of_type: Any, random: Random, depth: int) -> Any:
        if random.random() < self._faults / 2:
            return self._wrong(of_type, random, depth)
        if isinstance(of_type, GraphQLNonNull):
            return self._given(of_type.of_type, random, depth)
        deep = depth >= _DEEPEST
        return None if random.random() < (0.9 if deep else 0.15) else self._given(of_type, random, depth)

    def _wrong(self, of_type: Any, random: Random, depth: int) -> Any:
        match random.randrange(4):
            case 0:
                return None
            case 1:
                return ValueError("a value that is an exception")
            case 2:
                return _Later(self._given(getattr(of_type, "of_type", of_type), random, depth))
        return random.choice(_WRONG)

    def _given(self, of_type: Any, random: Random, depth: int) -> Any:
        if isinstance(of_type, GraphQLNonNull):
            return self._given(of_type.of_type, random, depth)
        if isinstance(of_type, GraphQLList):
            most = 0 if depth >= _DEEPEST else random.choice((1, 2, 2, 3, 30 if depth == 0 else 2))
            items = [self._value(of_type.of_type, random, depth + 1) for _ in range(random.randint(0, most))]
            kind = random.randrange(8)
            return tuple(items) if kind == 0 else iter(items) if kind == 1 else _each(items) if kind == 2 else items
        if isinstance(of_type, GraphQLEnumType):
            return random.choice([value.value for value in of_type.values.values()])
        if is_abstract_type(of_type):
            of_type = random.choice(self._schema.get_possible_types(of_type))
        if isinstance(of_type, GraphQLObjectType):
            return self._object(of_type, random, depth)
        leaf = _LEAVES.get(of_type.name)
        return random.choice(_TEXTS) if leaf is None else leaf(random)

    def _object(self, of_type: GraphQLObjectType, random: Random, depth: int) -> Any:
        made = object.__new__(of_type.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].origin)
        for field in of_type.fields.values():
            definition = _definition(field)
            if definition.is_basic_field:
                if random.random() >= self._faults / 20:  # otherwise the attribute is missing
                    object.__setattr__(made, definition.python_name, self._value(field.type, random, depth + 1))
            elif attribute := definition.metadata.get(ATTRIBUTE):
                known = random.random() < 0.7
                value = self._value(field.type, random, depth + 1) if known else None
                object.__setattr__(made, attribute, value)
        return made


@contextmanager
def random_resolvers(schema: GraphQLSchema, *, faults: float) -> Iterator[RandomResolvers]:
    """Replace the resolvers of the schema for the duration of the block."""
    resolvers = RandomResolvers(schema, faults)
    replaced: list[tuple[GraphQLField, Any]] = []
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind is schema.subscription_type:
            continue
        for field in kind.fields.values():
            definition = _definition(field)
            if isinstance(definition, StrawberryField) and not definition.is_basic_field:
                replaced.append((field, field.resolve))
                field.resolve = resolvers.resolver(field)
    try:
        yield resolvers
    finally:
        for field, resolve in replaced:
            field.resolve = resolve


def _definition(field: GraphQLField) -> Any:
    return (field.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)


class _Later:
    """An awaitable that can be awaited more than once."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __await__(self) -> Any:
        yield from asyncio.sleep(0).__await__()
        return self._value


async def _later(value: Any, rounds: int) -> Any:
    for _ in range(rounds):
        await asyncio.sleep(0)
    return value


def _fail(random: Random, *, later: bool) -> Any:
    error = random.choice((ValueError("secret"), NotFound("No such thing."), Conflict("Somebody was faster.")))
    if not later:
        raise error

    async def fail() -> Any:
        await asyncio.sleep(0)
        raise error

    return fail()


async def _each(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        await asyncio.sleep(0)
        yield item
