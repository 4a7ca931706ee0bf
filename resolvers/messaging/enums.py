"""Enums of message delivery on the shopper's own channel."""

from domain.model.messaging import Progress
from resolvers.enums import register_enum

register_enum(
    Progress,
    "How far a message has come on its way to the shopper. It only ever goes on.",
    {
        "WAITING": "It is about to leave, or is tried again.",
        "SENT": "The carrier, or the mail server, has taken it.",
        "DELIVERED": "The shopper's phone has it. Mail servers do not say so.",
        "READ": "The shopper has opened it. WhatsApp only.",
        "FAILED": "It did not get through, and is not tried again by itself.",
    },
    name="MessageProgress",
)

__all__ = ["Progress"]
