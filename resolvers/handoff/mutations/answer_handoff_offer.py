"""The mutation `answerHandoffOffer`."""

from typing import Annotated

import strawberry

from domain.handoff.commands import AnswerOffer
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.handoff.ids import handoff_id_of
from resolvers.handoff.payloads import HandoffPayload


@strawberry.input(description="The decision of a shopper about an offer.")
class AnswerHandoffOfferInput(IdempotentInput):
    handoff_id: strawberry.ID = strawberry.field(description="The ID of the handoff that is offered.")
    accept: bool = strawberry.field(description="Whether the shopper accepts the handoff.")


@refusals_in(HandoffPayload)
async def answer_handoff_offer(
    info: Info,
    input: Annotated[AnswerHandoffOfferInput, strawberry.argument(description="The handoff and the decision.")],
) -> HandoffPayload:
    command = AnswerOffer(handoff_id=handoff_id_of(input.handoff_id), accept=input.accept)
    handoffs = info.context.services.handoffs
    return HandoffPayload(changed=await handoffs.answer(info.context.principal, command, key=input.idempotency_key))
