"""Enums of conversations and messages."""

from domain.model.conversation import AuthorKind, ControllerKind, ConversationStatus, MessageKind
from domain.storage import ConversationSort
from resolvers.enums import register_enum

register_enum(
    ConversationStatus,
    "What became of a conversation: exactly one at any instant. The four counts add up to the volume.",
    {
        "OPEN": "Still going on with the agent, or waiting for the shopper.",
        "RESOLVED_BY_AI": "Closed, the agent had the last word, and no handoff was triggered.",
        "NOT_RESOLVED_BY_AI": "A handoff was triggered. Final: what humans do later is the ticket's state.",
        "CLOSED": "Closed without a handoff, the shopper having had the last word.",
    },
)

register_enum(
    AuthorKind,
    "Who wrote a message.",
    {
        "SHOPPER": "The shopper.",
        "AI_AGENT": "The AI agent.",
        "HUMAN_AGENT": "A human of the support team.",
        "SYSTEM": "Baton itself: notices and offers.",
    },
)

register_enum(
    MessageKind,
    "What a message is.",
    {
        "TEXT": "Plain text.",
        "PRODUCT_RECOMMENDATION": "Text with product cards.",
        "HANDOFF_OFFER": "Asks the shopper whether a human should come; has actions.",
        "IDENTITY_REQUEST": "Asks the shopper for an e-mail address or to sign in.",
        "CUSTOM_MESSAGE": "The account's own text, shown in place of a handoff.",
        "NOTICE": "Tells the shopper what happens, e.g. that the team is away.",
        "NOTE": "For staff only; shoppers never see it.",
    },
)

register_enum(
    ControllerKind,
    "Who has the conversation.",
    {
        "AI_AGENT": "The AI agent.",
        "QUEUE": "Handed over; nobody took it yet.",
        "HUMAN_AGENT": "A member of staff.",
        "HELPDESK": "It lives in Zendesk or Gorgias now.",
        "NOBODY": "It is closed.",
    },
)

register_enum(
    ConversationSort,
    "By which instant conversations are sorted.",
    {"STARTED_AT": "When it started.", "LAST_MESSAGE_AT": "When its last message was sent."},
    name="ConversationOrderField",
)

__all__ = ["AuthorKind", "ControllerKind", "ConversationSort", "ConversationStatus", "MessageKind"]
