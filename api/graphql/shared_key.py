"""The key under which subscriptions share an execution: two with the same key, of one account and audience, get the
same frame for the same event.

It has the document, the operation's name, the variables, and the `state` that the resolver took from elsewhere; it
leaves out the variable that is nothing but the position to resume at, since that selects events and changes none. If
the document selects a field that is marked as dependent on the caller (`resolvers/viewer.py`), it has the caller too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from hashlib import sha256

import orjson
from cachetools import LRUCache
from graphql import (
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)

from api.graphql.documents.store import Document
from api.graphql.request import GraphQLRequest
from domain.principal import Principal
from domain.values.record import Record
from resolvers.viewer import is_for_viewer

_RESUME_AFTER = "after"  # the argument of subscriptions
_KNOWN = 1_000  # documents


class _Traits(Record):
    position: str | None  # the variable that is used as the position of the operation and nowhere else
    for_viewer: bool


class SharedKeys:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: LRUCache[tuple[bytes, int], _Traits] = LRUCache(_KNOWN)

    def is_for_viewer(self, document: Document, request: GraphQLRequest) -> bool:
        """Return whether the document selects a field that depends on the caller."""
        return self._traits(document, request).for_viewer

    def key(self, document: Document, request: GraphQLRequest, state: Hashable, principal: Principal) -> Hashable:
        """Return the key of an operation of this caller."""
        traits = self._traits(document, request)
        variables = {name: value for name, value in request.variables.items() if name != traits.position}
        digest = sha256(orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)).digest()
        viewer = principal.viewer if traits.for_viewer else None
        return document.key, request.operation_name, digest, request.reports_cost, state, viewer

    def _traits(self, document: Document, request: GraphQLRequest) -> _Traits:
        operation = document.operation(request.operation_name)
        key = (document.key, operation.loc.start if operation.loc else 0)  # a name may be as long as the document
        traits = self._known.get(key)
        if traits is None:
            traits = self._known[key] = self._read(document, operation)
        return traits

    def _read(self, document: Document, operation: OperationDefinitionNode) -> _Traits:
        reader = _TraitReader(TypeInfo(self._schema))
        visit(document.ast, TypeInfoVisitor(reader.types, reader))
        # Each variable is also used once in its own definition, in each operation that defines it.
        names = [name for name in _positions(operation) if reader.variables[name] == 2]
        return _Traits(position=names[0] if names else None, for_viewer=reader.for_viewer)


class _TraitReader(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.variables: Counter[str] = Counter()
        self.for_viewer = False

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.variables[node.name.value] += 1

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.types.get_parent_type()
        if parent is not None and is_for_viewer(get_named_type(parent), node.name.value):
            self.for_viewer = True


def _positions(operation: OperationDefinitionNode) -> list[str]:
    """Return the variables that the root fields take as the position to resume at."""
    return [
        argument.value.name.value
        for field in operation.selection_set.selections
        if isinstance(field, FieldNode)
        for argument in field.arguments or ()
        if argument.name.value == _RESUME_AFTER and isinstance(argument.value, VariableNode)
    ]
