"""retryDeadLetter"""

from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of


@strawberry.input(description="Which event to send once more.")
class RetryDeadLetterInput:
    dead_letter_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.type(description="What the receiver said to an event that was sent once more.")
class RetryDeadLetterPayload(Payload):
    delivered: bool = strawberry.field(
        default=False, description="Whether it took the event: then it is a dead letter no more."
    )
    http_status: int | None = strawberry.field(default=None, description="Its HTTP status; null: it did not answer.")
    error: str | None = strawberry.field(default=None, description="Why it was not taken.")


@refusals_in(RetryDeadLetterPayload)
async def retry_dead_letter(
    info: Info, input: Annotated[RetryDeadLetterInput, strawberry.argument(description="Which.")]
) -> RetryDeadLetterPayload:
    context = info.context
    key = key_of(input.dead_letter_id, "DeadLetter", field="dead_letter_id")
    retried = await context.services.forwardings.retry(context.principal, key)
    return RetryDeadLetterPayload(delivered=retried.error is None, http_status=retried.http_status, error=retried.error)
