"""The selection of an operation, for resolvers that read or send only the selected fields."""

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import Directives, FragmentSpread, InlineFragment, SelectedField, Selection

from resolvers.context import Info

ATTRIBUTE = "attribute"
"""Key in the metadata of a field with a resolver: the attribute of its object that has the value already, or None."""


def selects_type(info: Info, type_name: str) -> bool:
    """Whether the selection has a fragment on this type. A fragment on one of its interfaces does not count."""
    return any(_names(field.selections, type_name) for field in info.selected_fields)


def selected_fields(info: Info) -> frozenset[str]:
    """Return the GraphQL names of the fields that are selected of the resolver's result."""
    return frozenset(name for field in info.selected_fields for name in _fields(field.selections))


def _fields(selections: Iterable[Selection]) -> Iterator[str]:
    for selection in selections:
        if not _included(selection.directives):
            continue
        if isinstance(selection, SelectedField):
            yield selection.name
        else:
            yield from _fields(selection.selections)


def _names(selections: Iterable[Selection], type_name: str) -> bool:
    return any(
        isinstance(selection, FragmentSpread | InlineFragment)
        and _included(selection.directives)
        and (selection.type_condition == type_name or _names(selection.selections, type_name))
        for selection in selections
    )


def _included(directives: Directives) -> bool:
    skipped = directives.get("skip", {}).get("if", False)
    included = directives.get("include", {}).get("if", True)
    return included and not skipped
