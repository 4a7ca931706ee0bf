"""Enums of the shopper's own channel. Import them from `resolvers.enums`."""

from enum import StrEnum

from domain.connected_services.channels import KeywordReplies, RepliesMailedBy, Security
from domain.connected_services.model import Service
from domain.messaging.model import Progress
from resolvers.publishing import register_enum


class ChannelService(StrEnum):
    TWILIO = Service.TWILIO.value
    EMAIL = Service.EMAIL.value


register_enum(
    ChannelService,
    "By what shoppers are reached outside of the web chat.",
    {"TWILIO": "SMS and WhatsApp, through Twilio.", "EMAIL": "E-mail, through the account's own mail server."},
)
register_enum(
    Security,
    "How a connection to a mail server is encrypted.",
    {
        "STARTTLS": "Begins in clear and is encrypted before anything is said; refused where the server cannot.",
        "TLS": "Encrypted from the first byte.",
        "NONE": "Not at all: only on this machine, where the operator allows it.",
    },
    name="SmtpSecurity",
)
register_enum(
    KeywordReplies,
    "Who answers a shopper's HELP. STOP and START are heeded whoever answers them.",
    {
        "BATON": "Baton, unless Twilio says that it has.",
        "TWILIO": "Twilio, whose own replies are on for most numbers.",
    },
)
register_enum(
    RepliesMailedBy,
    "Who mails what humans reply in Zendesk or Gorgias: to web chats that moved to e-mail, and to conversations by "
    "e-mail. Never both: the shopper gets it once. What is replied in Baton's own inbox, Baton mails.",
    {
        "BATON": "Baton. Switch off that the helpdesk notifies requesters of public replies, for tickets from Baton.",
        "HELPDESK": "Zendesk or Gorgias, as they do by themselves.",
    },
)
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

__all__ = ["ChannelService", "KeywordReplies", "Progress", "RepliesMailedBy", "Security"]
