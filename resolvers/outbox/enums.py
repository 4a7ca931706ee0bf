"""Enums of the outbox."""

from domain.model.outbox import Destination, OutgoingKind, OutgoingState
from resolvers.enums import register_enum

register_enum(
    Destination,
    "To whom something leaves.",
    {
        "ZENDESK": "The account's Zendesk.",
        "GORGIAS": "The account's Gorgias.",
        "TWILIO": "The shopper's phone, by SMS or WhatsApp.",
        "EMAIL": "The shopper's mailbox.",
    },
)

register_enum(
    OutgoingKind,
    "What leaves.",
    {
        "TICKET": "A new ticket, with the transcript.",
        "COMMENT": "A later message, on a ticket that is there.",
        "MESSAGE": "A message to the shopper, on the conversation's channel.",
    },
)

register_enum(
    OutgoingState,
    "How far something that leaves is.",
    {
        "PENDING": "On its way: not tried yet, or to be tried again by itself.",
        "DELIVERED": "The other side has it.",
        "FAILED": "Refused for good, or tried for days: seen to by people, and tried again with `retryOutgoing`.",
        "CANCELLED": "Taken back before it left.",
    },
)

__all__ = ["Destination", "OutgoingKind", "OutgoingState"]
