"""Fields that depend on who asks have the mark (resolvers/viewer.py): the source of every resolver is searched."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from inspect import unwrap
from pathlib import Path

import pytest
from graphql import GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

import resolvers
from domain.principal import AudiencePrincipal, Principal, PrincipalKind, Scope, StaffRole
from domain.values.ids import AccountId, CredentialId, SessionId, StaffId
from resolvers.schema import schema
from resolvers.viewer import is_for_viewer

_OF_ONE = {"credential_id", "first_id", "staff_id", "session_id", "address", "expires_at", "subject", "viewer"}
_ROOTS_WITH_OTHER_RULES = {"Mutation", "Subscription"}  # a mutation is never shared; a stream has its `state`

PRINCIPAL = Principal(
    kind=PrincipalKind.STAFF,
    account_id=AccountId("A"),
    credential_id=CredentialId("K"),
    staff_id=StaffId("S"),
    session_id=SessionId("N"),
    role=StaffRole.SUPPORT,
    scopes=frozenset({Scope.INBOX_READ}),
    address="192.0.2.1",
)


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in Path(resolvers.__path__[0]).rglob("*.py"):
        if "mutations" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node.name, node


def _is_principal(node: ast.expr) -> bool:
    return ast.unparse(node).rsplit(".", 1)[-1] in ("principal", "_principal")


def _reads_viewer(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Attribute) and inner.attr in _OF_ONE and _is_principal(inner.value)
        for inner in ast.walk(node)
    )


def _readers() -> set[str]:
    """Return the names of all functions that ask who the caller is, by themselves or through another one. Two functions
    of one name count as one, so that there may be too many."""
    called: defaultdict[str, set[str]] = defaultdict(set)
    readers = set()
    for name, node in _functions():
        if _reads_viewer(node):
            readers.add(name)
        if name != "of":  # the conversion of a row; the field that it fills is marked by itself
            called[name] |= {_name(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
    readers.discard("of")
    while more := {name for name, calls in called.items() if calls & readers} - readers:
        readers |= more
    return readers


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rsplit(".", 1)[-1]


def _resolvers() -> Iterator[tuple[str, str, str]]:
    for of_type in schema._schema.type_map.values():
        if not isinstance(of_type, GraphQLObjectType) or of_type.name in _ROOTS_WITH_OTHER_RULES:
            continue
        for name, field in of_type.fields.items():
            definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            if isinstance(definition, StrawberryField) and definition.base_resolver is not None:
                yield of_type.name, name, unwrap(definition.base_resolver.wrapped_func).__name__


def test_every_resolver_that_asks_who_the_caller_is_has_the_mark() -> None:
    readers = _readers()
    asking = {(of_type, field) for of_type, field, function in _resolvers() if function in readers}
    assert {("Query", "me"), ("Query", "inbox"), ("Account", "signIn")} <= asking
    assert [place for place in asking if not is_for_viewer(schema._schema.type_map[place[0]], place[1])] == []


def test_a_session_knows_whether_it_is_the_caller_s_own() -> None:
    assert is_for_viewer(schema._schema.type_map["Session"], "current")


@pytest.mark.parametrize("name", sorted(_OF_ONE - {"subject", "viewer"}))
def test_an_audience_has_no_member(name: str) -> None:
    audience = PRINCIPAL.as_audience()
    with pytest.raises(TypeError, match="mark the field"):
        getattr(audience, name)
    assert isinstance(audience, AudiencePrincipal)


def test_an_audience_may_see_what_its_members_may() -> None:
    audience = PRINCIPAL.as_audience()
    assert audience.audience == PRINCIPAL.audience
    assert audience.permissions == PRINCIPAL.permissions
    assert (audience.inside, audience.manages, audience.works_for_all) == (
        PRINCIPAL.inside,
        PRINCIPAL.manages,
        PRINCIPAL.works_for_all,
    )
