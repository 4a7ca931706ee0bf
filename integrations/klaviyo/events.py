"""Records business events in Klaviyo: `POST /api/events`, one event per call.

metric       the event's name, e.g. "Conversation with Customer Agent Escalated"
profile      one identifier, as known at the time of the event: e-mail, else phone, else the shop's id, else the
             caller's label of the browser, never its secret. Klaviyo refuses an event with two identifiers that belong
             to different profiles. An address or number that it finds invalid is left out: the next identifier
             follows, and at last `baton-` with the id of the profile, as `anonymous_id`
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

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.events import BusinessEvent, EventType
from domain.model.connected_services import UnsealedConnection
from domain.model.conversation import ProductCard
from domain.values.record import Record
from integrations.klaviyo.client import KlaviyoClient

Json = dict[str, Any]

_NAMES = {"email": "email", "phone": "phone_number", "external_id": "external_id", "anonymous_id": "anonymous_id"}
_LONGEST_TEXT = 25_000  # characters: at four bytes each, Klaviyo's limit of 100 KB


class KlaviyoEvents:
    def __init__(self, *, api: KlaviyoClient) -> None:
        self._api = api

    async def record(self, connection: UnsealedConnection, event: BusinessEvent) -> DeliveryResult:
        """Record the event under the first identifier that Klaviyo accepts. Returns the status. Raises as
        `KlaviyoClient.call` does."""
        *first, last = _identifiers(event)
        for identifier in first:
            try:
                return await self._send(connection, _payload(event, identifier))
            except PermanentError as error:
                if not _is_about(error, identifier.name):
                    raise
        return await self._send(connection, _payload(event, last))

    async def _send(self, connection: UnsealedConnection, payload: Json) -> DeliveryResult:
        status, _ = await self._api.call(connection, "POST", "/api/events", payload)
        return DeliveryResult(http_status=status)


def _payload(event: BusinessEvent, identifier: _Identifier) -> Json:
    attributes: Json = {
        "metric": {"data": {"type": "metric", "attributes": {"name": event.name}}},
        "profile": {"data": {"type": "profile", "attributes": {identifier.name: identifier.value}}},
        "properties": _properties(event, identifier),
        "time": event.at.astimezone(UTC).isoformat(timespec="seconds"),
        "unique_id": event.id,
    }
    if event.imported:
        attributes["backfill"] = True
    return {"data": {"type": "event", "attributes": attributes}}


class _Identifier(Record):
    """An identifier of a profile."""

    name: str  # Klaviyo's
    value: str
    proved: bool


def _identifiers(event: BusinessEvent) -> list[_Identifier]:
    """Every identifier of the profile, the first choice first. The last is Baton's own, which is always accepted."""
    visitor = event.conversation.visitor
    known = [
        _Identifier(name=name, value=value, proved=attribute in visitor.proved)
        for attribute, name in _NAMES.items()
        if (value := getattr(visitor, attribute))
    ]
    own = f"baton-{event.conversation.profile_id}"
    return [*known, _Identifier(name="anonymous_id", value=own, proved=visitor.is_proved)]


def _is_about(error: PermanentError, name: str) -> bool:
    """Whether Klaviyo refused this identifier: it finds addresses and numbers invalid that others accept."""
    if error.credentials or error.http_status not in (400, 422):
        return False
    said = error.message.lower()
    return f"/{name}" in said or name.removesuffix("_number") in said


def _properties(event: BusinessEvent, identifier: _Identifier) -> Json:
    row = event.conversation
    found = {
        "ConversationId": row.id,
        "Channel": row.channel.value,
        "IdentityVerified": identifier.proved,
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
