from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from domain.conversation.aggregate import Change
from domain.model.conversation import Author, AuthorKind, Conversation, MessageKind
from domain.model.sign_in import StaffSession
from domain.principal import Scope, StaffRole
from domain.storage import UnitOfWork
from domain.values.ids import SessionId, StaffId, new_id
from resolvers.relay.global_ids import parse_global_id, to_global_id
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Program, Shop, Started, browser

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


async def everything_with_an_id(baton: Program, started: Started) -> dict[str, str]:
    """The global ids of one object of each type."""
    shown = await baton.reply(started, "Look", products=[{"productId": "p1", "title": "Shoe"}])
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, profileId=started.key)
    await baton.done(started.token, "recordProductClick", messageId=shown["message"]["id"], productId="p1")
    bought = {"orderId": started.key, "placedAt": baton.clock.now().isoformat(), "profileId": started.key}
    total = {"amount": "1.00", "currency": "EUR"}
    [sale] = (await baton.done(started.shop.owner, "recordOrder", **bought, total=total))["sales"]
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    events = {
        f"{''.join(word.title() for word in row['type'].split('_'))}Event": row["_id"]
        for row in (await baton.everything())["business_events"]
        if row["account"] == started.shop.id
    }
    return {
        "Account": started.shop.global_id,
        "Staff": to_global_id("Staff", started.shop.staff[StaffRole.OWNER]),
        "Conversation": started.id,
        "Message": started.message["id"],
        "Profile": started.conversation["profile"]["id"],
        "AttributedSale": sale["id"],
        "ApiKey": to_global_id("ApiKey", started.shop.keys["agent"].credential.id),
        "Session": await signed_in(baton, started.shop),
        **{name: to_global_id(name, key) for name, key in events.items()},
    }


async def signed_in(baton: Program, shop: Shop) -> str:
    """The global id of a session of the owner."""
    now = baton.clock.now()

    async def save(uow: UnitOfWork) -> StaffSession:
        session = StaffSession(
            id=SessionId(new_id()),
            staff_id=shop.staff[StaffRole.OWNER],
            issuer="https://login.example.com",
            created_at=now,
            renewed_at=now,
            expires_at=now + timedelta(hours=12),
        )
        uow.save(session)
        return session

    return to_global_id("Session", (await baton.baton.ports.storage.write(shop.id, save)).id)


async def test_everything_with_an_id_is_found_by_it(baton: Program, shop: Shop) -> None:
    ids = await everything_with_an_id(baton, await baton.start(shop))
    assert set(ids) == {
        "Account",
        "Staff",
        "Conversation",
        "Message",
        "Profile",
        "AttributedSale",
        "ApiKey",
        "Session",
        "ConversationStartedEvent",
        "ProductRecommendedEvent",
        "ConversationResolvedEvent",
    }
    for name, key in ids.items():
        assert await baton.data(shop.owner, NODE, id=key) == {"node": {"__typename": name, "id": key}}
    assert await baton.data(shop.owner, NODES, ids=list(ids.values())) == {"nodes": [{"id": k} for k in ids.values()]}


async def test_id_of_one_type_under_the_name_of_another(baton: Program, shop: Shop) -> None:
    for name, global_id in (await everything_with_an_id(baton, await baton.start(shop))).items():
        parsed = parse_global_id(global_id)
        assert parsed is not None
        for other in ("Account", "Staff", "Conversation", "Message", "Profile", "PageInfo", "Credential"):
            if other != name:
                answer = await baton.ask(shop.owner, NODE, id=to_global_id(other, parsed[1]))
                assert (answer.data, answer.codes) == ({"node": None}, ["NOT_FOUND"])


