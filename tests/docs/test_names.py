"""The names in the documentation exist: of the schema, of settings, of error codes, of classes, and of commands."""

from __future__ import annotations

import ast
import re

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from typer.main import get_command

from api.cli.commands import app
from api.settings import Settings, variable_of
from integrations.mongo.codec import BODY_CLASSES
from integrations.mongo.collections import COLLECTIONS
from resolvers.schema import schema
from tests.docs.pages import PAGES, ROOT, prose, relative
from tests.docs.test_links import SOURCES
from tests.docs.test_reference import error_codes
from tests.integrations.mongo.stored_types import enums_in

PLANNED = {"AGENT_OFF", "browserToken", "identityToken"}  # so marked in docs/product-rules.md
OF_OTHERS = {
    *("BatchHttpLink", "EventSource", "appendNode", "connectionParams", "fetchPolicy", "fetchQuery"),
    *("fetchSubscriptions", "relayPagination", "relayStylePagination", "subscriptionSpec", "replicaSet", "EX_TEMPFAIL"),
    *("lagSeconds", "oneOf"),  # a field of /readyz, a directive
}
_CODE = re.compile(r"`([^`\n]+)`")
_MIXED_CASE = re.compile(r"\b(?:[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*)\b")
_CAPITALS = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
_COMMAND = re.compile(r"\bbaton ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+(?:-[a-z]+)*))?")


def names_of_the_schema() -> set[str]:
    names: set[str] = set()
    for name, kind in schema._schema.type_map.items():
        names.add(name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            names |= {*kind.fields, *(argument for field in kind.fields.values() for argument in field.args)}
        elif isinstance(kind, GraphQLInputObjectType):
            names |= set(kind.fields)
        elif isinstance(kind, GraphQLEnumType):
            names |= set(kind.values)
    return names


def names_of_the_source() -> set[str]:
    """Classes, and the members of enumerations."""
    names: set[str] = set()
    for node in (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))):
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
            targets = [target for inner in node.body if isinstance(inner, ast.Assign) for target in inner.targets]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def stored_values() -> set[str]:
    return {value for each in enums_in([*COLLECTIONS, *BODY_CLASSES.values()]) for value in each}


KNOWN = {
    *names_of_the_schema(),
    *stored_values(),
    *map(variable_of, Settings.model_fields),
    *error_codes(),
    *names_of_the_source(),
    *PLANNED,
    *OF_OTHERS,
}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_names_exist(page: object) -> None:
    text = prose((ROOT / str(page)).read_text())
    named = {name for code in _CODE.findall(text) for name in _MIXED_CASE.findall(code)} | set(_CAPITALS.findall(text))
    assert sorted(named - KNOWN) == []


def test_what_is_planned_is_not_built() -> None:
    assert names_of_the_schema() & PLANNED == set(), "docs/product-rules.md calls it planned"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_commands_exist(page: object) -> None:
    commands = {name: getattr(command, "commands", {}) for name, command in get_command(app).commands.items()}  # type: ignore[attr-defined]
    for code in re.findall(r"`[^`\n]+`|^```sh\n.*?^```", (ROOT / str(page)).read_text(), re.MULTILINE | re.DOTALL):
        for name, inner in _COMMAND.findall(code):
            assert name in commands, code
            assert not commands[name] or inner in commands[name], code
