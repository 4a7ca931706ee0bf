"""GraphQL types of a handoff and its consent record."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import conversation as conversation_model
from domain.model import handoff as model
from resolvers.context import Info
from resolvers.conversation.types import Conversation
from resolvers.enums import Channel
from resolvers.handoff.enums import ConsentDecision, EscalationReason, HandoffMethod, HandoffState, Helpdesk
from resolvers.inbox.types import Ticket
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.type(description="The exact wording that a shopper was shown, and the decision.")
class ConsentRecord:
    decision: ConsentDecision = strawberry.field(description="The decision of the shopper.")
    wording: str = strawberry.field(description="The exact text that was shown.")
    action_label: str = strawberry.field(description="The exact label of the button that was clicked.")
    locale: str = strawberry.field(description="The language of the text as a BCP 47 tag.")
    channel: Channel = strawberry.field(description="The channel on which the shopper was asked.")
    offered_at: datetime = strawberry.field(description="The time at which the shopper was asked.")
    decided_at: datetime = strawberry.field(description="The time of the decision, or of its withdrawal.")
    settings_version: int = strawberry.field(
        description="The version of the handoff settings that determined the text."
    )

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


@strawberry.type(description="A request of the agent to pass the conversation to a human, and its state.")
class Handoff(Node):
    row: strawberry.Private[model.Handoff]
    of_conversation: strawberry.Private[conversation_model.Conversation]
    state: HandoffState = strawberry.field(description="The present state of the handoff.")
    method: HandoffMethod = strawberry.field(
        description="The method that the settings had when the handoff was requested."
    )
    helpdesk: Helpdesk | None = strawberry.field(
        description="The helpdesk of the ticket. `null` for the method MESSAGE."
    )
    reason: EscalationReason = strawberry.field(description="The reason for the handoff.")
    requested_at: datetime = strawberry.field(description="The time at which the handoff was requested.")
    consent: ConsentRecord | None = strawberry.field(
        description="The consent of the shopper. `null` on channels that need none, and before the decision."
    )

    @strawberry.field(description="Details of the reason, for staff and agents. `null` for shoppers.")
    def reason_detail(self, info: Info) -> str | None:
        return self.row.reason_detail if info.context.principal.inside else None

    @strawberry.field(description="The agent's summary for its human colleague. `null` for shoppers.")
    def summary(self, info: Info) -> str | None:
        return self.row.summary if info.context.principal.inside else None

    @strawberry.field(description="The conversation, in the state that it had together with this state of the handoff.")
    def conversation(self) -> Conversation:
        return Conversation.of(self.of_conversation)

    @strawberry.field(description="The ticket of the handoff. `null` if there is none, and for shoppers.")
    async def ticket(self, info: Info) -> Ticket | None:
        ticket_id = self.row.ticket_id
        if ticket_id is None or not info.context.principal.inside:
            return None
        ticket = self.of_conversation.find_ticket(ticket_id)
        if ticket is None:
            ticket = (await info.context.complete(self.of_conversation)).find_ticket(ticket_id)
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
