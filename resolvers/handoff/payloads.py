"""Payloads of the mutations of handoffs."""

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


@strawberry.type(description="The result of a mutation that changes a handoff.")
class HandoffPayload(Payload):
    changed: strawberry.Private[tuple[model.Handoff, conversation_model.Conversation] | None] = None

    @strawberry.field(description="The handoff after the change. `null` if refused.")
    def handoff(self) -> Handoff | None:
        return None if self.changed is None else Handoff.of(*self.changed)

    @strawberry.field(description="The conversation after the change. `null` if refused.")
    def conversation(self) -> Conversation | None:
        return None if self.changed is None else Conversation.of(self.changed[1])

    @strawberry.field(
        description="The ticket of the handoff as an edge of `Query.inbox`, with the cursor of that list. `null` if "
        "there is no ticket, for shoppers, and if refused."
    )
    def ticket_edge(self, info: Info) -> Edge[Ticket] | None:
        if self.changed is None or not info.context.principal.inside:
            return None
        handoff, conversation = self.changed
        ticket = conversation.find_ticket(handoff.ticket_id) if handoff.ticket_id else None
        return None if ticket is None else ticket_listing(info.context).edge((ticket, conversation))


@strawberry.type(description="The result of `updateHandoffSettings`.")
class HandoffSettingsPayload(Payload):
    handoff_settings: HandoffSettings | None = strawberry.field(
        default=None, description="The settings after the change. `null` if refused."
    )
