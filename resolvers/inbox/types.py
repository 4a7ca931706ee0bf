"""GraphQL type of a ticket, and its connection."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import conversation as conversation_model
from domain.model import handoff as model
from domain.storage import TicketQuery
from resolvers.account.types import Staff
from resolvers.context import Context, Info
from resolvers.conversation.types import Conversation
from resolvers.handoff.enums import Helpdesk
from resolvers.inbox.enums import DeliveryState, TicketState
from resolvers.outbox.attempts import DeliveryAttempt
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id
from resolvers.scalars import Cursor


@strawberry.type(
    description="A work item of the support team. There is one for each handoff. Visible to staff and agents."
)
class Ticket(Node):
    row: strawberry.Private[model.Ticket]
    of_conversation: strawberry.Private[conversation_model.Conversation]
    helpdesk: Helpdesk = strawberry.field(description="The helpdesk in which the ticket is worked on.")
    state: TicketState = strawberry.field(description="The state of the work.")
    unread: bool = strawberry.field(description="Whether the shopper wrote something that the assignee has not read.")
    snoozed_until: datetime | None = strawberry.field(
        description="The time at which a snoozed ticket opens again. `null` if it is not snoozed."
    )
    created_at: datetime = strawberry.field(description="The time at which the ticket was created.")
    waiting_since: datetime | None = strawberry.field(
        description="The time since which the ticket waits for a member of staff to take it. `null` if it does not "
        "wait."
    )
    external_id: str | None = strawberry.field(
        description="The ID of the ticket in Zendesk or Gorgias. `null` until it is delivered, and in the inbox."
    )
    external_url: str | None = strawberry.field(
        description="The address of the ticket in Zendesk or Gorgias. `null` until it is delivered, and in the inbox."
    )
    delivery: DeliveryState = strawberry.field(description="The delivery of the ticket to its helpdesk.")

    @strawberry.field(description="The finished attempts to deliver the ticket to its helpdesk, the oldest first.")
    async def attempts(self, info: Info) -> list[DeliveryAttempt]:
        """Return the attempts that this state of the ticket counts. Attempts are only ever appended."""
        found = await info.context.deliveries.load(self.row.id) if self.row.attempt_count else None
        return [DeliveryAttempt.of(attempt) for attempt in found.attempts[: self.row.attempt_count]] if found else []

    @strawberry.field(description="The conversation, in the state that it had together with this state of the ticket.")
    def conversation(self) -> Conversation:
        return Conversation.of(self.of_conversation)

    @strawberry.field(description="The member of staff who works on the ticket. `null` if nobody does.")
    async def assignee(self, info: Info) -> Staff | None:
        staff_id = self.row.assignee_id
        staff = await info.context.staff.load(staff_id) if staff_id else None
        return None if staff is None else Staff.of(staff, info.context.principal)

    @classmethod
    def of(cls, row: model.Ticket, conversation: conversation_model.Conversation) -> Self:
        return cls(
            id=to_global_id("Ticket", row.id),
            row=row,
            of_conversation=conversation,
            helpdesk=row.helpdesk,
            state=row.state,
            unread=row.unread,
            snoozed_until=row.snoozed_until,
            created_at=row.created_at,
            waiting_since=row.waiting_since,
            external_id=row.external_id,
            external_url=row.external_url,
            delivery=row.delivery,
        )


@strawberry.type(description="A page of tickets, the newest first.")
class TicketConnection(Connection[Ticket]):
    query: strawberry.Private[TicketQuery]
    stream_cursor: Cursor = strawberry.field(
        description="The position of this list in the event log. Subscribe to `inbox` with `after:` this cursor to "
        "get all later changes."
    )

    @strawberry.field(description="The number of tickets in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        return await info.context.reader.count_tickets(self.query)


TicketInConversation = tuple[model.Ticket, conversation_model.Conversation]


def ticket_listing(context: Context) -> Listing[TicketInConversation, Ticket]:
    """Return the listing of every view and state: the cursor of a ticket is the same in each."""
    return Listing(
        context,
        "tickets",
        (datetime, str),
        key=lambda row: (row[0].created_at, row[1].id),
        node=lambda row: Ticket.of(*row),
    )
