"""Enums of tickets and the inbox."""

from enum import StrEnum

from domain.model.handoff import DeliveryState, TicketState
from resolvers.enums import register_enum

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


class InboxView(StrEnum):
    ALL = "ALL"
    MINE = "MINE"
    UNASSIGNED = "UNASSIGNED"


register_enum(
    InboxView,
    "Which tickets an inbox shows.",
    {"ALL": "All.", "MINE": "Those assigned to the caller.", "UNASSIGNED": "Those that nobody has."},
)

__all__ = ["DeliveryState", "InboxView", "TicketState"]
