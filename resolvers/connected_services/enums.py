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
    "A service by which Baton itself reaches shoppers outside the web chat.",
    {"TWILIO": "Twilio, for SMS and WhatsApp.", "EMAIL": "The account's own mail server, for e-mail."},
)

register_enum(
    Security,
    "The encryption of a connection to a mail server.",
    {
        "STARTTLS": "The connection begins unencrypted and is upgraded before any command. Refused if the server "
        "does not support it.",
        "TLS": "The connection is encrypted from its first byte.",
        "NONE": "No encryption. Only for a server on the same machine, if the operator allows it.",
    },
    name="SmtpSecurity",
)

register_enum(
    KeywordReplies,
    "The sender of replies to the keyword HELP. STOP and START take effect in either case.",
    {
        "BATON": "Baton replies, unless Twilio reports that it has replied.",
        "TWILIO": "Twilio replies. Its own replies are enabled for most numbers.",
    },
)

register_enum(
    RepliesMailedBy,
    "The sender of e-mails with the replies that staff write in Zendesk or Gorgias, for web chats "
    "that moved to e-mail and for conversations by e-mail. Baton always mails replies from its own "
    "inbox.",
    {
        "BATON": "Baton mails the replies. Switch off the helpdesk's notifications of requesters for tickets from "
        "Baton.",
        "HELPDESK": "Zendesk or Gorgias mails the replies, as they do by default.",
    },
)

__all__ = ["ChannelService", "KeywordReplies", "RepliesMailedBy", "Security"]
