"""The queries and mutations of the outbox."""

import strawberry

from resolvers.outbox.mutations.retry_outgoing import RetryOutgoingPayload, retry_outgoing
from resolvers.outbox.queries import outgoing
from resolvers.outbox.types import OutgoingConnection


@strawberry.type
class OutboxQueries:
    outgoing: OutgoingConnection | None = strawberry.field(
        resolver=outgoing,
        description="The outbox: calls to helpdesks and to shoppers' channels, the newest first. For OWNER, ADMIN, "
        "MANAGER and SUPPORT.",
    )


@strawberry.type
class OutboxMutations:
    retry_outgoing: RetryOutgoingPayload = strawberry.mutation(
        resolver=retry_outgoing,
        description="Retries an item of the outbox that FAILED. Refused with CONFLICT in any other state. For OWNER, "
        "ADMIN, MANAGER and SUPPORT.",
    )
