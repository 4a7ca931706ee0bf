"""Calls the resolvers of fields.

Strawberry wraps a resolver into functions that read its arguments and run its extensions, and an `async` one into a
coroutine of their own. A resolver without extensions is called directly, which saves most of the time of a short one.
Its arguments are converted as by Strawberry (`inputs.py`).
Every other field is resolved by the `resolve` function of the schema.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from graphql import GraphQLField, GraphQLSchema, default_field_resolver
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from api.graphql.plan.inputs import InputConverters

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
    config = made_by.config
    converters = InputConverters(scalars=made_by.schema_converter.scalar_registry, config=config)
    names = {config.name_converter.from_argument(each): each for each in definition.arguments}
    parameters = [
        (name, each.python_name, converters.of(field.args[name].type, each.type, (name,)))
        for name, each in names.items()
    ]

    def resolve(source: Any, raw_info: Any, /, **given: Any) -> Any:
        info = config.info_class(_raw_info=raw_info, _field=definition)
        arguments: dict[str, Any] = {"info": info} if takes_info else {}
        for name, python_name, convert in parameters:
            if name in given:
                arguments[python_name] = given[name] if convert is None else convert(given[name], info)
        return function(source, **arguments) if takes_source else function(**arguments)

    return resolve
