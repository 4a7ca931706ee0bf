"""An account with a webhook endpoint, and events to deliver."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dev.fakes.receiver import WebhookReceiver
from tests.harness.program import Json, Program, Shop, Started
from tests.harness.workers import forward_due

ALL = ["CONVERSATION_STARTED", "CONVERSATION_RESOLVED", "CONVERSATION_ESCALATED", "PRODUCT_RECOMMENDED"]
LOOK = """query($id: ID!) { node(id: $id) { ... on WebhookEndpoint { enabled problem version forwarding {
  id cursor nextAttemptAt failingSince attempts { at outcome httpStatus error }
  deadLetters { totalCount nodes { id at httpStatus error event { id cursor } } } } } } }"""


async def subscribe(
    baton: Program, shop: Shop, receiver: WebhookReceiver, *, path: str = "/hooks", **given: Any
) -> Json:
    """Create an endpoint, and give its secret to the receiver."""
    arguments = {"url": receiver.url + path, "topics": ALL, **given}
    payload = await baton.done(shop.owner, "createWebhookEndpoint", **arguments)
    receiver.secrets.append(payload["secret"])
    endpoint: Json = payload["endpoint"]
    return endpoint


async def read_endpoint(baton: Program, shop: Shop, endpoint: Json) -> Json:
    found: Json = (await baton.data(shop.owner, LOOK, id=endpoint["id"]))["node"]
    return found


async def start_conversations(baton: Program, shop: Shop, count: int, first: int = 1) -> list[Started]:
    """Start conversations in sequence: one event each."""
    found = []
    for n in range(first, first + count):
        given = {"channel": "WEB_CHAT", "text": f"Question {n}", "visitor": {"anonymousId": f"browser-{n}"}}
        payload = await baton.mutate_brief(shop.widget, "startConversation", **given)
        assert payload["errors"] == []
        found.append(
            Started(
                shop=shop,
                id=payload["conversation"]["id"],
                token=payload["visitorToken"],
                conversation=payload["conversation"],
                message=payload["message"],
            )
        )
    return found


async def events_of(baton: Program, shop: Shop) -> list[str]:
    """Return the API ids of all business events, in log order."""
    rows = await baton.database["business_events"].find({"account": shop.id}).sort("seq").to_list()
    found = (
        await baton.data(
            shop.owner, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[_global(row) for row in rows]
        )
    )["nodes"]
    return [node["id"] for node in found]


def _global(row: Json) -> str:
    from resolvers.relay.global_ids import to_global_id

    kinds = {
        "CONVERSATION_STARTED": "ConversationStartedEvent",
        "CONVERSATION_RESOLVED": "ConversationResolvedEvent",
        "CONVERSATION_ESCALATED": "ConversationEscalatedEvent",
        "PRODUCT_RECOMMENDED": "ProductRecommendedEvent",
    }
    return to_global_id(kinds[row["type"]], row["_id"])


async def forward(baton: Program) -> int:
    """Deliver the due events, and return their number."""
    done = await forward_due(baton.baton.workers.forwarding)
    assert baton.baton.workers.forwarding.failures == 0
    return done


async def forward_until_quiet(baton: Program, *, most: timedelta = timedelta(days=30)) -> None:
    """Move the clock from one attempt to the next, until nothing is left to deliver."""
    ends = baton.clock.now() + most
    while True:
        await forward(baton)
        rows = await baton.database["forwardings"].find({"due_at": {"$gt": baton.clock.now()}}).to_list()
        if not rows:
            return
        baton.clock.set(min(row["due_at"] for row in rows))
        assert baton.clock.now() < ends, "it would go on for ever"
