"""The domain's enums in the graph, each value with its description."""

from enum import Enum, StrEnum

import strawberry

from domain.account.model import Assignment, Availability, TouchKind
from domain.conversation.model import AuthorKind, ControllerKind, ConversationStatus, MessageKind
from domain.events import EventType
from domain.handoff.model import (
    ChatAfterHandoff,
    ConsentDecision,
    DeliveryState,
    EscalationReason,
    HandoffMethod,
    HandoffState,
    Helpdesk,
    IdentityPolicy,
    TicketState,
)
from domain.principal import StaffRole
from domain.storage import ConversationSort
from domain.values.channel import Channel
from domain.values.errors import ErrorCode
from resolvers.messaging.enums import ChannelService, KeywordReplies, Progress, RepliesMailedBy, Security
from resolvers.metrics.enums import DatePreset, MetricsGroup, WeekStart
from resolvers.outbox.enums import Destination, OutgoingKind, OutgoingState
from resolvers.publishing import register_enum

register_enum(
    Channel,
    "Where the shopper writes.",
    {
        "WEB_CHAT": "The chat widget on the shop's pages.",
        "SMS": "Text messages; the phone number is the shopper's identity.",
        "EMAIL": "E-mail; the address is the shopper's identity.",
        "WHATSAPP": "WhatsApp; the phone number is the shopper's identity.",
    },
)
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
    EventType,
    "The four business events.",
    {
        "CONVERSATION_STARTED": "The shopper's first message opened a conversation.",
        "CONVERSATION_RESOLVED": "The status became RESOLVED_BY_AI.",
        "CONVERSATION_ESCALATED": "A handoff was triggered.",
        "PRODUCT_RECOMMENDED": "A message with product cards was shown.",
    },
)
register_enum(
    StaffRole,
    "What a member of staff may do.",
    {
        "OWNER": "Everything.",
        "ADMIN": "Everything.",
        "MANAGER": "Everything.",
        "SUPPORT": "The inbox and conversations.",
        "ANALYST": "Reads conversations, metrics and events.",
    },
)
register_enum(
    Availability,
    "Whether a member of staff can be given conversations now.",
    {"ONLINE": "Here, and can take conversations.", "AWAY": "Not now."},
)
register_enum(
    TouchKind,
    "What a shopper did with a message of the agent that may earn a sale its credit.",
    {
        "PRODUCT_CARD_CLICK": "Clicked a product card in the web chat.",
        "SMS_CLICK": "Clicked a link in a text message.",
        "SMS_DELIVERY": "Was delivered a text message.",
        "WHATSAPP_CLICK": "Clicked a link in a WhatsApp message.",
        "WHATSAPP_OPEN": "Opened a WhatsApp message.",
        "EMAIL_CLICK": "Clicked a link in an e-mail.",
        "EMAIL_OPEN": "Opened an e-mail.",
    },
)
register_enum(
    ConversationSort,
    "By which instant conversations are sorted.",
    {"STARTED_AT": "When it started.", "LAST_MESSAGE_AT": "When its last message was sent."},
    name="ConversationOrderField",
)
register_enum(
    ErrorCode,
    "Why a mutation was refused.",
    {
        "NOT_FOUND": "No such thing in this account.",
        "FORBIDDEN": "The credential may not do this.",
        "INVALID": "A value is unusable; `path` says which.",
        "CONFLICT": "The state, or an earlier use of the idempotency key, contradicts it.",
        "STALE_VIEW": "There are messages that the sender had not seen.",
        "NOT_CONNECTED": "The helpdesk must be connected first.",
        "AGENT_NOT_LIVE": "The agent is off, or not active on this channel.",
        "IDENTITY_REQUIRED": "The shopper must say who it is first.",
        "CONVERSATION_CLOSED": "The conversation is closed: start a new one.",
        "NOT_IN_CONTROL": "Somebody else has the conversation.",
        "RATE_LIMITED": "Too many at once: try again later.",
    },
)


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
register_enum(
    TicketState,
    "Whether a ticket is to be worked on.",
    {
        "OPEN": "Yes.",
        "SNOOZED": "Not before a set time, or before the shopper writes.",
        "CLOSED": "Done; a message of the shopper opens it again.",
    },
)
register_enum(
    DeliveryState,
    "Whether a ticket has reached its helpdesk.",
    {
        "NOT_NEEDED": "It is in the built-in inbox.",
        "PENDING": "Not tried yet.",
        "RETRYING": "Tried, and to be tried again.",
        "DELIVERED": "It is there.",
        "FAILED": "Refused for good.",
    },
)
register_enum(
    Assignment,
    "Who gets a new ticket.",
    {
        "MANUAL": "Whoever takes it.",
        "ROUND_ROBIN": "Within business hours, whoever is ONLINE and was given one longest ago.",
    },
)


class InboxView(StrEnum):
    ALL = "ALL"
    MINE = "MINE"
    UNASSIGNED = "UNASSIGNED"


register_enum(
    InboxView,
    "Which tickets an inbox shows.",
    {"ALL": "All.", "MINE": "Those assigned to the caller.", "UNASSIGNED": "Those that nobody has."},
)


@strawberry.enum(description="Which way a list is sorted.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Oldest first.")
    DESC = strawberry.enum_value("DESC", description="Newest first.")


__all__ = [
    "Assignment",
    "AuthorKind",
    "Availability",
    "Channel",
    "ChannelService",
    "ChatAfterHandoff",
    "ConsentDecision",
    "ControllerKind",
    "ConversationSort",
    "ConversationStatus",
    "DatePreset",
    "DeliveryState",
    "Destination",
    "ErrorCode",
    "EscalationReason",
    "EventType",
    "HandoffMethod",
    "HandoffState",
    "Helpdesk",
    "IdentityPolicy",
    "InboxView",
    "KeywordReplies",
    "MessageKind",
    "MetricsGroup",
    "OrderDirection",
    "OutgoingKind",
    "OutgoingState",
    "Progress",
    "RepliesMailedBy",
    "Security",
    "StaffRole",
    "TicketState",
    "TouchKind",
    "WeekStart",
]