async def test_a_missing_object_is_null(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    gone = to_global_id("Conversation", "01AAAAAAAAAAAAAAAAAAAAAAAA")
    answer = await baton.ask(shop.owner, NODES, ids=[started.id, gone, "nonsense", started.id])
    assert answer.data == {"nodes": [{"id": started.id}, None, None, {"id": started.id}]}
    assert [(e["path"], e["extensions"]["code"]) for e in answer.errors] == [
        (["nodes", 1], "NOT_FOUND"),
        (["nodes", 2], "NOT_FOUND"),
    ]
    assert await baton.data(shop.owner, NODES, ids=[]) == {"nodes": []}
    many = await baton.ask(shop.owner, NODES, ids=[started.id] * 101)
    assert many.codes == ["INVALID"]


async def add_note(baton: Program, started: Started, text: str) -> str:
    """A reply from the inbox. Returns the message's global id."""

    async def change(uow: UnitOfWork) -> str:
        conversation = await uow.get(Conversation, started.key)
        assert conversation is not None
        staff_id: StaffId = started.shop.staff[StaffRole.SUPPORT]
        author = Author(kind=AuthorKind.HUMAN_AGENT, name="Sam", staff_id=staff_id)
        noting = Change(uow, conversation)
        note = noting.add_message(author, text, kind=MessageKind.NOTE)
        await noting.commit()
        return to_global_id("Message", note.id)

    return await baton.baton.ports.storage.write(started.shop.id, change)


async def test_shopper_and_widget_never_see_a_note(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, anonymousId=browser("one"))
    note_id = await add_note(baton, started, "SECRET: angry customer")
    whole = """conversation { messageCount lastMessage { text }
      messages { totalCount nodes { id kind text author { staff { email role availability name } } } }
      profile { conversations { nodes { messages { nodes { text } } } } } }"""
    document = f"query($id: ID!) {{ {whole.replace('conversation {', 'conversation(id: $id) {')} }}"
    start = f"mutation($input: StartConversationInput!) {{ startConversation(input: $input) {{ {whole} }} }}"
    for answer in (
        await baton.ask(started.token, document, id=started.id),
        await baton.ask(
            shop.widget,
            start,
            input={"channel": "WEB_CHAT", "text": "Hello?", "visitor": {"anonymousId": browser("one")}},
        ),
    ):
        assert answer.errors == []
        assert "SECRET" not in json.dumps(answer.body)
        conversation = next(iter(answer.data.values()))
        conversation = conversation.get("conversation", conversation)
        assert conversation["messages"]["totalCount"] == conversation["messageCount"]
        assert conversation["messages"]["totalCount"] == len(conversation["messages"]["nodes"])
    assert (await baton.ask(started.token, NODE, id=note_id)).codes == ["NOT_FOUND"]
    view = await ConsistencyChecker(baton).snapshot(started.token, started.id)
    assert [message["sequence"] for message in view.messages] == [1, 3]
    items = await ConsistencyChecker(baton).follow(
        started.token,
        "subscription($id: ID!) { conversation(id: $id) { ... on MessageAdded { message { text } } } }",
        {"id": started.id},
    )
    assert [item["message"]["text"] for item in items] == ["Hello", "Hello?"]
    seen = await baton.data(shop.support, document, id=started.id)
    assert [m["text"] for m in seen["conversation"]["messages"]["nodes"]] == [
        "Hello",
        "SECRET: angry customer",
        "Hello?",
    ]
    assert seen["conversation"]["messages"]["nodes"][1]["author"]["staff"] == {
        "name": "Support",
        "email": "support@shop.example",
        "role": "SUPPORT",
        "availability": "AWAY",
    }


@pytest.mark.parametrize("kind", ["Account", "Staff", "Message", "Profile", "Conversation"])
async def test_shopper_finds_nothing_but_its_own(baton: Program, shop: Shop, kind: str) -> None:
    mine, other = await baton.start(shop), await baton.start(shop)
    ids = await everything_with_an_id(baton, other)
    answer = await baton.ask(mine.token, NODE, id=ids[kind])
    assert answer.data == {"node": None}
    assert answer.codes == ["FORBIDDEN" if kind in ("Account", "Staff") else "NOT_FOUND"]


async def test_scope_for_events_does_not_open_the_messages(baton: Program, shop: Shop) -> None:
    """An event names its conversation. Reading the messages requires the scope for conversations."""
    await baton.start(shop, "My secret question")
    fields = "conversation { id messages { nodes { text } } lastMessage { text } }"
    key = to_global_id("ConversationStartedEvent", (await baton.everything())["business_events"][0]["_id"])
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on ConversationStartedEvent {{ {fields} }} }} }}"
    answer = await baton.ask(shop.partners[Scope.EVENTS_READ], document, id=key)
    assert "My secret question" not in json.dumps(answer.body)
    assert set(answer.codes) == {"FORBIDDEN"}
    allowed: dict[str, Any] = await baton.data(shop.agent, document, id=key)
    assert allowed["node"]["conversation"]["lastMessage"] == {"text": "My secret question"}
