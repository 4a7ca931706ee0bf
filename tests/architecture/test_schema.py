"""The schema is described, committed, and nowhere stricter than the public contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_introspection_query,
    graphql_sync,
    is_introspection_type,
    is_specified_scalar_type,
)
from graphql.pyutils import natural_comparison_key
from graphql.utilities import BreakingChangeType, find_breaking_changes

from resolvers.schema import schema, sdl

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT.parent / "shared" / "contract.graphql"

# Parts of the contract that do not exist yet. Remove an entry when it is built.
NOT_YET: set[str] = set()


@pytest.fixture(scope="module")
def committed() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text())


def test_committed_schema_is_that_of_the_code() -> None:
    assert (ROOT / "schema.graphql").read_text() == sdl(), "run `make schema`"


def descriptions(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Yield every element of the schema with its description."""
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        yield name, kind.description or ""
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", given.description or "") for value, given in kind.values.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field.description or ""
                for argument_name, argument in getattr(field, "args", {}).items():
                    yield f"{name}.{field_name}({argument_name})", argument.description or ""


def test_everything_has_a_description(committed: GraphQLSchema) -> None:
    """A description is a sentence or a noun phrase of three words or more."""
    assert len(list(descriptions(committed))) > 1_000
    short = {name: text for name, text in descriptions(committed) if len(text.split()) < 3 or text[-1] not in ".)"}
    assert short == {}


# Descriptions that depend on their context, or are not sentences of technical English.
RIDDLE = re.compile(
    r"^(Who|Whoever|What|Whatever|Whose|Of|As|Behind|Up to|Without|Under|By|Also)\b"
    r"|\banswer(s|ed)?\b|\b(that|the) one\b|those that|one that|\bfor ever\b|\b[Ww]hich\."
)


def test_descriptions_are_plain_sentences(committed: GraphQLSchema) -> None:
    riddles = [
        (name, sentence)
        for name, text in descriptions(committed)
        for sentence in re.split(r"(?<=[.!?;:])\s+", text)
        if RIDDLE.search(sentence)
    ]
    assert riddles == []


def contract() -> GraphQLSchema:
    if not CONTRACT.exists():
        pytest.skip("the public contract stands outside of the repository, and not here")
    return build_schema(CONTRACT.read_text())


def elements(schema: GraphQLSchema) -> set[str]:
    """Names of types, of their fields, arguments and values."""
    found = set()
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        found.add(name)
        found |= {f"{name}.{value}" for value in getattr(kind, "values", {})}
        for field_name, field in getattr(kind, "fields", {}).items():
            found.add(f"{name}.{field_name}")
            found |= {f"{name}.{field_name}({argument})" for argument in getattr(field, "args", {})}
    return found


def test_contract_is_kept_but_for_what_is_not_built_yet(committed: GraphQLSchema) -> None:
    missing = elements(contract()) - elements(committed)
    unbuilt = {e for e in missing if {e, e.split("(")[0], e.split(".")[0]} & NOT_YET}
    assert missing - unbuilt == set()


def test_list_of_what_is_not_built_yet_is_no_longer_than_it_must_be(committed: GraphQLSchema) -> None:
    missing = elements(contract()) - elements(committed)
    assert missing >= NOT_YET


def test_nothing_became_stricter_than_the_contract(committed: GraphQLSchema) -> None:
    """Fields that exist accept and return the contract's types. Missing ones are listed above; unions lack the members
    that do not exist."""
    by_name = {
        BreakingChangeType.TYPE_REMOVED,
        BreakingChangeType.FIELD_REMOVED,
        BreakingChangeType.ARG_REMOVED,
        BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
    }
    broken = [change for change in find_breaking_changes(contract(), committed) if change.type not in by_name]
    assert [
        change.description
        for change in broken
        if not (change.type is BreakingChangeType.TYPE_REMOVED_FROM_UNION and change.description.split()[0] in NOT_YET)
    ] == []


# Clients with a normalised cache (Apollo, Relay, urql) rely on these.


def objects(schema: GraphQLSchema) -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(kind):
            yield kind


def implements(kind: GraphQLObjectType | GraphQLInterfaceType, name: str) -> bool:
    return kind.name == name or any(interface.name == name for interface in kind.interfaces)


