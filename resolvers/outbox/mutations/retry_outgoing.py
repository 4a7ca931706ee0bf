"""The mutation `retryOutgoing`."""

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


@strawberry.input(description="The item of the outbox to retry.")
class RetryOutgoingInput(IdempotentInput):
    outgoing_id: strawberry.ID = strawberry.field(description="The ID of the item.")


@strawberry.type(description="The result of `retryOutgoing`.")
class RetryOutgoingPayload(Payload):
    row: strawberry.Private[model.Outgoing | None] = None

    @strawberry.field(description="The item after the change. `null` if refused.")
    def outgoing(self) -> Outgoing | None:
        return None if self.row is None else Outgoing.of(self.row)

    @strawberry.field(
        description="The item as an edge of `Query.outgoing`, with the cursor of that list, which is the same in "
        "every state. `null` if refused."
    )
    def outgoing_edge(self, info: Info) -> Edge[Outgoing] | None:
        return None if self.row is None else outgoing_listing(info.context).edge(self.row)


@refusals_in(RetryOutgoingPayload)
async def retry_outgoing(
    info: Info, input: Annotated[RetryOutgoingInput, strawberry.argument(description="The item to retry.")]
) -> RetryOutgoingPayload:
    command = RetryOutgoing(outgoing_id=key_of(input.outgoing_id, "Outgoing", field="outgoing_id"))
    row = await info.context.services.outbox.retry(info.context.principal, command, input.idempotency_key)
    return RetryOutgoingPayload(row=row)
