"""The mutation `requestHandoff`."""

from typing import Annotated

import strawberry

from domain.handoff.commands import RequestHandoff
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.errors import refusals_in
from resolvers.handoff.enums import EscalationReason
from resolvers.handoff.payloads import HandoffPayload


@strawberry.input(description="A request of the agent to pass the conversation to a human.")
class RequestHandoffInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    epoch: int = strawberry.field(
        description="The `controller.epoch` that the agent read before it decided. Refused with NOT_IN_CONTROL if "
        "the epoch is over."
    )
    reason: EscalationReason = strawberry.field(description="The reason for the handoff.")
    reason_detail: str | None = strawberry.field(
        default=None, description="Details of the reason for staff, at most 1,000 characters."
    )
    summary: str | None = strawberry.field(
        default=None, description="A summary for the human colleague, at most 10,000 characters."
    )
    skill: str | None = strawberry.field(
        default=None, description="The skill that requests the handoff, at most 200 characters."
    )
    turn: int | None = strawberry.field(
        default=None,
        description="The `lease.number` of the turn that the request ends, from `claimAgentTurn`. Refused with "
        "NOT_YOUR_TURN if the turn has a reply, or another agent has claimed it since. Messages of the shopper after "
        "the claim begin the next turn.",
    )


@refusals_in(HandoffPayload)
async def request_handoff(
    info: Info,
    input: Annotated[
        RequestHandoffInput, strawberry.argument(description="The conversation, the epoch and the reason.")
    ],
) -> HandoffPayload:
    command = RequestHandoff(
        conversation_id=conversation_id_of(input.conversation_id),
        epoch=input.epoch,
        reason=input.reason,
        reason_detail=input.reason_detail,
        summary=input.summary,
        skill=input.skill,
        turn=input.turn,
    )
    handoffs = info.context.services.handoffs
    return HandoffPayload(changed=await handoffs.request(info.context.principal, command, key=input.idempotency_key))
