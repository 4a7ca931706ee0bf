"""Enums of the account, its staff and its attribution settings."""

from domain.model.account import Assignment, Availability, TicketMails, TouchKind
from domain.principal import DocumentPolicy, Scope, StaffRole
from domain.values.calendar import WeekStart
from resolvers.enums import register_enum

register_enum(
    StaffRole,
    "The role of a member of staff.",
    {
        "OWNER": "All permissions: settings, keys, tickets, conversations and reports.",
        "ADMIN": "The same permissions as OWNER, except for `connectSignIn` and `disconnectSignIn`, and for changes of "
        "owners.",
        "MANAGER": "The same permissions as ADMIN, except for the audit log, the sign-in of others, legal holds and "
        "retention, and the erasure and export of shoppers.",
        "SUPPORT": "Reads conversations and profiles, and works on tickets. No access to metrics, business events "
        "and changes of settings.",
        "ANALYST": "Reads conversations, profiles, metrics and business events, and changes nothing.",
    },
)

register_enum(
    Scope,
    "A right of a key that belongs to no member of staff.",
    {
        "AGENT": "The AI agent: reads conversations, events, profiles, the account and its settings; writes as the "
        "agent; requests handoffs.",
        "CONVERSATIONS_READ": "Reads conversations and profiles.",
        "CONVERSATIONS_WRITE": "Carries a channel of its own: starts conversations there, and sends the messages of "
        "their shoppers.",
        "METRICS_READ": "Reads reports and sales.",
        "EVENTS_READ": "Reads business events.",
        "HANDOFF_WRITE": "Requests handoffs, and reads the handoff settings.",
        "ORDERS_WRITE": "Records orders, refunds and touches.",
        "INBOX_READ": "Reads tickets and the outbox, conversations, profiles and the account.",
        "INBOX_WRITE": "The same, and works on tickets: assigns, releases, snoozes, closes, reopens and returns them, "
        "writes notes, replies in the name of a member of staff, and closes conversations.",
        "STAFF_ADMIN": "Manages staff below OWNER, and keys with no more rights than its own; reads the account. Only "
        "OWNER, ADMIN and keys with this scope may give it.",
        "AUDIT_READ": "Reads the audit log.",
    },
    name="KeyScope",
)

register_enum(
    DocumentPolicy,
    "Which GraphQL documents a key may run.",
    {
        "OFF": "Any document, by its text. Hashes and IDs of documents are refused.",
        "AUTO": "Any document; also by its SHA-256 (automatic persisted queries), or by the ID of a trusted document.",
        "ONLY": "The trusted documents of the account, see `registerDocuments`; all others are refused.",
    },
)

register_enum(
    Availability,
    "Whether a member of staff accepts new conversations.",
    {"ONLINE": "Signed in, and accepts new conversations.", "AWAY": "Accepts no new conversations."},
)

register_enum(
    TouchKind,
    "An action of a shopper on a message of the agent that may credit the conversation with a sale.",
    {
        "PRODUCT_CARD_CLICK": "The shopper clicked a product card in the web chat.",
        "SMS_CLICK": "The shopper clicked a link in a text message.",
        "SMS_DELIVERY": "A text message was delivered to the shopper's phone.",
        "WHATSAPP_CLICK": "The shopper clicked a link in a WhatsApp message.",
        "WHATSAPP_OPEN": "The shopper opened a WhatsApp message.",
        "EMAIL_CLICK": "The shopper clicked a link in an e-mail.",
        "EMAIL_OPEN": "The shopper opened an e-mail.",
    },
)

register_enum(
    Assignment,
    "The way in which new tickets are assigned to staff.",
    {
        "MANUAL": "A ticket waits in the queue until a member of staff takes it.",
        "ROUND_ROBIN": "Within business hours, a ticket is assigned to the ONLINE member of staff with fewer open "
        "tickets than the `capacity` whose last assignment is the longest ago.",
    },
)

register_enum(
    WeekStart,
    "The first day of a week.",
    {
        "MONDAY": "Weeks begin on Monday, as in ISO 8601. Default for new accounts.",
        "SUNDAY": "Weeks begin on Sunday, as in North America.",
    },
)

register_enum(
    TicketMails,
    "How a member of staff is told by e-mail of tickets that wait.",
    {
        "AT_ONCE": "A mail for each ticket as soon as it waits, once for each time that it waits.",
        "DIGEST": "One mail with all tickets that wait, some time after the first began to.",
        "NONE": "The member gets no mails about tickets.",
    },
)

__all__ = ["Assignment", "Availability", "Scope", "StaffRole", "TicketMails", "TouchKind", "WeekStart"]
