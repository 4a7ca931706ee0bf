"""Generates the Python function that writes the plain fields of an object, which are its attributes.

    { id displayName closedAt contact { email } tags profile { name } }

of a Conversation becomes, with the resolver field `profile` as a place to be filled later:

    def write(o):
        if type(o) not in known: check(o)
        return {
            "id": v if type(v := o.id) is str else w0(v),
            "displayName": v if type(v := o.display_name) is str else w1(v),
            "closedAt": None if (v := o.closed_at) is None else w2(v),
            "contact": w3(o.contact),
            "tags": w4(o.known_tags),
            "profile": None,
        }

This is three times as fast as a loop over the fields. Only names of the schema and of the document get into the source;
both consist of letters, digits and underscores, and response names are written as literals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from keyword import iskeyword
from types import CodeType
from typing import Any, cast

from graphql import GraphQLObjectType
from strawberry.types.cast import get_strawberry_type_cast

from api.graphql.plan.leaves import NotPlain, Write, check_harmless
from domain.values.record import Record

_SOURCES = 1_000  # compiled functions that are cached; many documents have some in common
_LONGEST = 8_000  # characters of one of them; a page of 20 fields has 1,000
WriteObject = Callable[[Any], dict[str, Any]]


class PlainField(Record):
    """A field of the function. `write` is None for a place that is filled later, with `text` as its constant value."""

    name: str  # of the response
    attribute: str = ""
    test: str | None = None
    write: Write | None = None
    nullable: bool = False
    text: str | None = None

    def expression(self, index: int) -> str:
        if self.write is None:
            return repr(self.text)
        value = f"o.{self.attribute}"
        if self.nullable:
            inner = f"w{index}(v)" if self.test is None else f"v if {self.test} else w{index}(v)"
            return f"None if (v := {value}) is None else {inner}"
        if self.test is None:
            return f"w{index}({value})"
        return f"v if {self.test.replace('(v)', f'(v := {value})', 1)} else w{index}(v)"


def is_attribute(name: str) -> bool:
    return name.isidentifier() and not iskeyword(name)


def write_function(object_type: GraphQLObjectType, fields: Sequence[PlainField]) -> WriteObject:
    """Return the function that writes an object. It raises `NotPlain` or another error if the object is not plain."""
    check = _TypeCheck(object_type)
    guard = "type(o) not in known" + (" or cast(o) is not None" if object_type.is_type_of else "")
    members = ", ".join(f"{field.name!r}: {field.expression(index)}" for index, field in enumerate(fields))
    source = f"def write(o):\n    if {guard}: check(o)\n    return {{{members}}}\n"
    scope: dict[str, Any] = {"known": check.known, "check": check.check, "cast": get_strawberry_type_cast}
    scope.update({f"w{index}": field.write for index, field in enumerate(fields)})
    code: CodeType = _compiled(source) if len(source) <= _LONGEST else _compiled.__wrapped__(source)
    exec(code, scope)  # noqa: S102 - see the head of the module for what gets into the source
    write: WriteObject = scope["write"]
    return write


@lru_cache(_SOURCES)
def _compiled(source: str) -> CodeType:
    return compile(source, "<plan>", "exec")


class _TypeCheck:
    """Remembers the classes whose objects may be written as the object type."""

    def __init__(self, object_type: GraphQLObjectType) -> None:
        self.known: set[type] = set()
        self._is_type_of = object_type.is_type_of

    def check(self, value: object) -> None:
        check_harmless(type(value))
        # Strawberry's own predicate depends on the class alone, unless the object was cast.
        if self._is_type_of is not None and (
            get_strawberry_type_cast(value) is not None or self._is_type_of(value, cast(Any, None)) is not True
        ):
            raise NotPlain
        self.known.add(type(value))
