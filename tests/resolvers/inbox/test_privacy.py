"""A shopper sees no note, draft or ticket, and nothing of staff but their names."""

from __future__ import annotations

import json
import re
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from resolvers.relay.global_ids import to_global_id
from resolvers.schema import schema
from tests.harness.chat import Chat
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Program, Shop

_TYPES = schema._schema.type_map
SECRETS = ("A note of ours", "Too late", "Wants boots, secretly", "Nothing about boots", "@shop.example")


def everything_of(type_name: str, depth: int) -> str:
    """A selection of all fields of a type that have no required argument."""
    owner = _TYPES[type_name]
    if isinstance(owner, GraphQLUnionType):
        parts = [f"... on {member.name} {everything_of(member.name, depth)}" for member in owner.types]
        return "{ __typename " + " ".join(parts) + " }"
    assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
    parts = ["__typename"]
    for name, field in owner.fields.items():
        inner = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        nested = "" if is_leaf_type(inner) else everything_of(inner.name, depth - 1) if depth else None
        if nested is not None:
            parts.append(f"{name}{'(first: 25)' if 'first' in field.args else ''} {nested}")
    return "{ " + " ".join(parts) + " }"


def ids_in(answer: Any) -> list[str]:
    return re.findall(r'"id": "([^"]+)"', json.dumps(answer))


async def secretive(baton: Program, shop: Shop) -> Chat:
    chat = await Chat.of(baton, shop, email="ann@example.com", watched=False)
    await chat.request(summary="Wants boots, secretly", reasonDetail="Nothing about boots")
    await chat.accept()
    await chat.note(text="A note of ours")
    await chat.post(text="Too late")
    await chat.take()
    await chat.reply(text="Here I am")
    await chat.note(text="A note of ours, again")
    return chat


async def walk(baton: Program, shop: Shop, chat: Chat, key: str) -> str:
    """Everything that `node` returns for ids that the shopper knows or may guess."""
    row = await chat.row()
    notes = await baton.database["messages"].find({"kind": "NOTE"}).to_list()
    assert len(notes) == 2
    queue = [chat.id, await chat.handoff_id(), await chat.ticket_id(), to_global_id("Account", shop.id)]
    queue += [to_global_id("Message", note["_id"]) for note in notes]
    queue += [to_global_id("Staff", staff_id) for staff_id in shop.staff.values()]
    queue += [to_global_id("Profile", row.profile_id)]
    kinds = [name for name, kind in _TYPES.items() if isinstance(kind, GraphQLObjectType) and _is_node(kind)]
    seen: dict[str, Any] = {}
    while queue:
        node_id = queue.pop()
        if node_id in seen:
            continue
        seen[node_id] = []
        for kind in kinds:
            document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {everything_of(kind, 2)} }} }}"
            answer = (await baton.ask(key, document, id=node_id)).body
            assert "QUERY_TOO_COMPLEX" not in str(answer)
            seen[node_id].append(answer)
            queue += [found for found in ids_in(answer) if found not in seen]
    return json.dumps(list(seen.values()))


async def test_walk_through_all_that_a_visitor_token_reaches(baton: Program, shop: Shop) -> None:
    chat = await secretive(baton, shop)
    told = await walk(baton, shop, chat, chat.started.token)
    assert "Here I am" in told
    assert [secret for secret in SECRETS if secret in told] == []
    assert '"NOTE"' not in told
    assert not re.search(r'"(role|availability|ticket)": (?!null)', told)
    theirs = await walk(baton, shop, chat, shop.support)
    assert [secret for secret in SECRETS if secret not in theirs] == []


def _is_node(kind: GraphQLObjectType) -> bool:
    return any(interface.name == "Node" for interface in kind.interfaces)


async def test_streams_of_a_shopper(baton: Program, shop: Shop) -> None:
    chat = await secretive(baton, shop)
    selected = everything_of("ConversationStreamItem", 2)
    document = f"subscription($id: ID!) {{ conversation(id: $id) {selected} }}"
    checker = ConsistencyChecker(baton)
    items = await checker.follow(chat.started.token, document, {"id": chat.id})
    told = json.dumps(items)
    assert "Here I am" in told
    assert [secret for secret in SECRETS if secret in told] == []
    assert '"NOTE"' not in told
    for refused in ("inbox", "events"):
        answer = await checker.subscribe(chat.started.token, f"subscription {{ {refused} {{ __typename }} }}", {})
        assert "FORBIDDEN" in repr(answer)


async def test_counts_and_last_messages_of_a_shopper(baton: Program, shop: Shop) -> None:
    chat = await secretive(baton, shop)
    document = """query($id: ID!) { conversation(id: $id) { messageCount lastMessage { text }
      messages(last: 100) { totalCount nodes { text kind } } } }"""
    shopper = (await baton.data(chat.started.token, document, id=chat.id))["conversation"]
    staff = (await baton.data(shop.support, document, id=chat.id))["conversation"]
    assert shopper["lastMessage"]["text"] == "Here I am"
    assert staff["lastMessage"]["text"] == "A note of ours, again"
    assert shopper["messageCount"] == shopper["messages"]["totalCount"] == len(shopper["messages"]["nodes"])
    assert staff["messageCount"] == shopper["messageCount"] == staff["messages"]["totalCount"] - 2
