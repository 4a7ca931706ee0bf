"""Records business events in Klaviyo: `POST /api/events`, one event per call.

metric       the event's name, e.g. "Conversation with Customer Agent Escalated"
profile      one identifier, as known at the time of the event: e-mail, else phone, else the shop's id, else the
             caller's label of the browser, never its secret. Klaviyo refuses an event with two identifiers that belong
             to different profiles
unique_id    the event's id: of events with the same profile, metric and unique_id, Klaviyo keeps the first
time         when the event happened, to the second, which is Klaviyo's resolution
properties   ConversationId, Channel, IdentityVerified (false: the identifier is only what a browser claimed), and by
             event: FirstMessage, InitialSkill; FinalSkill, Tags, ResolutionSeconds; Skill, Tags, Reason, ReasonDetail;
             Products, ProductIds, ProductNames. Unknown values are left out
backfill     true for imported history: it triggers no flow
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from domain.delivery.model import DeliveryResult
from domain.events import BusinessEvent, EventType
from domain.model.connected_services import UnsealedConnection
from domain.model.conversation import ProductCard, Visitor
from integrations.klaviyo.client import KlaviyoClient

Json = dict[str, Any]

_NAMES = {"email": "email", "phone": "phone_number", "external_id": "external_id", "anonymous_id": "anonymous_id"}
_LONGEST_TEXT = 25_000  # characters: at four bytes each, Klaviyo's limit of 100 KB


class KlaviyoEvents:
    def __init__(self, *, api: KlaviyoClient) -> None:
        self._api = api

    async def record(self, connection: UnsealedConnection, event: BusinessEvent) -> DeliveryResult:
        status, _ = await self._api.call(connection, "POST", "/api/events", payload_of(event))
        return DeliveryResult(http_status=status)


def payload_of(event: BusinessEvent) -> Json:
    attributes: Json = {
        "metric": {"data": {"type": "metric", "attributes": {"name": event.name}}},
        "profile": {"data": {"type": "profile", "attributes": _identifier(event.conversation.visitor)}},
        "properties": _properties(event),
        "time": event.at.astimezone(UTC).isoformat(timespec="seconds"),
        "unique_id": event.id,
    }
    if event.imported:
        attributes["backfill"] = True
    return {"data": {"type": "event", "attributes": attributes}}


def _identifier(visitor: Visitor) -> Json:
    attribute = _attribute(visitor)
    return {_NAMES[attribute]: getattr(visitor, attribute)}


def _attribute(visitor: Visitor) -> str:
    """The attribute of the visitor that identifies the profile."""
    return next(name for name in _NAMES if getattr(visitor, name))


def _properties(event: BusinessEvent) -> Json:
    row = event.conversation
    found = {
        "ConversationId": row.id,
        "Channel": row.channel.value,
        "IdentityVerified": _attribute(row.visitor) in row.visitor.proved,
        **_OWN[event.type](event),
    }
    return {name: _cut(value) for name, value in found.items() if value not in (None, [], "")}


def _cut(value: object) -> object:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else value


def _started(event: BusinessEvent) -> Json:
    return {"FirstMessage": event.first_message, "InitialSkill": event.conversation.initial_skill}


def _resolved(event: BusinessEvent) -> Json:
    return {
        "FinalSkill": event.conversation.final_skill,
        "Tags": list(event.conversation.tags),
        "ResolutionSeconds": event.resolution_seconds,
    }


def _escalated(event: BusinessEvent) -> Json:
    return {
        "Skill": event.conversation.final_skill,
        "Tags": list(event.conversation.tags),
        "Reason": event.reason.value if event.reason else None,
        "ReasonDetail": event.reason_detail,
    }


def _recommended(event: BusinessEvent) -> Json:
    return {
        "Products": [_product(card) for card in event.products],
        "ProductIds": [card.product_id for card in event.products],
        "ProductNames": [card.title for card in event.products],
    }


def _product(card: ProductCard) -> Json:
    found = {
        "ProductID": card.product_id,
        "ProductName": card.title,
        "SKU": card.sku,
        "URL": card.url,
        "ImageURL": card.image_url,
        "Price": float(card.price.amount) if card.price else None,
        "Currency": card.price.currency if card.price else None,
    }
    return {name: value for name, value in found.items() if value is not None}


_OWN: Mapping[EventType, Callable[[BusinessEvent], Json]] = {
    EventType.CONVERSATION_STARTED: _started,
    EventType.CONVERSATION_RESOLVED: _resolved,
    EventType.CONVERSATION_ESCALATED: _escalated,
    EventType.PRODUCT_RECOMMENDED: _recommended,
}
