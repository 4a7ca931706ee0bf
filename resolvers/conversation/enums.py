"""Enums of conversations and messages."""

from domain.model.conversation import AuthorKind, ControllerKind, ConversationStatus, MessageKind
from domain.storage import ConversationSort
from resolvers.enums import register_enum

register_enum(
    ConversationStatus,
    "The outcome of a conversation. It has exactly one at any instant, so the counts of the four add up to the volume.",
    {
        "OPEN": "The conversation continues with the agent, or waits for the shopper.",
        "RESOLVED_BY_AI": "The conversation is closed, the agent had the last word, and no handoff was triggered.",
        "NOT_RESOLVED_BY_AI": "A handoff was triggered. This status is final; later work of humans is in the "
        "ticket's state.",
        "CLOSED": "The conversation is closed without a handoff, and the shopper had the last word.",
    },
)

register_enum(
    AuthorKind,
    "The kind of author of a message.",
    {
        "SHOPPER": "The shopper who writes to the shop.",
        "AI_AGENT": "The AI agent of the account.",
        "HUMAN_AGENT": "A member of the support team.",
        "SYSTEM": "Baton itself, for notices and offers.",
    },
)

register_enum(
    MessageKind,
    "The kind of a message.",
    {
        "TEXT": "A plain text message.",
        "PRODUCT_RECOMMENDATION": "A text with product cards.",
        "HANDOFF_OFFER": "The question to the shopper whether a human should take over. It has actions.",
        "IDENTITY_REQUEST": "The request to the shopper for an e-mail address or a sign-in.",
        "CUSTOM_MESSAGE": "The account's own text, shown instead of a handoff.",
        "NOTICE": "Information for the shopper, for example that the team is away.",
        "NOTE": "A note for staff, which shoppers never see.",
    },
)

register_enum(
    ControllerKind,
    "The kind of participant that has control of a conversation.",
    {
        "AI_AGENT": "The AI agent has control.",
        "QUEUE": "The conversation is handed over and waits for a human.",
        "HUMAN_AGENT": "A member of staff has control.",
        "HELPDESK": "The conversation continues in Zendesk or Gorgias.",
        "NOBODY": "The conversation is closed.",
    },
)

register_enum(
    ConversationSort,
    "The field by which conversations are sorted.",
    {
        "STARTED_AT": "The time of the first message.",
        "LAST_MESSAGE_AT": "The time of the last message, notes excluded. A page keeps the order that the list "
        "had when its "
        "first page was read.",
    },
    name="ConversationOrderField",
)

__all__ = ["AuthorKind", "ControllerKind", "ConversationSort", "ConversationStatus", "MessageKind"]
