"""Enums of tickets and the inbox."""

from enum import StrEnum

from domain.model.handoff import DeliveryState, TicketState
from resolvers.enums import register_enum

register_enum(
    TicketState,
    "The state of the work on a ticket.",
    {
        "OPEN": "The ticket needs work.",
        "SNOOZED": "The ticket is hidden until a set time, or until the shopper writes.",
        "CLOSED": "The work is done. While staff have the conversation, a message of the shopper opens the ticket "
        "again.",
    },
)

register_enum(
    DeliveryState,
    "The delivery of a ticket to its helpdesk.",
    {
        "NOT_NEEDED": "The ticket is in the built-in inbox.",
        "PENDING": "The delivery has not been attempted yet.",
        "RETRYING": "The delivery failed and will be retried.",
        "DELIVERED": "The ticket is in the helpdesk.",
        "FAILED": "The helpdesk refused the ticket permanently. Retry with `retryDelivery`.",
    },
)


class InboxView(StrEnum):
    ALL = "ALL"
    MINE = "MINE"
    UNASSIGNED = "UNASSIGNED"


register_enum(
    InboxView,
    "A selection of the tickets in an inbox.",
    {
        "ALL": "All tickets of the account.",
        "MINE": "Tickets that are assigned to the caller, who must be a member of staff.",
        "UNASSIGNED": "Tickets without an assignee.",
    },
)

__all__ = ["DeliveryState", "InboxView", "TicketState"]
