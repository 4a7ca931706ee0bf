"""The arguments of a field as they were sent, before coercion: the cost is known before graphql-core reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    BooleanValueNode,
    FieldNode,
    GraphQLField,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
)

_LONGEST_INTEGER = 18  # digits; longer ones stay texts, because Python reads only 4,300 digits


class SentVariables(Mapping[str, object]):
    """The variables of an operation, with the defaults of those left out. Only what is read is looked up."""

    def __init__(self, operation: OperationDefinitionNode, sent: Mapping[str, object]) -> None:
        self._sent = sent
        self._defaults = {d.variable.name.value: d.default_value for d in operation.variable_definitions or ()}

    def __getitem__(self, name: str) -> object:
        if name in self._defaults and name in self._sent:
            return self._sent[name]
        default = self._defaults[name]
        if default is None:
            raise KeyError(name)
        return _untyped(default, {})

    def __iter__(self) -> Iterator[str]:
        return (name for name, default in self._defaults.items() if default is not None or name in self._sent)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Arguments:
    """The arguments of one field. A wrong type is no error here: coercion refuses it later."""

    def __init__(self, field: GraphQLField, node: FieldNode, variables: Mapping[str, object]) -> None:
        self.definitions = field.args
        self._sent: dict[str, ValueNode] = {argument.name.value: argument.value for argument in node.arguments or ()}
        self._variables = variables

    def value(self, name: str) -> object:
        """Return the value as JSON has it; the schema's default if none was sent, and otherwise `None`."""
        value: object = Undefined
        if name in self._sent:
            value = _untyped(self._sent[name], self._variables)
        if value is Undefined and name in self.definitions:
            value = self.definitions[name].default_value
        return None if value is Undefined else value

    def inner(self, *path: str) -> object:
        """Return the value at a path of input fields, or `None`."""
        value = self.value(path[0])
        for name in path[1:]:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def count(self, *path: str) -> int:
        """Return the number of values of a list. A value that is no list counts as a list of one, as in coercion."""
        value = self.inner(*path)
        return len(value) if isinstance(value, list) else int(value is not None)

    def whole(self, *path: str, default: int, most: int) -> int:
        """Return an integer within 1 and `most`; `default` if none was sent, `most` for what is no number."""
        value = self.inner(*path)
        if value is None:
            return default
        return min(max(value, 1), most) if isinstance(value, int) else most


def _untyped(node: ValueNode, variables: Mapping[str, object]) -> object:
    """Return the value of a literal as JSON has it, without regard to its type."""
    match node:
        case VariableNode():
            return variables.get(node.name.value, Undefined)
        case NullValueNode():
            return None
        case ListValueNode():
            return [_untyped(value, variables) for value in node.values]
        case ObjectValueNode():
            return {field.name.value: _untyped(field.value, variables) for field in node.fields}
        case IntValueNode() if len(node.value) <= _LONGEST_INTEGER:
            return int(node.value)
        case BooleanValueNode():
            return node.value
        case _:
            return getattr(node, "value", None)
