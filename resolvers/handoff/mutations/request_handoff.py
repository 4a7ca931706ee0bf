"""requestHandoff"""

from typing import Annotated

import strawberry

from domain.handoff.commands import RequestHandoff
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.errors import refusals_in
from resolvers.handoff.enums import EscalationReason
from resolvers.handoff.payloads import HandoffPayload


@strawberry.input(description="The agent's wish that a human comes.")
class RequestHandoffInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    epoch: int = strawberry.field(description="`controller.epoch` as the agent read it before it thought.")
    reason: EscalationReason = strawberry.field(description="Why.")
    reason_detail: str | None = strawberry.field(default=None, description="More about it, for staff.")
    summary: str | None = strawberry.field(default=None, description="What the colleague should know, for staff.")
    skill: str | None = strawberry.field(default=None, description="The skill that gives up.")


@refusals_in(HandoffPayload)
async def request_handoff(
    info: Info,
    input: Annotated[
        RequestHandoffInput, strawberry.argument(description="Why, in which conversation, under which epoch.")
    ],
) -> HandoffPayload:
    command = RequestHandoff(
        conversation_id=conversation_id_of(input.conversation_id),
        epoch=input.epoch,
        reason=input.reason,
        reason_detail=input.reason_detail,
        summary=input.summary,
        skill=input.skill,
    )
    handoffs = info.context.services.handoffs
    return HandoffPayload(changed=await handoffs.request(info.context.principal, command, key=input.idempotency_key))
