"""What the handoff's mutations answer."""

import strawberry

from domain.model import conversation as conversation_model
from domain.model import handoff as model
from resolvers.context import Info
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.handoff.settings import HandoffSettings
from resolvers.handoff.types import Handoff
from resolvers.inbox.types import Ticket, ticket_listing
from resolvers.relay.connections import Edge


@strawberry.type(description="What came of a step of a handoff.")
class HandoffPayload(Payload):
    changed: strawberry.Private[tuple[model.Handoff, conversation_model.Conversation] | None] = None

    @strawberry.field(description="The handoff; null when refused.")
    def handoff(self) -> Handoff | None:
        return None if self.changed is None else Handoff.of(*self.changed)

    @strawberry.field(description="The conversation with it; null when refused.")
    def conversation(self) -> Conversation | None:
        return None if self.changed is None else Conversation.of(self.changed[1])

    @strawberry.field(
        description="The handoff's ticket as an edge of `inbox`, for a client that keeps the list; null where there is "
        "none, for shoppers, and when refused."
    )
    def ticket_edge(self, info: Info) -> Edge[Ticket] | None:
        if self.changed is None or not info.context.principal.inside:
            return None
        handoff, conversation = self.changed
        ticket = conversation.find_ticket(handoff.ticket_id) if handoff.ticket_id else None
        return None if ticket is None else ticket_listing(info.context).edge((ticket, conversation))


@strawberry.type(description="What came of a change of the handoff settings.")
class HandoffSettingsPayload(Payload):
    handoff_settings: HandoffSettings | None = strawberry.field(
        default=None, description="The settings as they are now; null when refused."
    )
