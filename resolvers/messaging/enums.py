"""Enums of message delivery on the shopper's own channel."""

from domain.model.messaging import Progress
from domain.model.passed_over import PassedOverReason
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

register_enum(
    PassedOverReason,
    "The reason for which a message was not taken in.",
    {
        "AUTOMATIC": "A machine wrote it, or it goes to many: an automatic reply, a bounce, a newsletter.",
        "AGENT_OFF": "The agent was off, and the handoff method is MESSAGE.",
        "OVER_LIMIT": "More than 30 mails of the sender, or in the conversation, arrived within an hour.",
        "NO_SENDER": "It has no address or number to which a reply could go.",
        "EMPTY": "It has no text and no file.",
        "UNREADABLE": "Its parts take too long to read.",
    },
)

__all__ = ["PassedOverReason", "Progress"]
