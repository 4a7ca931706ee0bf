"""The mutation `retryDeadLetter`."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of


@strawberry.input(description="The dead letter to deliver again.")
class RetryDeadLetterInput:
    dead_letter_id: strawberry.ID = strawberry.field(description="The ID of the dead letter.")


@strawberry.type(description="The result of `retryDeadLetter`.")
class RetryDeadLetterPayload(Payload):
    delivered: bool = strawberry.field(
        default=False, description="Whether the receiver accepted the event. If so, the dead letter is removed."
    )
    http_status: int | None = strawberry.field(
        default=None, description="The HTTP status of the response. `null` if there was no response."
    )
    error: str | None = strawberry.field(
        default=None, description="The reason of the failure. `null` if the event was delivered."
    )


@refusals_in(RetryDeadLetterPayload)
async def retry_dead_letter(
    info: Info, input: Annotated[RetryDeadLetterInput, strawberry.argument(description="The dead letter to deliver.")]
) -> RetryDeadLetterPayload:
    context = info.context
    key = key_of(input.dead_letter_id, "DeadLetter", field="dead_letter_id")
    retried = await context.services.forwardings.retry(context.principal, key)
    return RetryDeadLetterPayload(delivered=retried.error is None, http_status=retried.http_status, error=retried.error)
