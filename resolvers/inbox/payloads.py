"""What the inbox's mutations answer."""

import strawberry

from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.inbox.types import Ticket, Ticketed, ticket_listing
from resolvers.relay.connections import Edge


@strawberry.type(description="What came of a change of a ticket.")
class TicketPayload(Payload):
    changed: strawberry.Private[Ticketed | None] = None

    @strawberry.field(description="The ticket as it is now; null when refused.")
    def ticket(self) -> Ticket | None:
        return None if self.changed is None else Ticket.of(*self.changed)

    @strawberry.field(
        description="The ticket as an edge of `inbox`, for a client that keeps the list; null when refused."
    )
    def ticket_edge(self, info: Info) -> Edge[Ticket] | None:
        return None if self.changed is None else ticket_listing(info.context).edge(self.changed)

    @strawberry.field(description="Its conversation; null when refused.")
    def conversation(self) -> Conversation | None:
        return None if self.changed is None else Conversation.of(self.changed[1])


@strawberry.type(description="What came of a change of a member of staff.")
class StaffPayload(Payload):
    staff: Staff | None = strawberry.field(default=None, description="The member of staff; null when refused.")
