"""Random valid operations over any schema: fragments, aliases, variables, @skip and @include, interfaces and unions.

    text, variables = random_operation(schema, Random(seed))

Aliases are few, so that fields are often merged; an operation in which they conflict is drawn again.
"""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OverlappingFieldsCanBeMergedRule,
    do_types_overlap,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
    parse,
    validate,
)

from domain.values.record import UNKNOWN

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType

_LITERALS = {
    "Int": ("0", "7", "-3"),
    "Float": ("1.5", "2"),
    "Boolean": ("true", "false"),
    "Date": ('"2026-06-07"',),
    "DateTime": ('"2026-06-07T09:30:00.000Z"',),
    "Decimal": ('"19.90"',),
    "Duration": ('"P5D"',),
}
_VALUES: dict[str, tuple[object, ...]] = {
    "Int": (0, 7, -3),
    "Float": (1.5, 2),
    "Boolean": (True, False),
    "Date": ("2026-06-07",),
    "DateTime": ("2026-06-07T09:30:00.000Z",),
    "Decimal": ("19.90",),
    "Duration": ("P5D",),
}
_NOT_BY_CONSTRUCTION = (OverlappingFieldsCanBeMergedRule,)  # the other rules hold for every operation made here
_TEXTS = ("a", "", "x y", "å😀")


def random_operation(schema: GraphQLSchema, random: Random, *, kind: str = "query") -> tuple[str, dict[str, Any]]:
    while True:
        made = _Operation(schema, random)
        text = made.text(kind)
        if not validate(schema, parse(text), _NOT_BY_CONSTRUCTION, max_errors=1):
            return text, made.values


