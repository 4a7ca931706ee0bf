from __future__ import annotations

import gc
import time

import pytest
from graphql import GraphQLSchema, build_schema, get_introspection_query

from api.graphql.documents.store import DocumentRefused, Documents
from api.graphql.errors import ErrorFormatter
from api.graphql.limits import Limits


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema("type Query { a: Int n: Query m: Query k(x: Int): Query }")


def documents(schema: GraphQLSchema, limits: Limits | None = None) -> Documents:
    return Documents(schema=schema, limits=limits or Limits(), hide_suggestions=False)


def codes(known: Documents, text: str) -> set[object]:
    with pytest.raises(DocumentRefused) as refused:
        known.get(text)
    return {(error.extensions or {}).get("code") for error in refused.value.errors}


def test_the_same_text_is_the_same_document(schema: GraphQLSchema) -> None:
    known = documents(schema)

    assert known.get("{ a }") is known.get("{ a }")
    assert known.get("{ a }") is not known.get("{ a } ")
    assert len(known) == 2


def test_the_least_recently_used_goes_first(schema: GraphQLSchema) -> None:
    known = documents(schema, Limits(documents=2))
    first, second = known.get("{ a }"), known.get("{ n { a } }")

    known.get("{ a }")
    known.get("{ m { a } }")

    assert known.get("{ a }") is first
    assert known.get("{ n { a } }") is not second
    assert len(known) == 2


def test_memory_is_bounded(schema: GraphQLSchema) -> None:
    known = documents(schema, Limits(documents_bytes=100_000))

    for number in range(200):
        known.get(f"{{ k(x: {number}) {{ a }} }}")

    assert 0 < len(known) < 20


def test_a_document_larger_than_the_cache_runs_without_being_cached(schema: GraphQLSchema) -> None:
    known = documents(schema, Limits(documents_bytes=100))

    assert list(known.get("{ a }").operations) == [""]
    assert len(known) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ a", "GRAPHQL_PARSE_FAILED"),
        ("\0", "GRAPHQL_PARSE_FAILED"),
        ('{ k(x: "\\uD800") { a } }', "GRAPHQL_PARSE_FAILED"),
        ("\ud800", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A } fragment A on Query { a ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("type T { a: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + " a" * 5_000 + "}", "QUERY_TOO_COMPLEX"),
        ("#\n" * 2_000 + "{ a }", "QUERY_TOO_COMPLEX"),
        ("{n" * 2_000 + "{a}" + "}" * 2_000, "QUERY_TOO_COMPLEX"),
        ("{ k(x: " + "[" * 2_000 + "]" * 2_000 + ") { a } }", "QUERY_TOO_COMPLEX"),
        ("{ ...F0 } " + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(1_500))[:9_000_000],
         "QUERY_TOO_COMPLEX"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_cannot_run_is_refused_with_a_code_and_not_kept(schema: GraphQLSchema, text: str, code: str) -> None:
    known = documents(schema)

    assert codes(known, text) == {code}
    assert len(known) == 0


@pytest.mark.parametrize(
    "text",
    [
        "{" + " a" * 4_900 + "}",
        "{" + " ".join(f"k(x: {i}) {{ a }}" for i in range(600)) + "}",
        "{" + " ".join(f"... on Query {{ k(x: {i}) {{ a }} }}" for i in range(400)) + "}",
        "{ ...F0 } "
        + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 2} n {{ ...F{i + 1} }} }}" for i in range(150))
        + " fragment F150 on Query { a } fragment F151 on Query { a }",
    ],
    ids=["one field again and again", "in conflict", "in conflict by fragments", "fragments of fragments"],
)
def test_documents_made_to_be_expensive_are_refused_fast(schema: GraphQLSchema, text: str) -> None:
    known = documents(schema)
    begin = time.thread_time()

    assert codes(known, text) == {"QUERY_TOO_COMPLEX"}
    assert time.thread_time() - begin < 1.0


