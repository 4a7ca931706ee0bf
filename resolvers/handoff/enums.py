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
    "The way in which conversations are handled that the agent cannot finish.",
    {
        "HELPDESK": "A human gets a ticket.",
        "MESSAGE": "The account's own text is shown. There is no offer and no ticket.",
    },
)

register_enum(
    Helpdesk,
    "A system in which tickets are worked on.",
    {
        "INBOX": "The inbox that is built into Baton.",
        "ZENDESK": "The account's Zendesk Support.",
        "GORGIAS": "The account's Gorgias.",
    },
)

register_enum(
    ChatAfterHandoff,
    "The continuation of a web chat whose ticket is in Zendesk or Gorgias.",
    {
        "CONTINUES": "The web chat continues, with replies from the helpdesk.",
        "MOVES_TO_EMAIL": "The web chat ends, and the team replies by e-mail.",
    },
)

register_enum(
    IdentityPolicy,
    "The identity that a shopper on the web chat must give before a handoff.",
    {"EMAIL": "The shopper must give an e-mail address.", "SIGNED_IN": "The shopper must be signed in at the shop."},
)

register_enum(
    HandoffState,
    "The state of a handoff.",
    {
        "OFFERED": "The shopper was asked and has not decided.",
        "DECLINED": "The shopper declined, and the agent continues.",
        "EXPIRED": "The conversation was closed before the shopper decided.",
        "WITHDRAWN": "The shopper withdrew the request, and the agent continues.",
        "AWAITING_IDENTITY": "The shopper accepted and must be identified. The agent continues until then.",
        "QUEUED": "The ticket is on its way to the helpdesk.",
        "DELIVERED": "The ticket is in the helpdesk.",
        "FAILED": "The helpdesk refused the ticket permanently. See `Ticket.attempts`.",
        "MESSAGE_SHOWN": "The account's own text was shown.",
    },
)

register_enum(
    EscalationReason,
    "The reason for a handoff.",
    {
        "KNOWLEDGE_GAP": "The agent does not know the solution.",
        "EXPLICIT_ASK": "The shopper asked for a human.",
        "ESCALATION_RULE": "A rule of the account requires a human.",
        "UNINTELLIGIBLE_INPUT": "The agent does not understand the shopper.",
        "AGENT_FAILURE": "The agent failed, or did not respond within `account.agentSilence`.",
        "AGENT_OFF": "A message arrived while the agent was off. The server sets this reason.",
        "OTHER": "Another reason, described in `reasonDetail`.",
    },
)

register_enum(
    ConsentDecision,
    "The decision of a shopper about a handoff.",
    {
        "ACCEPTED": "The shopper accepted the handoff.",
        "DECLINED": "The shopper declined the handoff.",
        "WITHDRAWN": "The shopper accepted the handoff and withdrew the consent later.",
    },
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
