"""Writes the typed operations of the Python client from the SDL and `clients/operations.graphql`: `make clients`.

A generator of our own, because ariadne-codegen needs an older graphql-core than the server. Results are plain dicts,
typed as TypedDict; unions of them are told apart by `__typename`.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from pathlib import Path

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    build_schema,
    is_required_input_field,
    parse,
    print_ast,
    type_from_ast,
    validate,
)

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "clients" / "python" / "baton_client" / "operations.py"
_SCALARS = {"Int": "int", "Float": "float", "Boolean": "bool"}  # the others are strings in JSON
_HEAD = '''"""Typed operations of Baton. Written by `make clients` from `clients/operations.graphql`; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, NotRequired, TypedDict, cast

from baton_client.connection import Connection, with_key

'''


class Generator:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        errors = validate(schema, document)
        if errors:
            raise SystemExit("\n".join(map(str, errors)))
        self._schema = schema
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
        self._types: dict[str, str] = {}  # the text of each, those that another needs before it
        self._constants: list[str] = []

    def text(self) -> str:
        methods = [self._method(operation) for operation in self._operations]
        client = "class Baton(Connection):\n" + '    """A client of Baton, with a method for each operation."""\n\n'
        return "\n\n".join([_HEAD, *self._types.values(), *self._constants, client + "\n".join(methods)])

    # Operations

    def _method(self, node: OperationDefinitionNode) -> str:
        assert node.name is not None
        name = node.name.value
        [root] = node.selection_set.selections
        assert isinstance(root, FieldNode), f"{name} has one field at its root"
        parent = self._schema.get_root_type(node.operation)
        assert parent is not None
        field = parent.fields[root.name.value]
        assert root.selection_set is not None
        result = self._output(field.type, [root.selection_set], name)
        constant = f"_{_snake(name).upper()}"
        self._constants.append(f'{constant} = """\n{self._document(node)}"""')
        parameters, variables = [], []
        for variable in node.variable_definitions or ():
            key = variable.variable.name.value
            kind = type_from_ast(self._schema, variable.type)
            required = isinstance(kind, GraphQLNonNull) and variable.default_value is None
            nullable = f"{self._input(kind.of_type if isinstance(kind, GraphQLNonNull) else kind)} | None = None"
            parameters.append((not required, f"{_snake(key)}: {self._input(kind) if required else nullable}"))
            keyed = isinstance(kind, GraphQLNonNull) and "idempotencyKey" in getattr(kind.of_type, "fields", ())
            variables.append(f'"{key}": ' + (f"with_key({_snake(key)})" if keyed else _snake(key)))
        signature = ", ".join(["self", "*", *(text for _, text in sorted(parameters, key=lambda each: each[0]))])
        given = f"{constant}, {{{', '.join(variables)}}}"
        told = f'        """{(field.description or name).splitlines()[0].split(". ")[0].rstrip(".")}."""\n'
        if node.operation is OperationType.SUBSCRIPTION:
            kind_ = f"AsyncGenerator[{result}, None]"
            head = f"    def {_snake(name)}({signature}) -> {kind_}:\n"
            return f'{head}{told}        return cast("{kind_}", self.subscribe({given}))\n'
        head = f"    async def {_snake(name)}({signature}) -> {result}:\n"
        return f'{head}{told}        return cast("{result}", await self.execute({given}))\n'

    def _document(self, node: OperationDefinitionNode) -> str:
        """The text of an operation with its fragments, in the order of their use."""
        used: dict[str, None] = {}
        waiting = [print_ast(node)]
        for text in waiting:
            for name in re.findall(r"\.\.\.(\w+)$", text, re.MULTILINE):
                if name not in used:
                    used[name] = None
                    waiting.append(print_ast(self._fragments[name]))
        return "\n\n".join(waiting) + "\n"

    # Results

    def _output(self, kind: object, sets: list[SelectionSetNode], name: str) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, sets, name)
        return f"{self._present(kind, sets, name)} | None"

    def _present(self, kind: object, sets: list[SelectionSetNode], name: str) -> str:
        if isinstance(kind, GraphQLList):
            return f"list[{self._output(kind.of_type, sets, name)}]"
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return self._leaf(kind)
        return self._composite(kind, sets, name)

    def _leaf(self, kind: GraphQLScalarType | GraphQLEnumType) -> str:
        if isinstance(kind, GraphQLScalarType):
            return _SCALARS.get(kind.name, "str")
        self._types.setdefault(kind.name, f"{kind.name} = Literal[{', '.join(f'{value!r}' for value in kind.values)}]")
        return kind.name

    def _composite(self, kind: object, sets: list[SelectionSetNode], name: str) -> str:
        """A TypedDict for an object; for an interface or a union, one for each group of types with the same fields."""
        fragment = self._only_fragment(kind, sets)
        if fragment is not None:
            return self._composite(kind, [fragment.selection_set], fragment.name.value)
        if name in self._types:
            return name
        possible = [kind] if isinstance(kind, GraphQLObjectType) else self._schema.get_possible_types(kind)  # type: ignore[arg-type]
        groups: dict[object, list[GraphQLObjectType]] = {}
        for each in sorted(possible, key=lambda member: member.name):
            fields = self._fields(each, sets)
            shape = tuple((key, tuple(id(node) for node in nodes)) for key, nodes in fields.items())
            groups.setdefault(shape, []).append(each)
        if len(groups) == 1:
            return self._typed_dict(name, next(iter(groups.values())), sets)
        members = []
        for types in groups.values():
            own = types[0].name if len(types) == 1 else "Other"
            members.append(self._typed_dict(f"{name}{own}", types, sets))
        self._types[name] = f"{name} = {' | '.join(members)}"
        return name

    def _only_fragment(self, kind: object, sets: list[SelectionSetNode]) -> FragmentDefinitionNode | None:
        """The fragment that is all of a selection, if there is one and it is on the same type."""
        selections = [selection for each in sets for selection in each.selections]
        if len(selections) == 1 and isinstance(selections[0], FragmentSpreadNode):
            fragment = self._fragments[selections[0].name.value]
            if fragment.type_condition.name.value == getattr(kind, "name", None):
                return fragment
        return None

    def _fields(self, kind: GraphQLObjectType, sets: list[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The selected fields of an object of this type, by their keys in the response."""
        found: dict[str, list[FieldNode]] = {}
        for each in sets:
            for node in each.selections:
                if isinstance(node, FieldNode):
                    found.setdefault((node.alias or node.name).value, []).append(node)
                    continue
                inner = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
                condition = inner.type_condition  # type: ignore[union-attr]
                if condition is None or self._applies(condition.name.value, kind):
                    for key, nodes in self._fields(kind, [inner.selection_set]).items():  # type: ignore[union-attr]
                        found.setdefault(key, []).extend(nodes)
        return found

    def _applies(self, condition: str, kind: GraphQLObjectType) -> bool:
        if condition == kind.name:
            return True
        abstract = self._schema.type_map[condition]
        return not isinstance(abstract, GraphQLObjectType) and self._schema.is_sub_type(abstract, kind)  # type: ignore[arg-type]

    def _typed_dict(self, name: str, types: list[GraphQLObjectType], sets: list[SelectionSetNode]) -> str:
        entries = {}
        for key, nodes in self._fields(types[0], sets).items():
            field = nodes[0].name.value
            if field == "__typename":
                entries[key] = f"Literal[{', '.join(repr(each.name) for each in types)}]"
            else:
                inner = [node.selection_set for node in nodes if node.selection_set is not None]
                entries[key] = self._output(types[0].fields[field].type, inner, f"{name}{key[0].upper()}{key[1:]}")
        self._add(name, entries)
        return name

    def _add(self, name: str, entries: dict[str, str]) -> None:
        if name in self._types:
            raise SystemExit(f"{name} is the name of two types: rename an operation or a fragment.")
        if any(keyword.iskeyword(key) or key.startswith("__") for key in entries):  # a class would mangle its name
            rows = "".join(f'"{key}": {kind},' for key, kind in entries.items())
            self._types[name] = f'{name} = TypedDict("{name}", {{{rows}}})'
        else:
            rows = "".join(f"    {key}: {kind}\n" for key, kind in entries.items())
            self._types[name] = f"class {name}(TypedDict):\n{rows}"

    # Inputs

    def _input(self, kind: object) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._input(kind.of_type)
        if isinstance(kind, GraphQLList):
            inner = self._input(kind.of_type)
            return f"list[{inner if isinstance(kind.of_type, GraphQLNonNull) else f'{inner} | None'}]"
        if isinstance(kind, GraphQLInputObjectType):
            return self._input_object(kind)
        assert isinstance(kind, GraphQLScalarType | GraphQLEnumType)
        return self._leaf(kind)

    def _input_object(self, kind: GraphQLInputObjectType) -> str:
        if kind.name in self._types:
            return kind.name
        if kind.is_one_of:
            members = [f"{kind.name}{key[0].upper()}{key[1:]}" for key in kind.fields]
            for member, (key, field) in zip(members, kind.fields.items(), strict=True):
                self._add(member, {key: self._input(field.type)})
            self._types[kind.name] = f"{kind.name} = {' | '.join(members)}"
            return kind.name
        entries = {}
        for key, field in kind.fields.items():
            required = is_required_input_field(field)
            inner = self._input(field.type)
            present = inner if isinstance(field.type, GraphQLNonNull) else f"{inner} | None"
            entries[key] = inner if required else f"NotRequired[{present}]"
        self._add(kind.name, entries)
        return kind.name


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def generated() -> str:
    """The text of `operations.py`, as ruff formats it."""
    schema = build_schema((ROOT / "schema.graphql").read_text())
    text = Generator(schema, parse((ROOT / "clients" / "operations.graphql").read_text())).text()
    for command in (["check", "--fix", "--quiet"], ["format"]):
        ruff = [str(Path(sys.executable).with_name("ruff")), *command, "--stdin-filename", str(TARGET), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    TARGET.write_text(generated())