def nested(copies: int, levels: int) -> str:
    selection = "a"
    for _ in range(levels):
        selection = " ".join([f"n {{ {selection} }}"] * copies)
    return f"{{ {selection} }}"


@pytest.mark.parametrize(("copies", "levels"), [(2, 8), (4, 4), (18, 2)])
def test_comparisons_of_fields_that_share_a_place_are_bounded(schema: GraphQLSchema, copies: int, levels: int) -> None:
    known = documents(schema)
    assert codes(known, nested(copies, levels)) == {"QUERY_TOO_COMPLEX"}
    assert known.get(nested(2, 3)) is known.get(nested(2, 3))


STRANGERS = [
    ("{ n { a } }", "UNAUTHENTICATED"),
    ("{ n { unknown } }", "UNAUTHENTICATED"),  # it is refused before it is validated
    ("{ __typename ...F } fragment F on Query { n { unknown } }", "UNAUTHENTICATED"),
    ("query A { __typename } query B { a }", "OPERATION_RESOLUTION_FAILURE"),
    ("{ unknown }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ ...Missing }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ __schema { unknown } }", "GRAPHQL_VALIDATION_FAILED"),
    ("mutation { a }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ __type(name: " + "[" * 100 + "1" + "]" * 100 + ") { name } }", "GRAPHQL_VALIDATION_FAILED"),
    ("{ __schema { " + " description" * 1_000 + " } }", "QUERY_TOO_COMPLEX"),
    (nested(2, 5).replace("a", "name").replace("n {", "ofType {").replace("{", '{ __type(name: "Query") {', 1) + "}",
     "QUERY_TOO_COMPLEX"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), STRANGERS, ids=range(len(STRANGERS)))
def test_a_stranger_is_refused_what_is_not_the_schema(schema: GraphQLSchema, text: str, code: str) -> None:
    known = documents(schema)
    with pytest.raises(DocumentRefused) as refused:
        known.get(text, stranger=True).operation(None)
    entries = ErrorFormatter().entries(refused.value.errors)
    assert {entry["extensions"]["code"] for entry in entries} == {code}  # type: ignore[index]
    assert "Did you mean" not in str(entries)
    assert len(known) == 0


def test_a_stranger_may_read_the_schema_with_any_tool(schema: GraphQLSchema) -> None:
    known = documents(schema)
    whole = get_introspection_query(descriptions=True, specified_by_url=True, input_value_deprecation=True)
    for text in (whole, "{ a: __typename ...F } fragment F on Query { __schema { types { name } } }"):
        assert known.get(text, stranger=True).operation(None)
    named = "query A { __typename } query B { a }"
    assert known.get(named, stranger=True, operation_name="A").operation("A")
    other = "query A { __typename } query B { m { a } }"
    with pytest.raises(DocumentRefused):
        known.get(other, stranger=True, operation_name="B")


def test_operations_are_found_by_name(schema: GraphQLSchema) -> None:
    document = documents(schema).get("query A { a } query B { n { a } }")

    node = document.operation("B")
    assert node.name is not None
    assert node.name.value == "B"
    for name in (None, "C"):
        with pytest.raises(DocumentRefused) as refused:
            document.operation(name)
        assert [e.extensions for e in refused.value.errors] == [{"code": "OPERATION_RESOLUTION_FAILURE"}]


@pytest.mark.parametrize("text", ["{ a " + "n { a } " * 1_000 + "}", "{ n { " * 1_000], ids=["too long", "not closed"])
async def test_a_document_that_is_refused_leaves_no_cycles(schema: GraphQLSchema, text: str) -> None:
    """Cycles that outlive the clean-up wait for a full collection, which a process at rest may not have for hours."""
    known = documents(schema, Limits(anonymous_tokens=1_500))
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            with pytest.raises(DocumentRefused):
                await known.read_beside(text, stranger=True)
        assert gc.collect() < 500  # a text has thousands
    finally:
        gc.enable()
