"""A handoff and its consent in the graph."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import conversation as conversation_model
from domain.model import handoff as model
from resolvers.context import Info
from resolvers.enums import Channel
from resolvers.handoff.enums import ConsentDecision, EscalationReason, HandoffMethod, HandoffState, Helpdesk
from resolvers.relay.global_ids import Node, to_global_id

if TYPE_CHECKING:
    from resolvers.conversation.types import Conversation
    from resolvers.inbox.types import Ticket


@strawberry.type(description="What the shopper was shown, and what it chose: kept word for word.")
class ConsentRecord:
    decision: ConsentDecision = strawberry.field(description="What the shopper decided.")
    wording: str = strawberry.field(description="Exactly what the shopper was shown.")
    action_label: str = strawberry.field(description="Exactly what the shopper clicked.")
    locale: str = strawberry.field(description="The language of the wording, a BCP 47 tag.")
    channel: Channel = strawberry.field(description="Where it was asked.")
    offered_at: datetime = strawberry.field(description="When it was asked.")
    decided_at: datetime = strawberry.field(description="When it was decided; when it was taken back, if it was.")
    settings_version: int = strawberry.field(description="The version of the handoff settings that gave the wording.")

    @classmethod
    def of(cls, record: model.ConsentRecord) -> Self:
        return cls(
            decision=record.decision,
            wording=record.wording,
            action_label=record.action_label,
            locale=record.locale,
            channel=record.channel,
            offered_at=record.offered_at,
            decided_at=record.decided_at,
            settings_version=record.settings_version,
        )


@strawberry.type(description="The agent's wish that a human comes, and what became of it.")
class Handoff(Node):
    row: strawberry.Private[model.Handoff]
    of_conversation: strawberry.Private[conversation_model.Conversation]
    state: HandoffState = strawberry.field(description="How far it is.")
    method: HandoffMethod = strawberry.field(description="The method that held when it was asked for.")
    helpdesk: Helpdesk | None = strawberry.field(description="Where the ticket goes; null for MESSAGE.")
    reason: EscalationReason = strawberry.field(description="Why a human is asked for.")
    requested_at: datetime = strawberry.field(description="When.")
    consent: ConsentRecord | None = strawberry.field(
        description="Null where the channel asks for none, and before the answer."
    )

    @strawberry.field(description="More about the reason. For staff and agents; null for shoppers.")
    def reason_detail(self, info: Info) -> str | None:
        return self.row.reason_detail if info.context.principal.inside else None

    @strawberry.field(description="What the agent tells its colleague. For staff and agents; null for shoppers.")
    def summary(self, info: Info) -> str | None:
        return self.row.summary if info.context.principal.inside else None

    @strawberry.field(description="The conversation, of the same instant.")
    def conversation(self) -> Annotated["Conversation", strawberry.lazy("resolvers.conversation.types")]:
        from resolvers.conversation.types import Conversation

        return Conversation.of(self.of_conversation)

    @strawberry.field(description="What the team works on, once there is one. Null for shoppers.")
    def ticket(self, info: Info) -> Annotated["Ticket", strawberry.lazy("resolvers.inbox.types")] | None:
        from resolvers.inbox.types import Ticket

        ticket_id = self.row.ticket_id
        if ticket_id is None or not info.context.principal.inside:
            return None
        ticket = self.of_conversation.find_ticket(ticket_id)
        return None if ticket is None else Ticket.of(ticket, self.of_conversation)

    @classmethod
    def of(cls, row: model.Handoff, conversation: conversation_model.Conversation) -> Self:
        return cls(
            id=to_global_id("Handoff", row.id),
            row=row,
            of_conversation=conversation,
            state=row.state,
            method=row.method,
            helpdesk=row.helpdesk,
            reason=row.reason,
            requested_at=row.requested_at,
            consent=None if row.consent is None else ConsentRecord.of(row.consent),
        )
