"""retryOutgoing"""

from typing import Annotated

import strawberry

from domain.outbox.service import RetryOutgoing
from resolvers.context import Info
from resolvers.conversation.inputs import KEY
from resolvers.conversation.payloads import REFUSED
from resolvers.errors import UserError, refusals_in
from resolvers.outbox.types import Outgoing
from resolvers.relay import key_of


@strawberry.input(description="Which row of the outbox to try again.")
class RetryOutgoingInput:
    outgoing_id: strawberry.ID = strawberry.field(description="Which.")
    idempotency_key: strawberry.ID | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What came of trying something again.")
class RetryOutgoingPayload:
    outgoing: Outgoing | None = strawberry.field(default=None, description="The row as it is now; null when refused.")
    errors: list[UserError] = strawberry.field(default_factory=list, description=REFUSED)


@refusals_in(lambda errors: RetryOutgoingPayload(errors=errors))
async def retry_outgoing(
    info: Info, input: Annotated[RetryOutgoingInput, strawberry.argument(description="Which row.")]
) -> RetryOutgoingPayload:
    command = RetryOutgoing(outgoing_id=key_of(input.outgoing_id, "Outgoing", path=("input", "outgoingId")))
    row = await info.context.services.outbox.retry(info.context.principal, command, input.idempotency_key)
    return RetryOutgoingPayload(outgoing=Outgoing.of(row))
