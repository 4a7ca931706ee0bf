"""retryOutgoing"""

from typing import Annotated

import strawberry

from domain.outbox.service import RetryOutgoing
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.outbox.types import Outgoing
from resolvers.relay import key_of


@strawberry.input(description="Which row of the outbox to try again.")
class RetryOutgoingInput(IdempotentInput):
    outgoing_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.type(description="What came of trying something again.")
class RetryOutgoingPayload(Payload):
    outgoing: Outgoing | None = strawberry.field(default=None, description="The row as it is now; null when refused.")


@refusals_in(RetryOutgoingPayload)
async def retry_outgoing(
    info: Info, input: Annotated[RetryOutgoingInput, strawberry.argument(description="Which row.")]
) -> RetryOutgoingPayload:
    command = RetryOutgoing(outgoing_id=key_of(input.outgoing_id, "Outgoing", path=("input", "outgoingId")))
    row = await info.context.services.outbox.retry(info.context.principal, command, input.idempotency_key)
    return RetryOutgoingPayload(outgoing=Outgoing.of(row))
