"""No response has more objects than were priced, for every field of the schema, on real data."""

from __future__ import annotations

from typing import Any

import httpx
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from api.graphql.limits import Limits
from domain.principal import Scope
from resolvers.schema import schema
from tests.api.graphql.serving import listening, socket_to
from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop
from tests.resolvers.commerce.shop_backend import ShopBackend

SCHEMA = schema._schema
STARTED = "{did: {event: CONVERSATION_STARTED, withinDays: 30}}"
NAMED = {
    "metrics": "range: {preset: LAST_7_DAYS}",
    "searchKnowledge": 'first: 3, text: "shoes"',
    "segment": f"first: 3, input: {{all: [{STARTED}]}}",
    "series": "groupBy: TAG",
}
CARD = {"productId": "p1", "title": "Shoe"}
ATTACK = "id"
for _ in range(3):
    ATTACK = f"messages(first: 100) {{ nodes {{ id conversation {{ {ATTACK} }} }} }}"
ON_MESSAGE = f"conversation {{ {ATTACK} }}"
POINT = {"__typename": "SeriesPoint", "n": "SeriesPoint"}
ATTACK = f"query($id: ID!) {{ conversation(id: $id) {{ {ATTACK} }} }}"


def selection(kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, path: tuple[str, ...] = ()) -> str:
    """All fields of a type, nested, but no type within itself."""
    parts = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        given = NAMED.get(name, "first: 3" if "first" in field.args else "")
        if not given and any(is_required_argument(argument) for argument in field.args.values()):
            continue
        call = f"{name}({given})" if given else name
        if is_leaf_type(inner):
            parts.append(call)
        elif depth and isinstance(inner, GraphQLObjectType | GraphQLInterfaceType) and inner.name not in path:
            parts.append(f"{call} {selection(inner, depth - 1, (*path, inner.name))}")
    return "{ " + " ".join(parts) + " }"


def rows(value: object) -> int:
    """The objects of a response that have a `__typename`: no root, connections, edges, `pageInfo` and points."""
    if isinstance(value, list):
        return sum(rows(item) for item in value)
    if not isinstance(value, dict):
        return 0
    scaffolding = value.get("__typename", "Edge").endswith(("Query", "Connection", "Edge", "PageInfo", "SeriesPoint"))
    return (not scaffolding) + sum(map(rows, value.values()))


async def filled(baton: Program, shop: Shop) -> Chat:
    """Fill the account, and return a chat with tickets, cards, a sale and eleven messages."""
    backend = ShopBackend(baton, shop, shop.partners[Scope.ORDERS_WRITE])
    for number in range(4):
        chat = await Chat.of(baton, shop, channel="SMS", email="ann@example.com", anonymousId=str(number))
        for _ in range(10):
            tags = ["shoes", f"tag {number}"]
            await baton.reply(chat.started, "These", tags=tags, skill="catalogue", products=[CARD] * 3)
        await backend.touch(chat.started, "SMS_CLICK")
        await backend.order(str(number), email="ann@example.com")
        await chat.request()
    return chat


def calls() -> list[tuple[str, GraphQLObjectType]]:
    """The root fields that need no id."""
    assert SCHEMA.query_type is not None
    found = []
    for name, field in SCHEMA.query_type.fields.items():
        inner = get_named_type(field.type)
        given = NAMED.get(name, "first: 3" if "first" in field.args else "")
        if isinstance(inner, GraphQLObjectType) and (given or not any(map(is_required_argument, field.args.values()))):
            found.append((f"{name}({given})" if given else name, inner))
    return found


async def asked(url: str, key: str, document: str, **variables: Any) -> Json:
    body = {"query": document, "variables": variables, "extensions": {"cost": True}}
    async with httpx.AsyncClient(timeout=30, verify=False) as http:
        response = await http.post(url, json=body, headers={"authorization": f"Bearer {key}"})
    found: Json = response.json()
    return found


