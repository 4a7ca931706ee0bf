"""Calls the resolvers of fields.

Strawberry wraps a resolver into functions that read its arguments and run its extensions, and an `async` one into a
coroutine of their own. A resolver without extensions is called directly, which saves most of the time of a short one.
Its arguments are converted as by Strawberry, which leaves null, scalars and enums as graphql-core has coerced them.
Every other field is resolved by the `resolve` function of the schema.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from graphql import GraphQLField, GraphQLSchema, default_field_resolver, get_nullable_type, is_leaf_type
from strawberry.relay.types import GlobalID
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

Resolve = Callable[..., Any]

_OWN = f"{GraphQLCoreConverter.from_resolver.__qualname__}."  # begins the names of the functions that Strawberry makes


def definition_of(graphql_object: Any) -> object:
    """Return the definition from which Strawberry made a type or a field; None for those of graphql-core."""
    return (graphql_object.extensions or {}).get(GraphQLCoreConverter.DEFINITION_BACKREF)


def resolver_of(schema: GraphQLSchema, field: GraphQLField) -> Resolve:
    """Return the function that resolves a field, with the parameters of `resolve`: source, info, and arguments."""
    resolve = field.resolve or default_field_resolver
    definition = definition_of(field)
    if not isinstance(definition, StrawberryField) or not getattr(resolve, "__qualname__", "").startswith(_OWN):
        return resolve
    resolver = definition.base_resolver
    made_by = cast(Any, schema)._strawberry_schema
    if resolver is None or definition.extensions or made_by.exception_handlers:
        return resolve
    if field.args:
        return _converting(schema, field, definition, resolver) or resolve
    return _direct(schema, definition, resolver) or resolve


def _direct(schema: GraphQLSchema, definition: StrawberryField, resolver: StrawberryResolver[Any]) -> Resolve | None:
    """Return a function that calls the resolver with its source and info; None if it has other parameters."""
    reserved = (resolver.root_parameter, resolver.parent_parameter)
    if any(reserved) or resolver.self_parameter is None:
        return None
    function = cast(Resolve, resolver.wrapped_func)
    if resolver.info_parameter is None:
        return lambda source, info: function(source)
    name = resolver.info_parameter.name
    if name != "info":
        return None
    info_class = cast(Any, schema)._strawberry_schema.config.info_class
    return lambda source, info: function(source, info=info_class(_raw_info=info, _field=definition))


def _converting(
    schema: GraphQLSchema, field: GraphQLField, definition: StrawberryField, resolver: StrawberryResolver[Any]
) -> Resolve | None:
    """Return a function that calls the resolver with its source, info and arguments; None if it has other
    parameters."""
    info_name = resolver.info_parameter.name if resolver.info_parameter is not None else None
    if resolver.root_parameter or resolver.parent_parameter or info_name not in (None, "info"):
        return None
    function, takes_source = cast(Resolve, resolver.wrapped_func), resolver.self_parameter is not None
    takes_info, made_by = info_name is not None, cast(Any, schema)._strawberry_schema
    config, scalars = made_by.config, made_by.schema_converter.scalar_registry
    names = {config.name_converter.from_argument(each): each for each in definition.arguments}
    parameters = [
        (name, each.python_name, None if _is_leaf(field, name, each) else each.type) for name, each in names.items()
    ]

    def resolve(source: Any, raw_info: Any, /, **given: Any) -> Any:
        info = config.info_class(_raw_info=raw_info, _field=definition)
        arguments: dict[str, Any] = {"info": info} if takes_info else {}
        for name, python_name, type_ in parameters:
            if name in given:
                value = given[name]
                if type_ is not None and (value is not None or isinstance(type_, StrawberryMaybe)):
                    value = convert_argument(value, type_, scalars, config, info, path=(name,))
                arguments[python_name] = value
        return function(source, **arguments) if takes_source else function(**arguments)

    return resolve


def _is_leaf(field: GraphQLField, name: str, argument: StrawberryArgument) -> bool:
    """Return whether Strawberry gives the coerced value to the resolver as it is."""
    of_type = argument.type.of_type if isinstance(argument.type, StrawberryOptional) else argument.type
    is_wrapped = isinstance(argument.type, StrawberryMaybe) or of_type is GlobalID
    return not is_wrapped and is_leaf_type(get_nullable_type(field.args[name].type))
