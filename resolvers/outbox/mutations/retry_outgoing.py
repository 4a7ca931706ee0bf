"""retryOutgoing"""

from typing import Annotated

import strawberry

from domain.model import outbox as model
from domain.outbox.service import RetryOutgoing
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.outbox.types import Outgoing, outgoing_listing
from resolvers.relay.connections import Edge
from resolvers.relay.global_ids import key_of


@strawberry.input(description="Which row of the outbox to try again.")
class RetryOutgoingInput(IdempotentInput):
    outgoing_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.type(description="What came of trying something again.")
class RetryOutgoingPayload(Payload):
    row: strawberry.Private[model.Outgoing | None] = None

    @strawberry.field(description="The row as it is now; null when refused.")
    def outgoing(self) -> Outgoing | None:
        return None if self.row is None else Outgoing.of(self.row)

    @strawberry.field(
        description="The row as an edge of `outgoing`, for a client that keeps the list; null when refused."
    )
    def outgoing_edge(self, info: Info) -> Edge[Outgoing] | None:
        return None if self.row is None else outgoing_listing(info.context).edge(self.row)


@refusals_in(RetryOutgoingPayload)
async def retry_outgoing(
    info: Info, input: Annotated[RetryOutgoingInput, strawberry.argument(description="Which row.")]
) -> RetryOutgoingPayload:
    command = RetryOutgoing(outgoing_id=key_of(input.outgoing_id, "Outgoing", field="outgoing_id"))
    row = await info.context.services.outbox.retry(info.context.principal, command, input.idempotency_key)
    return RetryOutgoingPayload(row=row)