def test_only_nodes_have_an_id(committed: GraphQLSchema) -> None:
    """Apollo and urql use `id` as the key of an object, so that two actions with the id "accept" would become one."""
    assert [kind.name for kind in objects(committed) if ("id" in kind.fields) is not implements(kind, "Node")] == []


def test_id_of_a_node_is_an_id_and_never_null(committed: GraphQLSchema) -> None:
    assert {str(kind.fields["id"].type) for kind in objects(committed) if "id" in kind.fields} == {"ID!"}


def test_connections_are_those_of_relay(committed: GraphQLSchema) -> None:
    """Relay's compiler and `relayStylePagination` treat every type named `…Connection` as a Relay connection."""
    for kind in objects(committed):
        if kind.name.endswith("Connection"):
            assert str(kind.fields["pageInfo"].type) == "PageInfo!", kind.name
            node = kind.name.removesuffix("Connection")
            assert str(kind.fields["edges"].type) == f"[{node}Edge!]!"
            edge = committed.type_map[f"{node}Edge"]
            assert isinstance(edge, GraphQLObjectType)
            assert str(edge.fields["cursor"].type) == "String!"
            assert implements(committed.type_map[str(edge.fields["node"].type).rstrip("!")], "Node")  # type: ignore[arg-type]
    paged = {
        f"{kind.name}.{name}": str(field.type).rstrip("!")
        for kind in objects(committed)
        if kind.name != "Subscription"
        for name, field in kind.fields.items()
        if "after" in field.args
    }
    assert [name for name, returned in paged.items() if not returned.endswith("Connection")] == []


def test_every_payload_says_why_it_was_refused(committed: GraphQLSchema) -> None:
    mutation = committed.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        payload = committed.type_map[str(field.type).rstrip("!")]
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["errors"].type) == "[UserError!]!", name
        assert list(field.args) == ["input"], name


def test_a_list_that_a_mutation_adds_to_gets_its_edge(committed: GraphQLSchema) -> None:
    edges = {
        f"{kind.name}.{name}": str(field.type)
        for kind in objects(committed)
        if kind.name.endswith("Payload")
        for name, field in kind.fields.items()
        if name.endswith(("Edge", "Edges"))
    }
    assert edges == {
        "HandoffPayload.ticketEdge": "TicketEdge",
        "RecordOrderPayload.saleEdges": "[AttributedSaleEdge!]!",
        "RetryOutgoingPayload.outgoingEdge": "OutgoingEdge",
        "SendMessagePayload.messageEdge": "MessageEdge",
        "StartConversationPayload.conversationEdge": "ConversationEdge",
        "StartConversationPayload.messageEdge": "MessageEdge",
        "TicketPayload.ticketEdge": "TicketEdge",
    }


def test_every_scalar_says_where_it_is_specified(committed: GraphQLSchema) -> None:
    unspecified = {
        name
        for name, kind in committed.type_map.items()
        if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind) and not kind.specified_by_url
    }
    assert unspecified == set()


def test_introspection_is_sorted_and_describes_the_schema_and_one_of() -> None:
    result = schema._schema
    answer = graphql_sync(result, get_introspection_query(schema_description=True, input_value_deprecation=True)).data
    assert answer is not None
    shown = answer["__schema"]
    assert shown["description"].startswith("The GraphQL API of Baton")
    [one_of] = [directive for directive in shown["directives"] if directive["name"] == "oneOf"]
    assert one_of["description"]

    def names(elements: list[dict[str, Any]] | None) -> list[str]:
        return [element["name"] for element in elements or ()]

    for listed in (shown["types"], shown["directives"]):
        assert names(listed) == sorted(names(listed), key=natural_comparison_key)
    for kind in shown["types"]:
        if kind["name"].startswith("__"):
            continue
        for part in ("fields", "inputFields", "interfaces", "enumValues", "possibleTypes"):
            assert names(kind[part]) == sorted(names(kind[part]), key=natural_comparison_key), (kind["name"], part)
        for field in kind["fields"] or ():
            assert names(field["args"]) == sorted(names(field["args"]), key=natural_comparison_key), field["name"]


def test_committed_file_describes_the_schema_and_one_of() -> None:
    text = (ROOT / "schema.graphql").read_text()
    assert text.startswith('"""\nThe GraphQL API of Baton')
    assert '"""\ndirective @oneOf on INPUT_OBJECT\n' in text
