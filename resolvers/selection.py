"""The selection of an operation, for resolvers that read or send only the selected fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    value_from_ast_untyped,
)
from strawberry.types.nodes import Directives, SelectedField, Selection

from resolvers.context import Info

ATTRIBUTE = "attribute"
"""Key in the metadata of a field with a resolver: the attribute of its object that has the value already, or None."""


OF_ROW = "of row"
"""Key in the metadata of a field with a resolver: its value depends on nothing but the stored row that its object was
made of, with the profile of this row, and on the audience. So it is the same as long as the row is."""


def selects_type(info: Info, type_name: str) -> bool:
    """Whether the selection has a fragment on this type. A fragment on one of its interfaces does not count."""
    raw = info._raw_info
    nodes = [node.selection_set for node in raw.field_nodes if node.selection_set is not None]
    return any(_names(raw, node, type_name) for node in nodes)


def selected_fields(info: Info, *path: str) -> frozenset[str]:
    """Return the GraphQL names of the fields that are selected of the resolver's result, or of the objects at a path of
    fields in it."""
    planned: Callable[[Sequence[str]], frozenset[str] | None] | None = getattr(info._raw_info, "selected_names", None)
    if planned is not None and (names := planned(path)) is not None:  # known since the document was compiled
        return names
    levels: list[SelectedField] = [field for field in info.selected_fields if isinstance(field, SelectedField)]
    for name in path:
        levels = [inner for field in levels for inner in _fields(field.selections) if inner.name == name]
    return frozenset(inner.name for field in levels for inner in _fields(field.selections))


def is_only_root_field(info: Info) -> bool:
    """Whether the operation consists of this root field alone, so that its result need not agree with another's."""
    selections = info.operation.selection_set.selections
    return len(selections) == 1 and isinstance(selections[0], FieldNode)


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    for selection in selections:
        if not _included(selection.directives):
            continue
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)


def _names(info: GraphQLResolveInfo[Any], selections: SelectionSetNode, type_name: str) -> bool:
    """Read the syntax tree itself: Strawberry would copy it whole, for each of the sockets that subscribe at once."""
    for node in selections.selections:
        if isinstance(node, FieldNode) or not _is_included(info, node):
            continue
        fragment = info.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(fragment, FragmentDefinitionNode | InlineFragmentNode)
        condition = fragment.type_condition
        if (condition is not None and condition.name.value == type_name) or _names(
            info, fragment.selection_set, type_name
        ):
            return True
    return False


def _is_included(info: GraphQLResolveInfo[Any], node: SelectionNode) -> bool:
    variables = cast("dict[str, Any]", info.variable_values)  # Strawberry hands on the values alone
    for directive in node.directives or ():
        name = directive.name.value
        if name in ("skip", "include"):
            [condition] = directive.arguments or ()
            if bool(value_from_ast_untyped(condition.value, variables)) is (name == "skip"):
                return False
    return True


def _included(directives: Directives) -> bool:
    skipped = directives.get("skip", {}).get("if", False)
    included = directives.get("include", {}).get("if", True)
    return included and not skipped
