"""Enums of business events."""

from domain.events import EventType
from resolvers.enums import register_enum

register_enum(
    EventType,
    "The four business events.",
    {
        "CONVERSATION_STARTED": "The shopper's first message opened a conversation.",
        "CONVERSATION_RESOLVED": "The status became RESOLVED_BY_AI.",
        "CONVERSATION_ESCALATED": "A handoff was triggered.",
        "PRODUCT_RECOMMENDED": "A message with product cards was shown.",
    },
)

__all__ = ["EventType"]
