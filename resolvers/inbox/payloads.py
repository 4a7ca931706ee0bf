"""Payloads of the mutations of the inbox."""

import strawberry

from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.inbox.types import Ticket, TicketInConversation, ticket_listing
from resolvers.relay.connections import Edge


@strawberry.type(description="The result of a mutation that changes a ticket.")
class TicketPayload(Payload):
    changed: strawberry.Private[TicketInConversation | None] = None

    @strawberry.field(description="The ticket after the change. `null` if refused.")
    def ticket(self) -> Ticket | None:
        return None if self.changed is None else Ticket.of(*self.changed)

    @strawberry.field(
        description="The ticket as an edge of `Query.inbox`, with the cursor of that list, which is the same in "
        "every view and state. `null` if refused."
    )
    def ticket_edge(self, info: Info) -> Edge[Ticket] | None:
        return None if self.changed is None else ticket_listing(info.context).edge(self.changed)

    @strawberry.field(description="The conversation after the change. `null` if refused.")
    def conversation(self) -> Conversation | None:
        return None if self.changed is None else Conversation.of(self.changed[1])


@strawberry.type(description="The result of a mutation that changes a member of staff.")
class StaffPayload(Payload):
    staff: Staff | None = strawberry.field(
        default=None, description="The member of staff after the change. `null` if refused."
    )
