"""The mark of fields whose value depends on who asks, beyond what the caller may see.

Subscribers of one audience (`Principal.audience`) share one execution, which runs as the audience and not as one of
them: the principal of `info.context` then has no member, session or credential, and raises if it is asked for one. A
field whose resolver asks for one has the mark, and an operation that selects a marked field is shared by the
subscriptions of one caller only. tests/resolvers/test_viewer.py finds fields that lack the mark.

    me: Staff | None = strawberry.field(resolver=me, metadata=FOR_VIEWER)
"""

from collections.abc import Mapping

from graphql import GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter

_VIEWER = "viewer"
FOR_VIEWER: Mapping[str, object] = {_VIEWER: True}


def is_for_viewer(parent: GraphQLNamedType, name: str) -> bool:
    """Return whether the field with this name has the mark."""
    field = parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if field is not None else None
    return definition is not None and _VIEWER in definition.metadata
