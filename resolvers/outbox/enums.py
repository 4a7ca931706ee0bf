"""Enums of the outbox."""

from domain.model.outbox import Destination, OutgoingKind, OutgoingState
from resolvers.enums import register_enum

register_enum(
    Destination,
    "The receiver of an item of the outbox.",
    {
        "ZENDESK": "The account's Zendesk Support.",
        "GORGIAS": "The account's Gorgias.",
        "TWILIO": "The shopper's phone, by SMS or WhatsApp.",
        "EMAIL": "A mailbox: the shopper's, or that of a member of staff.",
        "KLAVIYO": "The account's Klaviyo, for erasures of shoppers. Events are forwarded, not sent by the outbox.",
    },
)

register_enum(
    OutgoingKind,
    "The kind of an item of the outbox.",
    {
        "TICKET": "A new ticket with the transcript of the conversation.",
        "COMMENT": "A later message, as a comment on an existing ticket.",
        "MESSAGE": "A message to the shopper on the conversation's channel.",
        "REPLIES": "An e-mail with the replies of the team that a shopper who left the chat has not seen.",
        "TICKET_NOTICE": "An e-mail that tells a member of staff of tickets that wait.",
        "EMAIL_CONFIRMATION": "A mail with a link, to the address that the shopper claims.",
        "ERASURE": "The deletion of what a vendor has of a shopper who is erased.",
        "REDACTION": "The removal of the words of a redacted message from a ticket in a helpdesk.",
    },
)

register_enum(
    OutgoingState,
    "The state of an item of the outbox.",
    {
        "PENDING": "The item waits for its first attempt or for a retry.",
        "DELIVERED": "The receiver accepted the item.",
        "FAILED": "The receiver refused the item permanently, or retries failed for days. Retry with `retryOutgoing`.",
        "CANCELLED": "The item was withdrawn before it was sent.",
    },
)

__all__ = ["Destination", "OutgoingKind", "OutgoingState"]
