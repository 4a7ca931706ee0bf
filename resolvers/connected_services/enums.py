"""Enums of connected channels and mail servers."""

from enum import StrEnum

from domain.connected_services.channels import KeywordReplies, RepliesMailedBy, Security
from domain.model.connected_services import Service
from resolvers.enums import register_enum


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

__all__ = ["ChannelService", "KeywordReplies", "RepliesMailedBy", "Security"]
