"""The payload of a webhook request: a business event in JSON, with the IDs and cursors of the API.

    {"type": "conversation.escalated",         also conversation.started, conversation.resolved, product.recommended
     "timestamp": "2026-06-07T12:00:00.000Z",  the time of the event
     "data": {"id": …, "type": "CONVERSATION_ESCALATED", "name": …, "at": …, "cursor": …, "channel": …,
              "conversation": {…}, "profile": {…}, "tags": […], "skill": …, "reason": …, "reasonDetail": …}}

`data` has the fields of the event's type in schema.graphql (ConversationEscalatedEvent, …). The conversation is in its
state at the time of the event (the ID and the fields of ConversationSnapshot, except the controller), and the shopper
has the identity given in that conversation by then: `verified` says whether any of it is proved, and
`verifiedFields` which fields are; the others are claims. Fields may be added later; none is removed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from domain.events import BusinessEvent, EventLog, EventType
from domain.model.conversation import Conversation, Message, ProductCard
from domain.storage import Reader, Storage
from domain.values.ids import AccountId, new_id
from domain.webhooks.ports import WebhookRequest
from resolvers.context import StreamCursors
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import write_instant

Json = dict[str, Any]

# The name in the payload, and the GraphQL type.
_TYPES: Mapping[EventType, tuple[str, str]] = {
    EventType.CONVERSATION_STARTED: ("conversation.started", "ConversationStartedEvent"),
    EventType.CONVERSATION_RESOLVED: ("conversation.resolved", "ConversationResolvedEvent"),
    EventType.CONVERSATION_ESCALATED: ("conversation.escalated", "ConversationEscalatedEvent"),
    EventType.PRODUCT_RECOMMENDED: ("product.recommended", "ProductRecommendedEvent"),
}

_PROVABLE = {"external_id": "externalId", "email": "email", "phone": "phone", "name": "name"}  # attributes of a visitor


class EventPayloadSerializers:
    def __init__(self, *, storage: Storage, log: EventLog, cursors: StreamCursors) -> None:
        self._storage = storage
        self._log = log
        self._cursors = cursors

    async def open(self, account_id: AccountId) -> "EventPayloadSerializer":
        epoch = (await self._log.head(account_id)).epoch
        return EventPayloadSerializer(
            reader=self._storage.read(account_id), cursor=lambda seq: self._cursors.encode(account_id, epoch, seq)
        )


class EventPayloadSerializer:
    def __init__(self, *, reader: Reader, cursor: Callable[[int], str]) -> None:
        self._reader = reader
        self._cursor = cursor

    async def serialize(self, event: BusinessEvent) -> WebhookRequest:
        name, graph_type = _TYPES[event.type]
        event_id = to_global_id(graph_type, event.id)
        data = {
            "id": event_id,
            "type": event.type.value,
            "name": event.name,
            "at": write_instant(event.at),
            "cursor": self._cursor(event.seq),
            "channel": event.conversation.channel.value,
            "conversation": _conversation(event.conversation, await self._first_question(event)),
            "profile": _profile(event.conversation),
            **_OWN[event.type](event),
        }
        return _request(event_id, name, event.at, data)

    async def _first_question(self, event: BusinessEvent) -> str:
        """Return the whole first question. The conversation of an event has only the beginning of a long one."""
        row = event.conversation
        if row.first_question_id is None:
            return row.first_question
        if event.first_message is not None:
            return event.first_message
        message = await self._reader.get(Message, row.first_question_id)
        return row.first_question if message is None else message.text

    def serialize_test(self, now: datetime) -> WebhookRequest:
        """Return the request of a test. Its `data` has only an `id`."""
        message_id = new_id()
        return _request(message_id, "webhook.ping", now, {"id": message_id})


def _request(message_id: str, name: str, at: datetime, data: Json) -> WebhookRequest:
    body = orjson.dumps({"type": name, "timestamp": write_instant(at), "data": data})
    return WebhookRequest(id=message_id, body=body)


def _conversation(row: Conversation, first_question: str) -> Json:
    return {
        "id": to_global_id("Conversation", row.id),
        "channel": row.channel.value,
        "status": row.status.value,
        "displayName": row.display_name,
        "firstQuestion": first_question,
        "tags": list(row.tags),
        "initialSkill": row.initial_skill,
        "finalSkill": row.final_skill,
        "startedAt": write_instant(row.started_at),
        "lastMessageAt": write_instant(row.last_message_at),
        "closedAt": None if row.closed_at is None else write_instant(row.closed_at),
        "messageCount": row.message_count,
        "identityVerified": row.visitor.is_proved,
        "version": row.version,
    }


def _profile(row: Conversation) -> Json:
    visitor = row.visitor
    return {
        "id": to_global_id("Profile", row.profile_id),
        "externalId": visitor.external_id,
        "name": visitor.name,
        "email": visitor.email,
        "phone": visitor.phone,
        "displayName": row.display_name,
        "verified": visitor.is_proved,
        "verifiedFields": [_PROVABLE[name] for name in visitor.proved],
    }


def _product(card: ProductCard) -> Json:
    price = card.price and {"amount": format(card.price.amount, "f"), "currency": card.price.currency}
    return {
        "productId": card.product_id,
        "title": card.title,
        "url": card.url,
        "imageUrl": card.image_url,
        "price": price,
        "sku": card.sku,
    }


def _started(event: BusinessEvent) -> Json:
    return {"initialSkill": event.conversation.initial_skill, "firstMessage": event.first_message or ""}


def _resolved(event: BusinessEvent) -> Json:
    row = event.conversation
    return {
        "finalSkill": row.final_skill,
        "tags": list(row.tags),
        "resolutionSeconds": event.resolution_seconds,
    }


def _escalated(event: BusinessEvent) -> Json:
    return {
        "tags": list(event.conversation.tags),
        "skill": event.conversation.final_skill,
        "reason": event.reason.value if event.reason else "OTHER",
        "reasonDetail": event.reason_detail,
    }


def _recommended(event: BusinessEvent) -> Json:
    return {"products": [_product(card) for card in event.products]}


_OWN: Mapping[EventType, Callable[[BusinessEvent], Json]] = {
    EventType.CONVERSATION_STARTED: _started,
    EventType.CONVERSATION_RESOLVED: _resolved,
    EventType.CONVERSATION_ESCALATED: _escalated,
    EventType.PRODUCT_RECOMMENDED: _recommended,
}
