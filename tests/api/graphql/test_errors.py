from __future__ import annotations

import logging

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    parse,
    validate,
)
from graphql.execution import Executor

from api.graphql.errors import ErrorFormatter
from domain.connected_services.models import ModelNotConnected
from domain.conversation.errors import (
    AgentNotLive,
    ConversationClosed,
    ConversationFull,
    NotInControl,
    NotYourTurn,
    StaleView,
)
from domain.email_confirmation.errors import EmailNotConnected, TooManyMails
from domain.handoff.errors import NotConnected
from domain.values.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    Unauthenticated,
    Unavailable,
)

CODES: dict[type[DomainError], str] = {
    Invalid: "INVALID",
    NotFound: "NOT_FOUND",
    Forbidden: "FORBIDDEN",
    Conflict: "CONFLICT",
    AgentNotLive: "AGENT_NOT_LIVE",
    ConversationClosed: "CONVERSATION_CLOSED",
    ConversationFull: "CONVERSATION_FULL",
    EmailNotConnected: "NOT_CONNECTED",
    ModelNotConnected: "NOT_CONNECTED",
    Unauthenticated: "UNAUTHENTICATED",
    Unavailable: "UNAVAILABLE",
}


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_domain_errors_keep_their_text(kind: type[DomainError], code: str) -> None:
    formatter = ErrorFormatter()
    raised = GraphQLError("wrapped", path=["a", 0], original_error=kind("Do this."))

    entry = formatter.entry(raised)

    assert entry == {"message": "Do this.", "path": ["a", 0], "extensions": {"code": code}}
    assert formatter.failures == 0


def test_every_refusal_has_its_code() -> None:
    concrete = {kind for kind in Refusal.__subclasses__() if "code" in vars(kind)}

    with_more_arguments = {NotInControl, NotYourTurn, NotConnected, StaleView, TooManyMails}
    assert concrete - with_more_arguments <= set(CODES)


def test_an_unexpected_exception_is_logged_under_the_id_that_the_caller_gets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    formatter = ErrorFormatter()
    cause = RuntimeError("the password is swordfish")
    raised = GraphQLError(str(cause), path=["a"], original_error=GraphQLError(str(cause), original_error=cause))

    with caplog.at_level(logging.ERROR, "baton.graphql"):
        entry = formatter.entry(raised)

    assert "swordfish" not in str(entry)
    assert entry["message"] == "Internal error"
    assert isinstance(entry["extensions"], dict)
    assert caplog.records[0].getMessage() == f"Internal error {entry['extensions']['id']}"
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[1] is cause
    assert formatter.failures == 1


def parse_secretly(value: object) -> object:
    raise ValueError("the password is swordfish")


def test_a_parser_of_a_scalar_is_not_quoted() -> None:
    scalar = GraphQLScalarType("Code", coerce_input_value=parse_secretly)
    field = GraphQLField(GraphQLInt, args={"c": GraphQLArgument(scalar)})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"a": field}))
    document = parse("query($c: Code) { a(c: $c) }")
    assert validate(schema, document) == []

    errors = Executor.build(schema, document, raw_variable_values={"c": "x"})
    assert isinstance(errors, list)
    entries = ErrorFormatter().input_entries(errors)

    assert [entry["extensions"] for entry in entries] == [{"code": "BAD_USER_INPUT"}]
    assert "swordfish" not in str(entries)
    assert "Code" in str(entries[0]["message"])
