"""The mutation `takeIn`."""

from typing import Annotated

import strawberry

from domain.messaging.commands import TakeIn
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of


@strawberry.input(description="The message to take in.")
class TakeInInput(IdempotentInput):
    passed_over_id: strawberry.ID = strawberry.field(description="The ID of the message that was passed over.")


@strawberry.type(description="The result of `takeIn`.")
class TakeInPayload(Payload):
    conversation: Conversation | None = strawberry.field(
        default=None, description="The conversation that the message is in now. `null` if refused."
    )


@refusals_in(TakeInPayload)
async def take_in(
    info: Info, input: Annotated[TakeInInput, strawberry.argument(description="The message to take in.")]
) -> TakeInPayload:
    command = TakeIn(passed_over_id=key_of(input.passed_over_id, "PassedOver", field="passed_over_id"))
    conversation = await info.context.services.taking_in.take_in(info.context.principal, command, input.idempotency_key)
    return TakeInPayload(conversation=Conversation.of(conversation))
