from __future__ import annotations

import time

import pytest
from graphql import GraphQLError, parse

from api.graphql.limits import Limits, check


def refused(document: str, **limits: int) -> list[str]:
    errors = check(parse(document), Limits(**limits))
    assert all(error.extensions is not None and error.extensions["code"] == "QUERY_TOO_COMPLEX" for error in errors)
    return [error.message.removeprefix("The document is too complex: ") for error in errors]


@pytest.mark.parametrize(
    ("limits", "within", "over", "says"),
    [
        ({"depth": 3}, "{a{b{c}}}", "{a{b{c{d}}}}", "4 levels of depth, at most 3 are allowed."),
        ({"depth": 2}, "{a{...F}} fragment F on T {b}", "{a{...F}} fragment F on T {b{c}}",
         "3 levels of depth, at most 2 are allowed."),
        ({"depth": 2}, "{a{... on T{b}}}", "{a{... on T{b{c}}}}", "3 levels of depth, at most 2 are allowed."),
        ({"aliases": 2}, "{x:a y:b c}", "{x:a y:b z:c}", "3 aliases, at most 2 are allowed."),
        ({"alias_characters": 3}, "{abc:a ...F} fragment F on T {b:a}", "{b:a ...F} fragment F on T {x{abcd:a}}",
         "4 characters of an alias, at most 3 are allowed."),
        ({"aliases": 2}, "{a{...F} b{...F}} fragment F on T {x:a}", "{a{...F} b{...F} c{...F}} fragment F on T {x:a}",
         "3 aliases, at most 2 are allowed."),
        ({"root_fields": 2}, "{a b}", "{a b c}", "3 root fields, at most 2 are allowed."),
        ({"root_fields": 2}, "{a ...F} fragment F on Q {b}", "{a ...F ...F} fragment F on Q {b}",
         "3 root fields, at most 2 are allowed."),
        ({"root_fields": 2}, "query A{a b} query B{a b}", "query A{a b} query B{a b c}",
         "3 root fields, at most 2 are allowed."),
        ({"directives": 2}, "query @x {a @y}", "query @x {a @y ... @z {b}}", "3 directives, at most 2 are allowed."),
        ({"fields": 4}, "{a{b} c{d}}", "{a{b} c{d} e}", "5 fields, at most 4 are allowed."),
        ({"fields": 4}, "{a{...F}} fragment F on T {b c d}", "{a{...F} z} fragment F on T {b c d}",
         "5 fields, at most 4 are allowed."),
        ({"repeats": 2}, "{n{a} n{a}}", "{n{a} n{a} ... on Q {n{a}}}", "3 fields of one name, at most 2 are allowed."),
        ({"repeats": 2}, "{a}", "{a} fragment F on Q {a a a}", "3 fields of one name, at most 2 are allowed."),
    ],
)  # fmt: skip
def test_each_limit_holds_at_its_figure(limits: dict[str, int], within: str, over: str, says: str) -> None:
    assert refused(within, **limits) == []
    assert refused(over, **limits) == [says]


def test_the_error_carries_limit_and_actual() -> None:
    errors = check(parse("{a b c}"), Limits(root_fields=2))

    assert [error.extensions for error in errors] == [{"code": "QUERY_TOO_COMPLEX", "limit": 2, "actual": 3}]


@pytest.mark.parametrize(
    "document",
    [
        "{...A} fragment A on Q {a ...A}",
        "{...A} fragment A on Q {a ...B} fragment B on Q {...A}",
        "{...Missing}",
    ],
)
def test_cycles_and_missing_fragments_are_left_to_validation(document: str) -> None:
    assert refused(document) == []


def test_an_exponential_expansion_is_measured_in_linear_time() -> None:
    fragments = " ".join(f"fragment F{i} on Q {{a{{...F{i + 1}}} b{{...F{i + 1}}}}}" for i in range(100))
    document = parse("{...F0} " + fragments + " fragment F100 on Q {c}")
    begin = time.thread_time()

    errors = check(document, Limits(depth=1_000_000))

    assert time.thread_time() - begin < 1.0
    assert [_extension(error, "actual") for error in errors] == [1_000_000_000]  # 2^101 in JSON


def _extension(error: GraphQLError, name: str) -> object:
    assert error.extensions is not None
    return error.extensions[name]
