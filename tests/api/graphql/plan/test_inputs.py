"""Arguments are converted to what Strawberry makes of them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, get_nullable_type
from strawberry import UNSET
from strawberry.types.arguments import convert_argument

from api.graphql.plan.inputs import InputConverters
from api.graphql.plan.resolvers import definition_of
from resolvers.schema import schema

_SCHEMA = schema._schema
_SCALARS = schema.schema_converter.scalar_registry
_ID = "Q29udmVyc2F0aW9uOmFiYw=="  # a leaf that every type of the schema takes once it is coerced
_FIELDS = {
    f"{type_.name}.{name}": field
    for type_ in (_SCHEMA.query_type, _SCHEMA.mutation_type, _SCHEMA.subscription_type)
    if type_ is not None
    for name, field in type_.fields.items()
    if field.args
}


def coerced(chance: random.Random, type_: Any, depth: int = 0) -> Any:
    """Return a random value as graphql-core coerces it: null and what was left out included, whatever is required."""
    if chance.random() < 0.1:
        return None
    match get_nullable_type(type_):
        case GraphQLList(of_type=of_type):
            return [coerced(chance, of_type, depth + 1) for _ in range(chance.randrange(3))]
        case GraphQLInputObjectType(fields=fields):
            sent = {name: each for name, each in fields.items() if chance.random() < (0.7 if depth < 4 else 0)}
            return {name: coerced(chance, each.type, depth + 1) for name, each in sent.items()}
    return _ID


def outcome(convert: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return repr(convert(*arguments, **named))
    except Exception as error:  # noqa: BLE001 - whatever it is, both raise it
        return type(error), str(error)


@pytest.mark.parametrize("place", sorted(_FIELDS))
def test_arguments_are_what_strawberry_makes_of_them(place: str) -> None:
    chance, field = random.Random(place), _FIELDS[place]
    definition: Any = definition_of(field)
    converters = InputConverters(scalars=_SCALARS, config=schema.config)
    for each in definition.arguments:
        name = schema.config.name_converter.from_argument(each)
        type_ = field.args[name].type
        convert = converters.of(type_, each.type, (name,))
        for value in [UNSET, *(coerced(chance, type_) for _ in range(20))]:
            expected = outcome(convert_argument, value, each.type, _SCALARS, schema.config, None, path=(name,))
            assert (repr(value) if convert is None else outcome(convert, value, None)) == expected
