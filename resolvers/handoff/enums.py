"""Enums of handoffs and their settings."""

from domain.model.handoff import (
    ChatAfterHandoff,
    ConsentDecision,
    EscalationReason,
    HandoffMethod,
    HandoffState,
    Helpdesk,
    IdentityPolicy,
)
from resolvers.enums import register_enum

register_enum(
    HandoffMethod,
    "What happens when the agent cannot finish a conversation.",
    {"HELPDESK": "A human gets a ticket.", "MESSAGE": "The account's own text is shown; no offer, no ticket."},
)

register_enum(
    Helpdesk,
    "Where tickets go.",
    {"INBOX": "The built-in inbox.", "ZENDESK": "The account's Zendesk.", "GORGIAS": "The account's Gorgias."},
)

register_enum(
    ChatAfterHandoff,
    "What becomes of a web chat whose ticket is in Zendesk or Gorgias.",
    {"CONTINUES": "It goes on in the chat.", "MOVES_TO_EMAIL": "It ends; the team follows up by e-mail."},
)

register_enum(
    IdentityPolicy,
    "What must be known of a shopper on the web chat before a human comes.",
    {"EMAIL": "An e-mail address.", "SIGNED_IN": "The shop's own id of a signed-in shopper."},
)

register_enum(
    HandoffState,
    "How far a handoff is.",
    {
        "OFFERED": "The shopper is asked.",
        "DECLINED": "The shopper said no; the agent goes on.",
        "EXPIRED": "The conversation was closed before it was decided.",
        "WITHDRAWN": "The shopper took it back; the agent goes on.",
        "AWAITING_IDENTITY": "The shopper said yes and is asked who it is; the agent goes on until then.",
        "QUEUED": "On its way to the helpdesk.",
        "DELIVERED": "The ticket is there.",
        "FAILED": "The helpdesk refuses it for good; see the ticket's attempts.",
        "MESSAGE_SHOWN": "The account's own text was shown.",
    },
)

register_enum(
    EscalationReason,
    "Why a human is asked for.",
    {
        "KNOWLEDGE_GAP": "The agent does not know.",
        "EXPLICIT_ASK": "The shopper asked for a human.",
        "ESCALATION_RULE": "A rule of the account.",
        "UNINTELLIGIBLE_INPUT": "The agent does not understand the shopper.",
        "AGENT_FAILURE": "The agent failed, or did not answer in the time that the account gives it.",
        "OTHER": "Something else; see the detail.",
    },
)

register_enum(
    ConsentDecision,
    "What the shopper decided.",
    {"ACCEPTED": "Yes.", "DECLINED": "No.", "WITHDRAWN": "Yes, and then took it back."},
)

__all__ = [
    "ChatAfterHandoff",
    "ConsentDecision",
    "EscalationReason",
    "HandoffMethod",
    "HandoffState",
    "Helpdesk",
    "IdentityPolicy",
]
