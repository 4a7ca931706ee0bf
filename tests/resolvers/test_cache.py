"""Guarantees for normalised caches (Apollo, Relay, urql's Graphcache): an id has one state, whatever a client asks."""

from __future__ import annotations

from typing import Any

from tests.harness.chat import Chat
from tests.harness.program import Program, Shop
from tests.resolvers.commerce.shop_backend import ShopBackend

CONVERSATION = """__typename id channel status displayName firstQuestion tags initialSkill finalSkill startedAt
  lastMessageAt closedAt messageCount version controller { kind epoch }"""
MESSAGE = "__typename id sequence kind text sentAt author { kind name } actions { action label }"
TICKET = "__typename id state unread createdAt waitingSince delivery assignee { __typename id name }"
HANDOFF = "__typename id state method reason requestedAt"
SALE = "__typename id orderId amount { amount currency } placedAt touch"
DOCUMENTS = [
    f"""{{ conversations {{ nodes {{ {CONVERSATION} handoffs {{ {HANDOFF} ticket {{ {TICKET} }} }} ticket {{ {TICKET} }}
      sales {{ {SALE} }} lastMessage {{ {MESSAGE} }}
      messages {{ nodes {{ {MESSAGE} conversation {{ {CONVERSATION} }} }} }}
      profile {{ __typename id email displayName conversations {{ nodes {{ {CONVERSATION} }} }} }} }} }} }}""",
    f"{{ inbox {{ nodes {{ {TICKET} conversation {{ {CONVERSATION} handoff {{ {HANDOFF} }} }} }} }} }}",
    f"""{{ events {{ nodes {{ __typename id at type snapshot {{ status version }} conversation {{ {CONVERSATION} }}
      profile {{ __typename id email displayName }} }} }} }}""",
    f"""{{ metrics(range: {{ preset: TODAY }}) {{ totalVolume {{ conversations {{ nodes {{ {CONVERSATION} }} }} }}
      sales {{ nodes {{ {SALE} conversation {{ {CONVERSATION} }} }} }} }} }}""",
    f"""{{ outgoing(state: [PENDING, FAILED, DELIVERED]) {{ nodes {{ __typename id state
      conversation {{ {CONVERSATION} }} }} }} }}""",
    "{ account { __typename id staff { __typename id name } } me { __typename id name } }",
]


class Cache:
    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.contradictions: list[tuple[str, str, Any, Any]] = []

    def take(self, value: Any) -> Any:
        """The value with references in place of objects that have an id."""
        if isinstance(value, list):
            return [self.take(item) for item in value]
        if not isinstance(value, dict):
            return value
        fields = {name: self.take(field) for name, field in value.items()}
        if "id" not in fields:
            return fields
        key = fields["__typename"], fields["id"]
        kept = self.objects.setdefault(key, {})
        for name, field in fields.items():
            if kept.setdefault(name, field) != field:
                self.contradictions.append((key[0], name, kept[name], field))
        return key


async def test_one_object_has_one_state(baton: Program, shop: Shop) -> None:
    backend = ShopBackend(baton, shop, shop.owner)
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    await backend.order(email="ann@example.com")
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request(summary="Wants boots.")
    await chat.take()
    offered = await Chat.of(baton, shop)
    await offered.request()
    cache = Cache()
    for document in DOCUMENTS:
        cache.take(await baton.data(shop.owner, document))
    assert cache.contradictions == []
    kinds = {kind for kind, _ in cache.objects}
    assert {"Conversation", "Message", "Ticket", "Handoff", "Profile", "AttributedSale", "Staff"} < kinds
    labels = [tuple(a["label"] for a in o["actions"]) for o in cache.objects.values() if o.get("actions")]
    assert len(labels) == 1


async def test_what_mutations_return_is_the_state_that_queries_return(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, email="ann@example.com")
    document = f"""mutation($input: SendMessageInput!) {{ sendMessage(input: $input) {{
      message {{ {MESSAGE} }} conversation {{ {CONVERSATION} }} messageEdge {{ cursor node {{ {MESSAGE} }} }} }} }}"""
    cache = Cache()
    given = {"conversationId": started.id, "text": "And then?"}
    cache.take(await baton.data(started.token, document, input=given))
    for document in DOCUMENTS:
        cache.take(await baton.data(shop.owner, document))
    assert cache.contradictions == []
