"""Enums of the account, its staff and its attribution settings."""

from domain.model.account import Assignment, Availability, TouchKind
from domain.principal import StaffRole
from domain.values.calendar import WeekStart
from resolvers.enums import register_enum

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
    Assignment,
    "Who gets a new ticket.",
    {
        "MANUAL": "Whoever takes it.",
        "ROUND_ROBIN": "Within business hours, whoever is ONLINE and was given one longest ago.",
    },
)

register_enum(
    WeekStart,
    "On which day a week begins.",
    {"MONDAY": "As ISO 8601 has it; what a new account has.", "SUNDAY": "As in North America and elsewhere."},
)

__all__ = ["Assignment", "Availability", "StaffRole", "TouchKind", "WeekStart"]