class _Operation:
    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._fragments: list[str] = []
        self._conditions: list[Composite] = []  # of the fragments
        self._aliases: dict[str, tuple[str, str]] = {}  # the field, and its type, that each stands for
        self._variables: list[str] = []
        self._left = 40  # fields, so that an operation stays within the limits
        self.values: dict[str, Any] = {}

    def text(self, kind: str) -> str:
        root = {
            "query": self._schema.query_type,
            "mutation": self._schema.mutation_type,
            "subscription": self._schema.subscription_type,
        }[kind]
        assert root is not None
        most = 1 if kind == "subscription" else 4
        selection = self._selection(root, depth=self._random.randint(2, 6), most=most, plain=kind == "subscription")
        variables = f"({', '.join(self._variables)})" if self._variables else ""
        return "\n".join([f"{kind} Q{variables} {selection}", *self._fragments])

    def _selection(self, on: Composite, *, depth: int, most: int = 6, plain: bool = False) -> str:
        parts: list[str] = []
        for _ in range(self._random.randint(1, most)):
            chance = self._random.random()
            if plain or chance < 0.7:
                parts.append(self._field(on, depth))
            elif chance < 0.85:
                parts.append(self._inline(on, depth))
            else:
                parts.append(self._spread(on, depth))
        return "{ " + " ".join([part for part in parts if part] or ["__typename"]) + " }"

    def _field(self, on: Composite, depth: int) -> str:
        self._left -= 1
        fields = {} if isinstance(on, GraphQLUnionType) else on.fields
        names = [name for name, f in fields.items() if depth > 0 or is_leaf_type(get_named_type(f.type))]
        if not names or self._left < 0 or self._random.random() < 0.08:
            return "__typename"
        name = self._random.choice(names)
        field = fields[name]
        named = get_named_type(field.type)
        inner = "" if is_leaf_type(named) else self._selection(named, depth=depth - 1)
        arguments = self._arguments(field)
        alias = self._alias(name, str(field.type), arguments)
        return f"{alias}{name}{arguments}{self._directives()} {inner}"

    def _alias(self, name: str, of_type: str, arguments: str) -> str:
        """Return the alias, which stands for one field in the whole operation: otherwise it may be in conflict."""
        if arguments:
            return f"x{self._left + 100}: "
        alias = self._random.choice((name, name, f"{name}2", "a", "b"))
        if self._aliases.setdefault(alias, (name, of_type)) != (name, of_type):
            alias = f"y{self._left + 100}"
        return "" if alias == name else f"{alias}: "

    def _inline(self, on: Composite, depth: int) -> str:
        condition = self._condition(on)
        about = f" on {condition.name}" if condition is not on or self._random.random() < 0.5 else ""
        return f"...{about}{self._directives()} {self._selection(condition, depth=depth, most=3)}"

    def _spread(self, on: Composite, depth: int) -> str:
        fitting = [n for n, other in enumerate(self._conditions) if do_types_overlap(self._schema, on, other)]
        if fitting and self._random.random() < 0.4:
            return f"...F{self._random.choice(fitting)}"
        condition = self._condition(on)
        selection = self._selection(condition, depth=depth, most=3)
        self._conditions.append(condition)
        self._fragments.append(f"fragment F{len(self._fragments)} on {condition.name} {selection}")
        return f"...F{len(self._fragments) - 1}{self._directives()}"

    def _condition(self, on: Composite) -> Composite:
        """Return a type that an object of `on` may have."""
        options: list[Composite] = [on]
        if is_abstract_type(on):
            options += self._random.sample(list(self._schema.get_possible_types(on)), 1)
        else:
            options += list(getattr(on, "interfaces", ()))
        return self._random.choice(options)

    def _directives(self) -> str:
        if self._random.random() < 0.85:
            return ""
        name = self._random.choice(("skip", "include"))
        value = self._random.choice(("true", "false", "$"))
        if value == "$":
            value = self._variable("Boolean!", self._random.random() < 0.5)
        return f" @{name}(if: {value})"

    def _arguments(self, field: GraphQLField) -> str:
        given = [
            f"{name}: {self._value(argument.type)}"
            for name, argument in field.args.items()
            if is_required_argument(argument) or self._random.random() < 0.3
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, of_type: GraphQLInputType) -> str:
        if self._random.random() < 0.3:
            return self._variable(str(of_type), self._json(of_type))
        return self._literal(of_type)

    def _variable(self, type_text: str, value: object) -> str:
        name = f"v{len(self._variables)}"
        self._variables.append(f"${name}: {type_text}")
        if type_text.endswith("!") or self._random.random() < 0.8:
            self.values[name] = value
        return f"${name}"

    def _literal(self, of_type: GraphQLInputType) -> str:
        if isinstance(of_type, GraphQLNonNull):
            return self._literal_given(of_type.of_type)
        return "null" if self._random.random() < 0.1 else self._literal_given(of_type)

    def _literal_given(self, of_type: Any) -> str:
        if isinstance(of_type, GraphQLList):
            return "[" + " ".join(self._literal(of_type.of_type) for _ in range(self._random.randint(0, 2))) + "]"
        if isinstance(of_type, GraphQLEnumType):
            return self._random.choice([name for name in of_type.values if name != UNKNOWN])
        if isinstance(of_type, GraphQLInputObjectType):
            given = {name: self._literal(of_type.fields[name].type) for name in self._input_fields(of_type)}
            return "{" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}"
        texts = tuple(f'"{text}"' for text in _TEXTS)
        return self._random.choice(_LITERALS.get(of_type.name, texts))

    def _json(self, of_type: Any) -> Any:
        if isinstance(of_type, GraphQLNonNull):
            return self._json_given(of_type.of_type)
        return None if self._random.random() < 0.1 else self._json_given(of_type)

    def _json_given(self, of_type: Any) -> Any:
        if isinstance(of_type, GraphQLList):
            return [self._json(of_type.of_type) for _ in range(self._random.randint(0, 2))]
        if isinstance(of_type, GraphQLEnumType):
            return self._random.choice([name for name in of_type.values if name != UNKNOWN])
        if isinstance(of_type, GraphQLInputObjectType):
            return {name: self._json(of_type.fields[name].type) for name in self._input_fields(of_type)}
        return self._random.choice(_VALUES.get(of_type.name, _TEXTS))

    def _input_fields(self, of_type: GraphQLInputObjectType) -> list[str]:
        if of_type.is_one_of:
            return [self._random.choice(list(of_type.fields))]
        return [n for n, f in of_type.fields.items() if is_required_input_field(f) or self._random.random() < 0.2]
