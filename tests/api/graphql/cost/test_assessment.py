"""Assessments are remembered by the variables that count, and are what a new calculation gives."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from api.graphql.cost.assessment import Assessment, Assessments
from api.graphql.limits import Limits
from resolvers.schema import schema
from tests.harness.memory import bytes_left_by

PAGE = """query($first: Int = 10, $after: String, $filter: ConversationFilter) {
  conversations(first: $first, after: $after, filter: $filter) { nodes { id messages(first: 5) { nodes { id } } } }
}"""
SCHEMA = schema._schema


def assessed(known: Assessments, text: str, **variables: Any) -> Assessment:
    document = parse(text)
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return known.of(SCHEMA, document, node, variables, Limits())


def test_variables_that_do_not_count_do_not_lead_to_a_new_calculation() -> None:
    known = Assessments()

    first = assessed(known, PAGE, first=20, after="a")

    assert assessed(known, PAGE, first=20, after="b") is first
    assert assessed(known, PAGE, first=20, other=5) is first
    assert assessed(known, PAGE, first=21, after="a") is not first


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"first": 50},
        {"first": None},
        {"first": "x"},
        {"first": 100},
        {"filter": {"search": "x"}},
        {"filter": {"search": ""}},
        {"filter": None},
        {"first": 50, "filter": {"status": ["OPEN"]}},
    ],
)
def test_a_remembered_assessment_is_that_of_a_new_calculation(variables: dict[str, Any]) -> None:
    known = Assessments()
    for others in ({}, {"first": 3}, {"filter": {"search": "y"}}, {"first": None, "filter": {}}):
        assessed(known, PAGE, **others)

    for _ in range(2):
        again, new = assessed(known, PAGE, **variables), assessed(Assessments(), PAGE, **variables)
        assert (again.cost, [e.message for e in again.refusals]) == (new.cost, [e.message for e in new.refusals])


def test_few_are_remembered() -> None:
    known = Assessments()
    for first in range(1, 101):
        assessed(known, PAGE, first=first)
    assert len(known._known) <= 32


def test_the_writes_of_a_mutation_are_worked_out_each_time() -> None:
    known = Assessments()
    text = "mutation($input: StartConversationInput!) { startConversation(input: $input) { errors { message } } }"
    one, other = (
        assessed(known, text, input={"visitor": {"browserToken": token}, "channel": "WEB_CHAT", "text": "Hi"})
        for token in ("a", "b")
    )
    assert one.writes.browsers.keys() != other.writes.browsers.keys()
    assert not known._known


def test_a_mutation_that_counts_no_variable_is_remembered() -> None:
    known = Assessments()
    text = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { message } } }"
    first = assessed(known, text, input={"conversationId": "a", "text": "Hi"})
    again = assessed(known, text, input={"conversationId": "b", "text": "And when?"})
    assert again is first
    assert first.writes.messages == 1
    assert first.cost == assessed(Assessments(), text).cost


def test_a_value_that_is_no_page_size_is_not_kept() -> None:
    """Assessments come before the coercion of variables, so the value may be as large as the request."""
    known = Assessments()
    document = parse(PAGE)
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)

    def ask(number: int) -> None:
        known.of(SCHEMA, document, node, {"first": f"{number}{'a' * 100_000}"}, Limits())

    assert bytes_left_by(ask, 30) < 10_000