async def test_no_response_has_more_objects_than_priced(baton: Program, shop: Shop) -> None:
    await filled(baton, shop)
    measured = {}
    async with listening(baton.baton.app) as (port, _):
        for call, kind in calls():
            for depth in (1, 2, 3, 4, 5):
                document = f"{{ {call} {selection(kind, depth, (kind.name,))} }}"
                answer = await asked(f"http://127.0.0.1:{port}/graphql", shop.owner, document)
                if "data" not in answer:  # too many fields, or priced over the limit
                    assert [e["extensions"]["code"] for e in answer["errors"]] == ["QUERY_TOO_COMPLEX"], answer
                    continue
                measured[call, depth] = found = rows(answer["data"])
                assert found <= answer["extensions"]["cost"]["nodes"], document
    assert {call for call, _ in measured} == {call for call, _ in calls()}
    assert max(measured.values()) > 50


async def test_page_sizes_bound_the_rows(baton: Program, shop: Shop) -> None:
    chat = await filled(baton, shop)
    document = """query($id: ID!, $first: Int, $last: Int, $ids: [ID!]!) {
      conversation(id: $id) { messages(first: $first, last: $last) { nodes { __typename id } } }
      conversations(first: $first, last: $last) { nodes { __typename id } }
      nodes(ids: $ids) { __typename id } }"""
    async with listening(baton.baton.app) as (port, _):
        for size in ({"first": 1}, {"last": 2}, {"first": 3}, {"last": 11}, {"first": 100}, {}):
            answer = await asked(
                f"http://127.0.0.1:{port}/graphql", shop.owner, document, id=chat.id, ids=[chat.id] * 7, **size
            )
            assert answer["extensions"]["cost"]["nodes"] == 1 + 7 + 2 * (max(size.values()) if size else 25)
            assert rows(answer["data"]) <= answer["extensions"]["cost"]["nodes"]


async def test_lists_within_lists_are_refused_before_they_run(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    async with listening(baton.baton.app) as (port, _):
        url = f"http://127.0.0.1:{port}/graphql"
        answer = await asked(url, started.token, ATTACK, id=started.id)
        assert list(answer) == ["errors", "extensions"]
        assert answer["errors"][0]["extensions"] == {"code": "QUERY_TOO_COMPLEX", "limit": 20_000, "actual": 2_020_201}
        assert answer["errors"][0]["message"].startswith(
            "The operation may return 2,020,201 objects, at most 20,000 are allowed. Ask for smaller pages"
        )
        assert answer["extensions"]["cost"]["maxNodes"] == Limits().nodes
        async with socket_to(url, {"token": started.token}) as client:
            await client.subscribe(ATTACK, variables={"id": started.id})
            refused = await client.receive()
            assert (refused["type"], refused["payload"]) == ("error", answer["errors"])
            event = f"subscription($id: ID!) {{ conversation(id: $id) {{ ... on MessageAdded {{ {ON_MESSAGE} }} }} }}"
            await client.subscribe(event, variables={"id": started.id})
            assert (await client.receive())["payload"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"


async def test_same_report_with_type_names(baton: Program, shop: Shop) -> None:
    """Points with `__typename` are written as columns, so that they cost as little as without it."""
    await filled(baton, shop)
    document = "{ metrics(range: {preset: TODAY}) { series(groupBy: TAG) { %s key t: __typename points { %s } } } }"
    plain = await baton.data(shop.owner, document % ("total", "date count"))
    named = await baton.data(shop.owner, document % ("__typename total", "__typename date count n: __typename"))
    bare = await baton.data(shop.owner, "{ metrics(range: {preset: TODAY}) { series(groupBy: TAG) { __typename } } }")
    expected = [
        {**series, "__typename": "Series", "points": [dict(p, **POINT) for p in series["points"]]}
        for series in plain["metrics"]["series"]
    ]
    assert named["metrics"]["series"] == expected
    assert bare["metrics"]["series"] == [{"__typename": "Series"}] * len(expected)
