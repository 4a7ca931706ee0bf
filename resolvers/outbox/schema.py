"""The queries and mutations of the outbox."""

import strawberry

from resolvers.outbox.mutations.retry_outgoing import RetryOutgoingPayload, retry_outgoing
from resolvers.outbox.queries import outgoing
from resolvers.outbox.types import OutgoingConnection


@strawberry.type
class OutboxQueries:
    outgoing: OutgoingConnection | None = strawberry.field(
        resolver=outgoing,
        description="What leaves Baton, for helpdesks and shoppers, the newest first: what FAILED, unless other states "
        "are asked for. For members of staff.",
    )


@strawberry.type
class OutboxMutations:
    retry_outgoing: RetryOutgoingPayload = strawberry.mutation(
        resolver=retry_outgoing,
        description="Try once more what FAILED of what leaves Baton; refused with CONFLICT where it did not fail.",
    )
