"""The names in the documentation exist: of the schema, of settings, of error codes, of classes, and of commands."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from typer.main import get_command

from api.cli.commands import app
from api.settings import Settings, secret_files, variable_of
from resolvers.schema import schema
from tests.docs.pages import PAGES, ROOT, prose, relative
from tests.docs.test_links import SOURCES
from tests.docs.test_reference import error_codes

PLANNED: set[str] = set()  # so marked in docs/product-rules.md
OF_OTHERS = {
    *("StreamMaxLength", "chunkSize", "uploadDate"),  # clamd, GridFS
    *("maxCost", "maxNodes", "retryAfter"),  # of `extensions.cost`, of errors
    *("BatchHttpLink", "EventSource", "appendEdge", "appendNode", "connectionParams", "fetchPolicy", "fetchQuery"),
    *("fetchSubscriptions", "relayPagination", "relayStylePagination", "subscriptionSpec", "replicaSet", "EX_TEMPFAIL"),
    *("lagSeconds", "diskFreeBytes"),  # fields of /readyz
    *("oneOf", "persistedQuery", "documentId"),  # a directive, an extension of requests, a parameter of theirs
    *("persistConfig", "persistedDocuments"),  # options of Relay and of GraphQL Code Generator
    *("accessToken", "sessionExpiresAt", "HttpOnly", "SameSite"),  # of /sign-in/token, of cookies
    *("LimitNOFILE", "setParameter", "transactionLifetimeLimitSeconds", "electionTimeoutMillis"),  # of systemd, MongoDB
    *("minSnapshotHistoryWindowInSeconds", "catchUpTimeoutMillis", "oplogFetcherSteadyStateMaxFetcherRestarts"),  # also
    *("heartbeatFrequencyMS", "syncSourceHost"),  # of MongoDB's drivers, of rs.status()
    "GLIBC_TUNABLES",  # of the C library
    "IdentityVerified",  # a property of the events that Klaviyo is told of
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
    """Classes, the members of enumerations, and constants."""
    names: set[str] = set()
    for path in SOURCES:
        module = ast.parse(path.read_text())
        classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
        names |= {each.name for each in classes}
        assigned = [node for body in (module.body, *(each.body for each in classes)) for node in body]
        targets = [t for node in assigned if isinstance(node, ast.Assign) for t in node.targets]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@cache
def known() -> set[str]:
    settings = {*map(variable_of, Settings.model_fields), *secret_files()}
    return names_of_the_schema() | names_of_the_source() | error_codes() | settings | PLANNED | OF_OTHERS


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_names_exist(page: object) -> None:
    text = prose((ROOT / str(page)).read_text())
    named = {name for code in _CODE.findall(text) for name in _MIXED_CASE.findall(code)} | set(_CAPITALS.findall(text))
    assert sorted(named - known()) == []


def test_planned_entries_do_not_exist_yet() -> None:
    assert names_of_the_schema() & PLANNED == set(), "docs/product-rules.md calls it planned"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_commands_exist(page: object) -> None:
    commands = {name: getattr(command, "commands", {}) for name, command in get_command(app).commands.items()}  # type: ignore[attr-defined]
    for code in re.findall(r"`[^`\n]+`|^```sh\n.*?^```", (ROOT / str(page)).read_text(), re.MULTILINE | re.DOTALL):
        for name, inner in _COMMAND.findall(code):
            assert name in commands, code
            assert not commands[name] or inner in commands[name], code
