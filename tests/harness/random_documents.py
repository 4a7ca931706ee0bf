"""Random queries over the schema, for hypothesis: any fields, nested, with pages of any size.

@given(documents())
async def test(document: str): ...                  # $CONVERSATION, $PROFILE stand for ids

`subscriptions()` are subscriptions to events in the same way.
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLField, GraphQLUnionType, get_named_type, is_leaf_type, is_required_argument
from hypothesis import strategies as st

from resolvers.schema import schema

_SCHEMA = schema._schema
_DEPTH = 7
_DEPTH_OF_ITEMS = 4
_MARKERS = {"StreamReady", "StreamCaughtUp", "StreamReset"}  # items that carry no event
_SIZES = st.sampled_from((1, 2, 5, 10, 25, 50, 100))
_TEXTS = st.sampled_from(("order", "order return parcel", "zzz", "ann@example.com"))
_RANGES = st.sampled_from(
    (
        "{preset: TODAY}",
        "{preset: LAST_90_DAYS}",
        '{between: {start: "2025-11-01", end: "2026-11-29"}}',
        '{between: {start: "2016-12-01", end: "2026-11-29"}}',
    )
)
_GROUPS = st.sampled_from(("CHANNEL", "STATUS", "TAG"))
_CONDITIONS = st.sampled_from(
    (
        "{did: {event: CONVERSATION_STARTED, withinDays: 30}}",
        "{did: {event: CONVERSATION_STARTED, withinDays: 365}}",
        "{did: {event: CONVERSATION_ESCALATED, withinDays: 90}}",
    )
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return one query with one to three root fields."""
    assert _SCHEMA.query_type is not None
    return draw(_selection(_SCHEMA.query_type, _DEPTH, most=3))


@st.composite
def subscriptions(draw: st.DrawFn) -> str:
    """Return a subscription to events, with fields of some of its items."""
    assert _SCHEMA.subscription_type is not None
    root = draw(st.sampled_from(("inbox", "inbox(view: MINE)", "events", "conversation(id: $CONVERSATION)")))
    union = get_named_type(_SCHEMA.subscription_type.fields[root.partition("(")[0]].type)
    assert isinstance(union, GraphQLUnionType)
    items = [each for each in union.types if each.name not in _MARKERS]
    chosen = draw(st.lists(st.sampled_from(items), min_size=1, max_size=len(items), unique=True))
    parts = [f"... on {each.name} {draw(_selection(each, _DEPTH_OF_ITEMS))}" for each in chosen]
    return f"subscription {{ {root} {{ __typename {' '.join(parts)} }} }}"


@st.composite
def _selection(draw: st.DrawFn, kind: Any, depth: int, *, most: int = 5) -> str:
    if isinstance(kind, GraphQLUnionType):
        parts = [f"... on {each.name} {draw(_selection(each, depth, most=3))}" for each in kind.types[:3]]
        return "{ __typename " + " ".join(parts) + " }"
    fields = [(name, field) for name, field in kind.fields.items() if depth or is_leaf_type(get_named_type(field.type))]
    parts = ["__typename"] if kind is not _SCHEMA.query_type else []
    chosen = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=most)) if fields else []
    for number, (name, field) in enumerate(chosen):
        call = draw(_call(name, field))
        if call is not None:
            inner = get_named_type(field.type)
            parts.append(
                f"a{number}: {call}" + ("" if is_leaf_type(inner) else f" {draw(_selection(inner, depth - 1))}")
            )
    return "{ " + " ".join(parts or ["__typename"]) + " }"


@st.composite
def _call(draw: st.DrawFn, name: str, field: GraphQLField) -> str | None:
    """Return a field with its arguments; None if it needs some that are not known here."""
    given = {}
    for argument, definition in field.args.items():
        if argument == "first" and draw(st.booleans()):
            given[argument] = str(draw(_SIZES))
        elif argument == "id" and name in ("conversation", "profile", "node"):
            given[argument] = "$PROFILE" if name == "profile" else "$CONVERSATION"
        elif argument == "ids":
            given[argument] = "[" + "$CONVERSATION " * draw(st.integers(1, 50)) + "]"
        elif argument == "range":
            given[argument] = draw(_RANGES)
        elif argument == "groupBy":
            given[argument] = draw(_GROUPS)
        elif argument == "filter" and name == "conversations" and draw(st.booleans()):
            given[argument] = f'{{search: "{draw(_TEXTS)}"}}'
        elif argument == "input" and name == "segment":
            given[argument] = "{all: [" + ", ".join(draw(st.lists(_CONDITIONS, min_size=1, max_size=3))) + "]}"
        elif is_required_argument(definition):
            return None
    return f"{name}({', '.join(f'{key}: {value}' for key, value in given.items())})" if given else name
