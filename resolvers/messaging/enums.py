"""Enums of message delivery on the shopper's own channel."""

from domain.model.messaging import Progress
from resolvers.enums import register_enum

register_enum(
    Progress,
    "The delivery progress of a message. It only moves forward.",
    {
        "WAITING": "The message waits to be sent, or to be retried.",
        "SENT": "The carrier or the mail server accepted the message.",
        "DELIVERED": "The message reached the shopper's phone. Mail servers do not report this.",
        "READ": "The shopper opened the message. WhatsApp only.",
        "FAILED": "The delivery failed and is not retried automatically.",
    },
    name="MessageProgress",
)

__all__ = ["Progress"]
