"""What an operation asks for, where that decides what it is sent."""

from collections.abc import Iterable

from strawberry.types.nodes import Directives, FragmentSpread, InlineFragment, Selection

from resolvers.context import Info


def names_type(info: Info, type_name: str) -> bool:
    """Whether the field's selection names this type: in a fragment on it, not in one on an interface that it has."""
    return any(_names(field.selections, type_name) for field in info.selected_fields)


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
