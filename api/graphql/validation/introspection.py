"""Which operations a caller without a credential may run: those that read nothing but the schema.

The functions read documents before they are validated, so a fragment may be missing, and fragments may form a cycle.
"""

from __future__ import annotations

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    TypeNode,
    specified_scalar_types,
)

_MISSING = ""  # stands for the fields of a fragment that the document does not define


def is_introspection(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Return whether an operation reads nothing but the schema, with no variables but built-in scalars."""
    first = operation.selection_set.selections[0]
    if isinstance(first, FieldNode) and not first.name.value.startswith("__"):
        return False  # as nearly every operation
    variables = operation.variable_definitions or ()
    return (
        operation.operation is OperationType.QUERY
        and all(_is_built_in(definition.type) for definition in variables)
        and all(name.startswith("__") for name in _root_names(document, operation))
    )


def needs_credential(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Return whether the operation reads or writes more than the schema, by fields that exist at its root.

    Such an operation is refused without a credential, valid or not. One with an unknown root field is not a valid
    operation at all, and its caller is told so.
    """
    root = schema.get_root_type(operation.operation)
    if root is None or is_introspection(document, operation):
        return False
    return all(name.startswith("__") or name in root.fields for name in _root_names(document, operation))


def _root_names(document: DocumentNode, operation: OperationDefinitionNode) -> set[str]:
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    names, waiting, seen = set[str](), list(operation.selection_set.selections), set[str]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode):
            names.add(node.name.value)
        elif isinstance(node, InlineFragmentNode):
            waiting += node.selection_set.selections
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
            seen.add(node.name.value)
            fragment = fragments.get(node.name.value)
            if fragment is None:
                names.add(_MISSING)
            else:
                waiting += fragment.selection_set.selections
    return names


def _is_built_in(type_: TypeNode) -> bool:
    named = type_.type if isinstance(type_, NonNullTypeNode) else type_
    return isinstance(named, NamedTypeNode) and named.name.value in specified_scalar_types
