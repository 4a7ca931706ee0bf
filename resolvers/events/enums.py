"""Enums of business events."""

from domain.events import EventType
from resolvers.enums import register_enum

register_enum(
    EventType,
    "The type of a business event.",
    {
        "CONVERSATION_STARTED": "The first message of a shopper opened a conversation.",
        "CONVERSATION_RESOLVED": "The status of a conversation became RESOLVED_BY_AI.",
        "CONVERSATION_ESCALATED": "A handoff of a conversation was triggered.",
        "PRODUCT_RECOMMENDED": "A message with product cards was shown.",
    },
)

__all__ = ["EventType"]
