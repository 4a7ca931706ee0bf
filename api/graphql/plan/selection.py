"""CollectFields of the GraphQL specification, at compile time: the fields that a selection has for an object type.

@skip and @include depend on variables. Their conditions are decided before compilation, so that a plan has none: a
document with conditions has one plan for each combination of their values (`Conditions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

_KNOWN_DIRECTIVES = frozenset({"skip", "include"})

Conditions = Mapping[str, bool]
"""The values of the variables on which @skip and @include depend."""


class CannotCompile(Exception):
    """The operation has something that graphql-core has to execute."""


def conditional_variables(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[str, ...]:
    """Return the variables of all @skip and @include. Raises `CannotCompile` for any other directive."""
    if operation.directives:
        raise CannotCompile("a directive of the operation")
    names: set[str] = set()
    seen: set[str] = set()
    waiting: list[SelectionNode] = list(operation.selection_set.selections)
    while waiting:
        node = waiting.pop()
        for directive in node.directives or ():
            if directive.name.value not in _KNOWN_DIRECTIVES:
                raise CannotCompile(f"@{directive.name.value}")
            if isinstance(value := _condition(directive), VariableNode):
                names.add(value.name.value)
        if isinstance(node, FragmentSpreadNode):
            if node.name.value not in seen:
                seen.add(node.name.value)
                waiting += _fragment(node, fragments).selection_set.selections
        elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
            waiting += node.selection_set.selections
    return tuple(sorted(names))


def _fragment(node: FragmentSpreadNode, fragments: Mapping[str, FragmentDefinitionNode]) -> FragmentDefinitionNode:
    definition = fragments[node.name.value]
    if definition.variable_definitions:
        raise CannotCompile("variables of a fragment")
    return definition


def _condition(directive: DirectiveNode) -> Node:
    (argument,) = directive.arguments or ()
    return argument.value


class Selections:
    """Collects the fields of selection sets of one document, under fixed conditions."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], conditions: Conditions
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._conditions = conditions

    def collect(self, sets: Iterable[SelectionSetNode], object_type: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """Return the fields by response name, in the order of the response. Nodes of one name are one field."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()  # a fragment counts once in a selection
        for each in sets:
            for node in self._fields(each, object_type, spread):
                found.setdefault((node.alias or node.name).value, []).append(node)
        return found

    def _fields(
        self, selections: SelectionSetNode, object_type: GraphQLObjectType, spread: set[str]
    ) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in spread:
                    continue
                fragment: FragmentDefinitionNode | InlineFragmentNode = self._fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)
                fragment = node
            if not self._fits(fragment, object_type):
                continue
            if isinstance(node, FragmentSpreadNode):
                spread.add(node.name.value)
            yield from self._fields(fragment.selection_set, object_type, spread)

    def _is_included(self, node: SelectionNode) -> bool:
        return all(self._value(each) is (each.name.value == "include") for each in node.directives or ())

    def _value(self, directive: DirectiveNode) -> bool:
        node = _condition(directive)
        if isinstance(node, VariableNode):
            return self._conditions[node.name.value]
        assert isinstance(node, BooleanValueNode), "the document is valid"
        return node.value

    def _fits(self, fragment: FragmentDefinitionNode | InlineFragmentNode, object_type: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self._schema.type_map[fragment.type_condition.name.value]
        if condition is object_type:
            return True
        return is_abstract_type(condition) and self._schema.is_sub_type(condition, object_type)
