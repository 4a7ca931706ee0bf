"""The mutation `withdrawHandoff`."""

from typing import Annotated

import strawberry

from domain.handoff.commands import WithdrawHandoff
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.handoff.ids import handoff_id_of
from resolvers.handoff.payloads import HandoffPayload


@strawberry.input(description="The handoff that the shopper withdraws.")
class WithdrawHandoffInput(IdempotentInput):
    handoff_id: strawberry.ID = strawberry.field(description="The ID of the handoff.")


@refusals_in(HandoffPayload)
async def withdraw_handoff(
    info: Info, input: Annotated[WithdrawHandoffInput, strawberry.argument(description="The handoff to withdraw.")]
) -> HandoffPayload:
    command = WithdrawHandoff(handoff_id=handoff_id_of(input.handoff_id))
    handoffs = info.context.services.handoffs
    return HandoffPayload(changed=await handoffs.withdraw(info.context.principal, command, key=input.idempotency_key))
